/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A plugin whose start ignores the log level of its configuration, as rustbridge's did before 0.6.1, and does still where the file was loaded
 * before. Any call is answered with the level, a number; at first info. The level belongs to the file.
 */
#define TINY_OWN_CALL
#include "tiny_plugin.h"

static uint8_t current_level = RB_LOG_INFO;

void plugin_set_log_level(void *handle, uint8_t level) {
    if (handle == TINY_HANDLE) {
        current_level = level;
    }
}

struct FfiBuffer plugin_call(void *handle, const char *type_tag, const uint8_t *request, size_t request_len) {
    (void)handle;
    (void)type_tag;
    (void)request;
    (void)request_len;
    const char digit = (char)('0' + current_level);
    return tiny_success(&digit, 1);
}
