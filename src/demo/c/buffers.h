/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Byte strings that grow, and the list of those that the host holds.
 *
 * Every reply is written into a `struct bytes` and then lent to the host without a copy. A loan is on a list until the
 * host gives it back, so that a buffer freed twice, freed through the wrong function or never handed out is found by
 * looking at the list, without reading memory that is no longer ours, and counted instead of corrupting the heap.
 * An empty reply has no memory; such loans are only counted.
 */
#ifndef TURNSTILE_BUFFERS_H
#define TURNSTILE_BUFFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rustbridge.h"

/* All zero is an empty string. `failed` is sticky: memory ran out, and the content is not to be used. */
struct bytes {
    uint8_t *data;
    size_t len;
    size_t capacity;
    bool failed;
};

/* Makes room for `more` bytes behind the content; false when memory ran out. */
bool bytes_reserve(struct bytes *bytes, size_t more);
void bytes_add(struct bytes *bytes, const void *data, size_t len);
void bytes_add_text(struct bytes *bytes, const char *text);
void bytes_add_uint(struct bytes *bytes, uint64_t number);
void bytes_fill(struct bytes *bytes, uint8_t byte, size_t count);
void bytes_drop(struct bytes *bytes);

/* Lends the bytes to the host and leaves `bytes` empty. Out of memory becomes a reply with code 8 and no body. */
struct FfiBuffer lend_buffer(struct bytes *bytes, uint32_t code);
struct RbResponse lend_response(struct bytes *bytes, uint32_t code);

/* Takes a loan back, empties the struct, and counts what was not lent (any more). NULL is ignored. */
void return_buffer(struct FfiBuffer *buffer);
void return_response(struct RbResponse *response);

uint64_t loans_outstanding(void);
uint64_t loans_double_frees(void);
void loans_forget_double_frees(void);

#endif
