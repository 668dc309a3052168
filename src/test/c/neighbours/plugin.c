/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A plugin with a dependency beside it, and one in a directory beside its own. A call is answered with two digits, a string: the calls
 * of the first, and the calls of this file.
 */
#define TINY_OWN_CALL
#include "../tiny_plugin.h"

char turnstile_beside(void);
char turnstile_above(void);

static char calls = '0';

struct FfiBuffer plugin_call(void *handle, const char *type_tag, const uint8_t *request, size_t request_len) {
    (void)handle;
    (void)type_tag;
    (void)request;
    (void)request_len;
    if (turnstile_above() == '1') {
        calls++;
    }
    const char digits[4] = {'"', turnstile_beside(), calls, '"'};
    return tiny_success(digits, sizeof digits);
}
