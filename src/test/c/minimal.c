/* SPDX-License-Identifier: Apache-2.0 */

/* Only the five required exports: a good plugin, which a host must load and call. */
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
