/* SPDX-License-Identifier: Apache-2.0 */

#include "reply.h"

#include <string.h>

#include "json.h"

void reply_payload_begin(struct reply *reply) {
    bytes_add_text(&reply->body, "{\"status\":\"success\",\"payload\":");
}

void reply_payload_end(struct reply *reply) {
    bytes_add(&reply->body, "}", 1);
}

void reply_error(struct reply *reply, uint32_t code, const char *text, const void *detail, size_t detail_len) {
    struct bytes message = {0};
    bytes_add_text(&message, text);
    bytes_add(&message, detail, detail_len);
    reply->code = code;
    reply->body.len = 0;
    bytes_add_text(&reply->body, "{\"status\":\"error\",\"error_code\":");
    bytes_add_uint(&reply->body, code);
    bytes_add_text(&reply->body, ",\"error_message\":");
    json_add_string(&reply->body, message.data, message.len);
    bytes_add(&reply->body, "}", 1);
    bytes_drop(&message);
}

void reply_text(struct reply *reply, uint32_t code, const char *text) {
    reply->code = code;
    reply->body.len = 0;
    bytes_add_text(&reply->body, text);
}

void reply_raw_text(struct reply *reply, uint32_t code, const char *text) {
    reply->code = code;
    reply->body.len = 0;
    bytes_add(&reply->body, text, strlen(text) + 1);
}
