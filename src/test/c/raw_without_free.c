/* SPDX-License-Identifier: Apache-2.0 */

/* Has plugin_call_raw but not rb_response_free: a host must take raw calls as missing, and JSON calls must work. */
#include "tiny_plugin.h"

void *plugin_create(void) {
    return TINY_HANDLE;
}

void *plugin_init(void *plugin, const uint8_t *config_json, size_t config_len, rb_log_callback log) {
    (void)config_json;
    (void)config_len;
    (void)log;
    return plugin;
}

struct FfiBuffer plugin_call(void *handle, const char *type_tag, const uint8_t *request, size_t request_len) {
    (void)handle;
    (void)type_tag;
    return tiny_success(request, request_len);
}

void plugin_free_buffer(struct FfiBuffer *buffer) {
    tiny_free(buffer);
}

bool plugin_shutdown(void *handle) {
    return handle == TINY_HANDLE;
}

/* Never to be called: what it returned could not be given back. */
struct RbResponse plugin_call_raw(void *handle, uint32_t message_id, const void *request, size_t request_size) {
    (void)handle;
    (void)message_id;
    (void)request;
    (void)request_size;
    return (struct RbResponse){.error_code = RB_INTERNAL};
}
