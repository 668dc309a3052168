/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The answers to the tag `oversized`, and to every raw message, say that they have as many bytes as a host can be told of, and
 * more than a Java array holds: a host must read none of them, and give them back all the same. Any other tag is answered
 * with the request.
 */
#include <stdatomic.h>

#define TINY_OWN_CALL
#define TINY_OWN_FREE
#include "tiny_plugin.h"

/* Answers, of whatever size, that were not given back yet. */
EXPORT uint64_t oversized_outstanding(void);

static atomic_uint_least64_t outstanding;

uint64_t oversized_outstanding(void) {
    return atomic_load(&outstanding);
}

struct FfiBuffer plugin_call(void *handle, const char *type_tag, const uint8_t *request, size_t request_len) {
    (void)handle;
    struct FfiBuffer buffer = tiny_success(request, request_len);
    if (strcmp(type_tag, "oversized") == 0) {
        buffer.len = SIZE_MAX;
    }
    atomic_fetch_add(&outstanding, 1);
    return buffer;
}

void plugin_free_buffer(struct FfiBuffer *buffer) {
    atomic_fetch_sub(&outstanding, 1);
    tiny_free(buffer);
}

struct RbResponse plugin_call_raw(void *handle, uint32_t message_id, const void *request, size_t request_size) {
    (void)handle;
    (void)message_id;
    (void)request;
    (void)request_size;
    atomic_fetch_add(&outstanding, 1);
    return (struct RbResponse){.len = UINT32_MAX, .capacity = 1, .data = malloc(1)};
}

void rb_response_free(struct RbResponse *response) {
    atomic_fetch_sub(&outstanding, 1);
    free(response->data);
    *response = (struct RbResponse){0};
}
