/* SPDX-License-Identifier: Apache-2.0 */

/* A dependency. It is built under two names: LEAF is that of its only function. */
__attribute__((visibility("default"))) char LEAF(void);

char LEAF(void) {
    return '1';
}
