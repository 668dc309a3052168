/* SPDX-License-Identifier: Apache-2.0 */

/* Has plugin_call_raw but not rb_response_free: a host must take raw calls as missing, and JSON calls must work. */
#include "tiny_plugin.h"

/* Never to be called: what it returned could not be given back. */
struct RbResponse plugin_call_raw(void *handle, uint32_t message_id, const void *request, size_t request_size) {
    (void)handle;
    (void)message_id;
    (void)request;
    (void)request_size;
    return (struct RbResponse){.error_code = RB_INTERNAL};
}
