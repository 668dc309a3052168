/* SPDX-License-Identifier: Apache-2.0 */

/* Lacks the required plugin_call: a host must refuse it, and name the export. */
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

void plugin_free_buffer(struct FfiBuffer *buffer) {
    tiny_free(buffer);
}

bool plugin_shutdown(void *handle) {
    return handle == TINY_HANDLE;
}
