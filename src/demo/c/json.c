/* SPDX-License-Identifier: Apache-2.0 */

#include "json.h"

#include <string.h>

enum { MAX_DEPTH = 64 };

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

static bool scan_value(struct cursor *in, unsigned depth, struct json_value *value);

/* The length of the well-formed UTF-8 sequence at `at`, or 0: no overlong forms, surrogates or values past U+10FFFF. */
static size_t utf8_sequence(const uint8_t *at, const uint8_t *end) {
    const uint8_t first = *at;
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xC2 || first > 0xF4) {
        return 0;
    }
    const size_t len = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if ((size_t)(end - at) < len) {
        return 0;
    }
    const uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return len;
}

bool utf8_is_valid(const void *text, size_t len) {
    const uint8_t *at = text;
    for (const uint8_t *end = at + len; at < end;) {
        const size_t step = utf8_sequence(at, end);
        if (step == 0) {
            return false;
        }
        at += step;
    }
    return true;
}

static void skip_space(struct cursor *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r')) {
        in->at++;
    }
}

/* Steps over one expected character. */
static bool take(struct cursor *in, uint8_t expected) {
    if (in->at < in->end && *in->at == expected) {
        in->at++;
        return true;
    }
    return false;
}

static bool is_digit(const struct cursor *in) {
    return in->at < in->end && *in->at >= '0' && *in->at <= '9';
}

static bool scan_digits(struct cursor *in) {
    if (!is_digit(in)) {
        return false;
    }
    while (is_digit(in)) {
        in->at++;
    }
    return true;
}

static bool scan_number(struct cursor *in) {
    take(in, '-');
    if (!take(in, '0') && !scan_digits(in)) {
        return false;
    }
    if (take(in, '.') && !scan_digits(in)) {
        return false;
    }
    if (take(in, 'e') || take(in, 'E')) {
        if (!take(in, '+')) {
            take(in, '-');
        }
        return scan_digits(in);
    }
    return true;
}

/* The four hexadecimal digits at `at` as a number, or -1. */
static int32_t hex4(const uint8_t *at, const uint8_t *end) {
    if (end - at < 4) {
        return -1;
    }
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        const uint8_t c = at[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/* Reads what follows a backslash and gives the code point, or -1: a surrogate counts only as half of a pair. */
static int32_t scan_escape(struct cursor *in) {
    if (in->at == in->end) {
        return -1;
    }
    switch (*in->at++) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '/':
        return '/';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'u':
        break;
    default:
        return -1;
    }
    const int32_t unit = hex4(in->at, in->end);
    if (unit < 0) {
        return -1;
    }
    in->at += 4;
    if (unit < 0xD800 || unit > 0xDFFF) {
        return unit;
    }
    if (unit > 0xDBFF || !take(in, '\\') || !take(in, 'u')) {
        return -1;
    }
    const int32_t low = hex4(in->at, in->end);
    if (low < 0xDC00 || low > 0xDFFF) {
        return -1;
    }
    in->at += 4;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static bool scan_string(struct cursor *in) {
    if (!take(in, '"')) {
        return false;
    }
    while (in->at < in->end) {
        const uint8_t c = *in->at;
        if (c == '"') {
            in->at++;
            return true;
        }
        if (c < 0x20) {
            return false;
        }
        if (c == '\\') {
            in->at++;
            if (scan_escape(in) < 0) {
                return false;
            }
        } else {
            const size_t step = utf8_sequence(in->at, in->end);
            if (step == 0) {
                return false;
            }
            in->at += step;
        }
    }
    return false;
}

static bool scan_array(struct cursor *in, unsigned depth) {
    struct json_value ignored;
    in->at++;
    skip_space(in);
    if (take(in, ']')) {
        return true;
    }
    do {
        if (!scan_value(in, depth, &ignored)) {
            return false;
        }
        skip_space(in);
    } while (take(in, ','));
    return take(in, ']');
}

/* Reads `"name" : value`, white space around it included. */
static bool scan_member(struct cursor *in, unsigned depth, struct json_value *name, struct json_value *value) {
    skip_space(in);
    name->kind = JSON_STRING;
    name->text = in->at;
    if (!scan_string(in)) {
        return false;
    }
    name->len = (size_t)(in->at - name->text);
    skip_space(in);
    if (!take(in, ':') || !scan_value(in, depth, value)) {
        return false;
    }
    skip_space(in);
    return true;
}

static bool scan_object(struct cursor *in, unsigned depth) {
    struct json_value name;
    struct json_value value;
    in->at++;
    skip_space(in);
    if (take(in, '}')) {
        return true;
    }
    do {
        if (!scan_member(in, depth, &name, &value)) {
            return false;
        }
    } while (take(in, ','));
    return take(in, '}');
}

static bool scan_literal(struct cursor *in, const char *literal) {
    const size_t len = strlen(literal);
    if ((size_t)(in->end - in->at) < len || memcmp(in->at, literal, len) != 0) {
        return false;
    }
    in->at += len;
    return true;
}

/* Reads one value, white space before it included. */
static bool scan_value(struct cursor *in, unsigned depth, struct json_value *value) {
    skip_space(in);
    if (in->at == in->end) {
        return false;
    }
    value->text = in->at;
    bool valid;
    switch (*in->at) {
    case '{':
        value->kind = JSON_OBJECT;
        valid = depth < MAX_DEPTH && scan_object(in, depth + 1);
        break;
    case '[':
        value->kind = JSON_ARRAY;
        valid = depth < MAX_DEPTH && scan_array(in, depth + 1);
        break;
    case '"':
        value->kind = JSON_STRING;
        valid = scan_string(in);
        break;
    case 'n':
        value->kind = JSON_NULL;
        valid = scan_literal(in, "null");
        break;
    case 't':
        value->kind = JSON_TRUE;
        valid = scan_literal(in, "true");
        break;
    case 'f':
        value->kind = JSON_FALSE;
        valid = scan_literal(in, "false");
        break;
    default:
        value->kind = JSON_NUMBER;
        valid = scan_number(in);
        break;
    }
    value->len = (size_t)(in->at - value->text);
    return valid;
}

bool json_parse(const uint8_t *text, size_t len, struct json_value *value) {
    if (text == NULL) {
        return false;
    }
    struct cursor in = {text, text + len};
    if (!scan_value(&in, 0, value)) {
        return false;
    }
    skip_space(&in);
    return in.at == in.end;
}

/* Encodes a code point as UTF-8 and gives its length. */
static size_t utf8_encode(int32_t point, uint8_t out[4]) {
    const uint32_t p = (uint32_t)point;
    if (p < 0x80) {
        out[0] = (uint8_t)p;
        return 1;
    }
    if (p < 0x800) {
        out[0] = (uint8_t)(0xC0 | p >> 6);
        out[1] = (uint8_t)(0x80 | (p & 0x3F));
        return 2;
    }
    if (p < 0x10000) {
        out[0] = (uint8_t)(0xE0 | p >> 12);
        out[1] = (uint8_t)(0x80 | (p >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (p & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | p >> 18);
    out[1] = (uint8_t)(0x80 | (p >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (p >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (p & 0x3F));
    return 4;
}

bool json_decode(struct json_value value, struct bytes *out) {
    if (value.kind != JSON_STRING) {
        return false;
    }
    struct cursor in = {value.text + 1, value.text + value.len - 1};
    bytes_reserve(out, value.len); /* decoding never makes a string longer */
    while (in.at < in.end) {
        const uint8_t *escape = memchr(in.at, '\\', (size_t)(in.end - in.at));
        const uint8_t *plain_end = escape == NULL ? in.end : escape;
        bytes_add(out, in.at, (size_t)(plain_end - in.at));
        in.at = plain_end;
        if (take(&in, '\\')) {
            uint8_t utf8[4];
            bytes_add(out, utf8, utf8_encode(scan_escape(&in), utf8));
        }
    }
    return true;
}

bool json_is_text(struct json_value value, const char *text) {
    if (value.kind != JSON_STRING) {
        return false;
    }
    struct cursor in = {value.text + 1, value.text + value.len - 1};
    const uint8_t *want = (const uint8_t *)text;
    while (in.at < in.end) {
        uint8_t utf8[4] = {*in.at++};
        const size_t len = utf8[0] == '\\' ? utf8_encode(scan_escape(&in), utf8) : 1;
        for (size_t i = 0; i < len; i++) {
            if (*want == '\0' || *want++ != utf8[i]) {
                return false;
            }
        }
    }
    return *want == '\0';
}

bool json_member(struct json_value object, const char *name, struct json_value *member) {
    if (object.kind != JSON_OBJECT) {
        return false;
    }
    struct cursor in = {object.text + 1, object.text + object.len};
    struct json_value key;
    do {
        if (!scan_member(&in, 0, &key, member)) {
            return false; /* an empty object: the rest of the text has been checked */
        }
        if (json_is_text(key, name)) {
            return true;
        }
    } while (take(&in, ','));
    return false;
}

bool json_uint(struct json_value value, uint64_t max, uint64_t *number) {
    if (value.kind != JSON_NUMBER) {
        return false;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.text[i] < '0' || value.text[i] > '9') {
            return false;
        }
        const uint64_t digit = (uint64_t)(value.text[i] - '0');
        if (sum > (UINT64_MAX - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *number = sum;
    return sum <= max;
}

void json_add_string(struct bytes *out, const void *utf8, size_t len) {
    static const char hex[] = "0123456789abcdef";
    const uint8_t *text = utf8;
    size_t at = 0;
    bytes_add(out, "\"", 1);
    while (at < len) {
        const size_t plain = at;
        while (at < len && text[at] >= 0x20 && text[at] != '"' && text[at] != '\\') {
            at++;
        }
        bytes_add(out, text + plain, at - plain);
        if (at < len) {
            const uint8_t c = text[at++];
            if (c < 0x20) {
                const char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
                bytes_add(out, escape, sizeof escape);
            } else {
                const char escape[2] = {'\\', (char)c};
                bytes_add(out, escape, sizeof escape);
            }
        }
    }
    bytes_add(out, "\"", 1);
}
