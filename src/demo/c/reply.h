/* SPDX-License-Identifier: Apache-2.0 */

/* The answer to a call while it is being made: the body's bytes, and the code that goes with them. */
#ifndef TURNSTILE_REPLY_H
#define TURNSTILE_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "buffers.h"

/* All zero is success with an empty body. */
struct reply {
    struct bytes body;
    uint32_t code;
};

/* The two ends of a success envelope: what is added to the body between them is the payload, as JSON. */
void reply_payload_begin(struct reply *reply);
void reply_payload_end(struct reply *reply);

/* An error envelope, in place of whatever was in the body. The message is `text` and then `detail`, both valid UTF-8. */
void reply_error(struct reply *reply, uint32_t code, const char *text, const void *detail, size_t detail_len);

/* A bare text as the body of an error, as plugin_call answers before it knows the instance or the tag. */
void reply_text(struct reply *reply, uint32_t code, const char *text);

/* The same with the NUL at the end that plugin_call_raw adds and counts. */
void reply_raw_text(struct reply *reply, uint32_t code, const char *text);

#endif
