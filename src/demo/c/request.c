/* SPDX-License-Identifier: Apache-2.0 */

#include "request.h"

#include <string.h>

#include "rustbridge.h"

void refuse_member(struct call *call, const char *name) {
    reply_error(call->reply, RB_SERIALIZATION, "missing or invalid member: ", name, strlen(name));
}

static bool find_member(struct call *call, const char *name, struct json_value *member) {
    return json_member(call->request, name, member) && member->kind != JSON_NULL;
}

static bool read_uint(struct call *call, const char *name, struct json_value member, uint64_t max, uint64_t *number) {
    const bool valid = json_uint(member, max, number);
    if (!valid) {
        refuse_member(call, name);
    }
    return valid;
}

static bool read_text(struct call *call, const char *name, struct json_value member, struct bytes *text) {
    const bool valid = json_decode(member, text);
    if (!valid) {
        refuse_member(call, name);
    }
    return valid;
}

bool want_uint(struct call *call, const char *name, uint64_t max, uint64_t *number) {
    struct json_value member;
    if (!find_member(call, name, &member)) {
        refuse_member(call, name);
        return false;
    }
    return read_uint(call, name, member, max, number);
}

bool take_uint(struct call *call, const char *name, uint64_t fallback, uint64_t max, uint64_t *number) {
    struct json_value member;
    *number = fallback;
    return !find_member(call, name, &member) || read_uint(call, name, member, max, number);
}

bool want_text(struct call *call, const char *name, struct bytes *text) {
    struct json_value member;
    if (!find_member(call, name, &member)) {
        refuse_member(call, name);
        return false;
    }
    return read_text(call, name, member, text);
}

bool take_text(struct call *call, const char *name, const char *fallback, struct bytes *text) {
    struct json_value member;
    if (!find_member(call, name, &member)) {
        bytes_add_text(text, fallback);
        return true;
    }
    return read_text(call, name, member, text);
}

/* Turns UTF-8 into Latin-1 in place; false when a character is above U+00FF. */
static bool to_latin1(struct bytes *text) {
    size_t to = 0;
    for (size_t from = 0; from < text->len; from++) {
        uint8_t byte = text->data[from];
        if (byte > 0xC3) {
            return false;
        }
        if (byte >= 0xC2) { /* the first of two bytes: U+0080 to U+00FF */
            byte = (uint8_t)(byte << 6 | (text->data[++from] & 0x3F));
        }
        text->data[to++] = byte;
    }
    text->len = to;
    return true;
}

bool want_bytes(struct call *call, const char *name, struct bytes *text) {
    struct json_value latin1;
    if (!want_text(call, name, text)) {
        return false;
    }
    if (json_member(call->request, "latin1", &latin1) && latin1.kind == JSON_TRUE && !to_latin1(text)) {
        refuse_member(call, name);
        return false;
    }
    return true;
}
