/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the small plugins here have in common: each is one file with one fault or one peculiarity, has one instance, whose
 * handle is 1, and answers a JSON call, whatever its tag, with the request as the payload.
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

#endif
