/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the small plugins here have in common: each is one file with one fault or one peculiarity, has one instance, whose
 * handle is 1, and answers a JSON call, whatever its tag, with the request as the payload.
 *
 * The five required exports are defined at the end. A file that has its own of one, or leaves it out, says so before it
 * includes this one: #define TINY_OWN_CREATE, TINY_OWN_INIT, TINY_OWN_CALL, TINY_OWN_FREE or TINY_OWN_SHUTDOWN.
 */
#ifndef TINY_PLUGIN_H
#define TINY_PLUGIN_H

#define RUSTBRIDGE_PLUGIN

#include <stdlib.h>
#include <string.h>

#include "rustbridge.h"

#define EXPORT __attribute__((visibility("default")))
#define TINY_HANDLE ((void *)(uintptr_t)1)

/* {"status":"success","payload":<payload>}; code 8 and no body when memory ran out. */
static inline struct FfiBuffer tiny_success(const void *payload, size_t len) {
    static const char head[] = "{\"status\":\"success\",\"payload\":";
    const size_t head_len = sizeof head - 1;
    const size_t total = head_len + len + 1;
    uint8_t *data = malloc(total);
    if (data == NULL) {
        return (struct FfiBuffer){.error_code = RB_RUNTIME};
    }
    memcpy(data, head, head_len);
    if (len > 0) {
        memcpy(data + head_len, payload, len);
    }
    data[total - 1] = '}';
    return (struct FfiBuffer){.data = data, .len = total, .capacity = total, .error_code = RB_OK};
}

static inline void tiny_free(struct FfiBuffer *buffer) {
    free(buffer->data);
    *buffer = (struct FfiBuffer){0};
}

#ifndef TINY_OWN_CREATE
void *plugin_create(void) {
    return TINY_HANDLE;
}
#endif

#ifndef TINY_OWN_INIT
void *plugin_init(void *plugin, const uint8_t *config_json, size_t config_len, rb_log_callback log) {
    (void)config_json;
    (void)config_len;
    (void)log;
    return plugin;
}
#endif

#ifndef TINY_OWN_CALL
struct FfiBuffer plugin_call(void *handle, const char *type_tag, const uint8_t *request, size_t request_len) {
    (void)handle;
    (void)type_tag;
    return tiny_success(request, request_len);
}
#endif

#ifndef TINY_OWN_FREE
void plugin_free_buffer(struct FfiBuffer *buffer) {
    tiny_free(buffer);
}
#endif

#ifndef TINY_OWN_SHUTDOWN
bool plugin_shutdown(void *handle) {
    return handle == TINY_HANDLE;
}
#endif

#endif
