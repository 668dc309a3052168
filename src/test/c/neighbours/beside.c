/* SPDX-License-Identifier: Apache-2.0 */

/* A dependency that has one of its own, in a directory below its own. It counts its calls up to 9, and begins again at 0. */
char turnstile_below(void);
__attribute__((visibility("default"))) char turnstile_beside(void);

static char calls = '0';

char turnstile_beside(void) {
    if (turnstile_below() == '1') {
        calls = calls == '9' ? '0' : (char)(calls + 1);
    }
    return calls;
}
