/* SPDX-License-Identifier: Apache-2.0 */

/* plugin_shutdown logs why the plugin could not stop, says that it failed, and clears the callback, as rustbridge does if on_stop fails. */
#define TINY_OWN_INIT
#define TINY_OWN_SHUTDOWN
#include "tiny_plugin.h"

static rb_log_callback log_line; /* one instance, which one thread uses */

void *plugin_init(void *plugin, const uint8_t *config_json, size_t config_len, rb_log_callback log) {
    (void)config_json;
    (void)config_len;
    log_line = log;
    return plugin;
}

bool plugin_shutdown(void *handle) {
    (void)handle;
    static const char message[] = "panic in on_stop: as asked";
    log_line(RB_LOG_ERROR, "fails_in_shutdown", (const uint8_t *)message, sizeof message - 1);
    log_line = NULL;
    return false;
}
