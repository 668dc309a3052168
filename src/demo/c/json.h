/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A strict JSON reader for small requests, and a writer of JSON strings.
 *
 * Reading is in two steps: json_parse checks the whole text (RFC 8259 grammar, UTF-8, paired surrogates, at most 64
 * levels of nesting); the others then look into a checked value, copying nothing. A member is found by scanning again,
 * which for a request of a few members is cheaper than building anything. Of two members with one name the first counts.
 */
#ifndef TURNSTILE_JSON_H
#define TURNSTILE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffers.h"

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* A checked value: its text from first to last character, quotes and brackets included. */
struct json_value {
    enum json_kind kind;
    const uint8_t *text;
    size_t len;
};

bool json_parse(const uint8_t *text, size_t len, struct json_value *value);

/* False when there is no such member, or when `object` is not an object. */
bool json_member(struct json_value object, const char *name, struct json_value *member);

/* The value of a whole number without sign, fraction or exponent; false for anything else or above `max`. */
bool json_uint(struct json_value value, uint64_t max, uint64_t *number);

/* Appends the UTF-8 that a string stands for; false when the value is not a string. */
bool json_decode(struct json_value value, struct bytes *out);

/* True when the value is a string that stands for exactly this text. */
bool json_is_text(struct json_value value, const char *text);

/* Appends valid UTF-8 as a JSON string, quotes included. */
void json_add_string(struct bytes *out, const void *utf8, size_t len);

bool utf8_is_valid(const void *text, size_t len);

#endif
