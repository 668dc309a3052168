/* SPDX-License-Identifier: Apache-2.0 */

#include <stdatomic.h>

/* A dependency that has one of its own, in a directory below its own. It counts its calls up to 9, and begins again at 0. */
char turnstile_below(void);
__attribute__((visibility("default"))) char turnstile_beside(void);

static atomic_uint calls; /* by the workers of several copies at once */

char turnstile_beside(void) {
    const unsigned before = turnstile_below() == '1' ? atomic_fetch_add(&calls, 1) : 0;
    return (char)('0' + (before + 1) % 10);
}
