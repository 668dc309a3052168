/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A JSON call in the hands of its handler, and the reading of the request's members.
 *
 * want_ is for a required member, take_ for one with a default. Both give true and the value; or they give false, and the
 * reply says which member could not be read (error 5). A `null` member counts as missing.
 */
#ifndef TURNSTILE_REQUEST_H
#define TURNSTILE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "buffers.h"
#include "instances.h"
#include "json.h"
#include "reply.h"

struct call {
    struct instance *instance;
    struct json_value request; /* an object, or null */
    struct reply *reply;
};

bool want_uint(struct call *call, const char *name, uint64_t max, uint64_t *number);
bool take_uint(struct call *call, const char *name, uint64_t fallback, uint64_t max, uint64_t *number);

/* Append to `text`, which is the caller's to drop whatever comes back. */
bool want_text(struct call *call, const char *name, struct bytes *text);
bool take_text(struct call *call, const char *name, const char *fallback, struct bytes *text);

/*
 * As want_text; with a member `"latin1": true` in the request each character U+0000 to U+00FF becomes the one byte of that
 * value, so that JSON can ask for bytes that are not UTF-8.
 */
bool want_bytes(struct call *call, const char *name, struct bytes *text);

/* Replies that this member is missing or invalid. */
void refuse_member(struct call *call, const char *name);

#endif
