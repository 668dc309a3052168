/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The JSON messages. A member that is not marked "?" is required; a request without required members may be `null`. What a
 * request cannot be read for is error 5.
 *
 *   tag        request                               payload of the answer
 *   echo       {message: text}                       {message, length: bytes of its UTF-8}
 *   sleep      {duration_ms}                         {slept_ms}, after sleeping
 *   spin       {duration_us}                         {spun_us}, after burning that much CPU
 *   probe      {}                                    what was seen so far, see handle_probe
 *   fail       {code, message?, body?}               none: an error with this code; body is one of
 *                                                      "envelope" (default), "text" (the message as it is),
 *                                                      "malformed" (cut short), "not_utf8", "empty" (no bytes)
 *   envelope   {raw: text, latin1?: bool}            none: `raw` is the whole body, with code 0
 *   null       {}                                    no payload member at all
 *   nothing    {}                                    none: an empty body with code 0
 *   big        {bytes}                               a string of that many `x`
 *   log        see log_request.c                     {lines: as many as asked for}
 *   panic      {}                                    none: code 11 with a text; the instance has failed from then on
 *   crash      {}                                    none: a bad pointer, which ends the process with SIGSEGV
 *   block      {gate}                                {gate}, after waiting in it, see turnstile_demo.h
 *   release    {gate}                                {gate}, after opening it
 */
#include "handlers.h"

#include <string.h>

#include "gates.h"
#include "json.h"
#include "log.h"
#include "log_request.h"
#include "request.h"
#include "rustbridge.h"
#include "timing.h"
#include "turnstile_demo.h"

enum { MAX_BIG = 1 << 30 };

static const uint64_t DAY_MS = 86400000;

/* A whole answer of the form {"name":number}. */
static void reply_number(struct reply *reply, const char *json_up_to_number, uint64_t number) {
    reply_payload_begin(reply);
    bytes_add_text(&reply->body, json_up_to_number);
    bytes_add_uint(&reply->body, number);
    bytes_add(&reply->body, "}", 1);
    reply_payload_end(reply);
}

static void handle_echo(struct call *call) {
    struct bytes message = {0};
    if (want_text(call, "message", &message)) {
        struct bytes *body = &call->reply->body;
        bytes_reserve(body, message.len + 80);
        reply_payload_begin(call->reply);
        bytes_add_text(body, "{\"message\":");
        json_add_string(body, message.data, message.len);
        bytes_add_text(body, ",\"length\":");
        bytes_add_uint(body, message.len);
        bytes_add(body, "}", 1);
        reply_payload_end(call->reply);
    }
    bytes_drop(&message);
}

static void handle_sleep(struct call *call) {
    uint64_t ms;
    if (want_uint(call, "duration_ms", DAY_MS, &ms)) {
        sleep_ms(ms);
        reply_number(call->reply, "{\"slept_ms\":", ms);
    }
}

static void handle_spin(struct call *call) {
    uint64_t us;
    if (want_uint(call, "duration_us", DAY_MS * 1000, &us)) {
        const uint64_t begin = now_us();
        while (now_us() - begin < us) {
        }
        reply_number(call->reply, "{\"spun_us\":", us);
    }
}

/*
 * `calls` (this one and refused ones included), `raw_calls`, `rejected`, `overlaps`, `max_depth` and `threads` are of this
 * instance; `single_thread` says that plugin_create, plugin_init and all calls came from one thread. The outstanding
 * replies (without the answer to this call) and the log lines are of the loaded file.
 */
static void handle_probe(struct call *call) {
    const struct probe probe = instance_probe(call->instance);
    const struct {
        const char *json_up_to_number;
        uint64_t number;
    } members[] = {
        {"{\"calls\":", probe.calls},
        {",\"raw_calls\":", probe.raw_calls},
        {",\"rejected\":", instance_rejected(call->instance)},
        {",\"overlaps\":", probe.overlaps},
        {",\"max_depth\":", probe.max_depth},
        {",\"threads\":", probe.thread_count},
        {",\"outstanding_buffers\":", loans_outstanding()},
        {",\"log_lines\":", log_lines()},
    };
    struct bytes *body = &call->reply->body;
    reply_payload_begin(call->reply);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        bytes_add_text(body, members[i].json_up_to_number);
        bytes_add_uint(body, members[i].number);
    }
    bytes_add_text(body, probe.thread_count == 1 ? ",\"single_thread\":true}" : ",\"single_thread\":false}");
    reply_payload_end(call->reply);
}

static void fail_with(struct call *call, uint32_t code, const struct bytes *message) {
    struct reply *reply = call->reply;
    struct json_value kind;
    if (!json_member(call->request, "body", &kind) || json_is_text(kind, "envelope")) {
        reply_error(reply, code, "", message->data, message->len);
    } else if (json_is_text(kind, "text")) {
        reply->code = code;
        bytes_add(&reply->body, message->data, message->len);
    } else if (json_is_text(kind, "malformed")) {
        reply_text(reply, code, "{\"status\":\"err");
    } else if (json_is_text(kind, "not_utf8")) {
        reply_text(reply, code, "{\"status\":\"error\",\"error_message\":\"\xC3\x28\"}");
    } else if (json_is_text(kind, "empty")) {
        reply_text(reply, code, "");
    } else {
        refuse_member(call, "body");
    }
}

static void handle_fail(struct call *call) {
    uint64_t code;
    struct bytes message = {0};
    if (want_uint(call, "code", UINT32_MAX, &code) && take_text(call, "message", "failed as asked", &message)) {
        fail_with(call, (uint32_t)code, &message);
    }
    bytes_drop(&message);
}

static void handle_envelope(struct call *call) {
    want_bytes(call, "raw", &call->reply->body);
}

static void handle_null(struct call *call) {
    bytes_add_text(&call->reply->body, "{\"status\":\"success\"}");
}

static void handle_nothing(struct call *call) {
    (void)call; /* an empty body with code 0 is what the reply is at first */
}

static void handle_big(struct call *call) {
    uint64_t count;
    if (want_uint(call, "bytes", MAX_BIG, &count)) {
        struct bytes *body = &call->reply->body;
        reply_payload_begin(call->reply);
        bytes_reserve(body, (size_t)count + 3);
        bytes_add(body, "\"", 1);
        bytes_fill(body, 'x', (size_t)count);
        bytes_add(body, "\"", 1);
        reply_payload_end(call->reply);
    }
}

static void handle_log(struct call *call) {
    uint64_t count;
    if (log_request(call, &count)) {
        reply_number(call->reply, "{\"lines\":", count);
    }
}

static void handle_panic(struct call *call) {
    instance_fail(call->instance);
    reply_text(call->reply, RB_INTERNAL, "panic in handler: as asked");
}

static volatile uintptr_t bad_pointer = 8;

static void handle_crash(struct call *call) {
    *(volatile int *)bad_pointer = 1;
    reply_text(call->reply, RB_RUNTIME, "the crash did not come");
}

static void handle_block(struct call *call) {
    uint64_t gate;
    if (want_uint(call, "gate", TURNSTILE_GATES - 1, &gate) && gate_pass((uint32_t)gate)) {
        reply_number(call->reply, "{\"gate\":", gate);
    }
}

static void handle_release(struct call *call) {
    uint64_t gate;
    if (want_uint(call, "gate", TURNSTILE_GATES - 1, &gate)) {
        turnstile_gate_open((uint32_t)gate);
        reply_number(call->reply, "{\"gate\":", gate);
    }
}

static const struct {
    const char *tag;
    void (*handle)(struct call *call);
} json_handlers[] = {
    {"echo", handle_echo},
    {"sleep", handle_sleep},
    {"spin", handle_spin},
    {"probe", handle_probe},
    {"fail", handle_fail},
    {"envelope", handle_envelope},
    {"null", handle_null},
    {"nothing", handle_nothing},
    {"big", handle_big},
    {"log", handle_log},
    {"panic", handle_panic},
    {"crash", handle_crash},
    {"block", handle_block},
    {"release", handle_release},
};

void handle_json(struct instance *instance, const char *tag, const uint8_t *request, size_t len, struct reply *reply) {
    struct call call = {.instance = instance, .reply = reply};
    for (size_t i = 0; i < sizeof json_handlers / sizeof json_handlers[0]; i++) {
        if (strcmp(tag, json_handlers[i].tag) == 0) {
            if (!json_parse(request, len, &call.request)) {
                reply_error(reply, RB_SERIALIZATION, "the request is not valid JSON", NULL, 0);
            } else if (call.request.kind != JSON_OBJECT && call.request.kind != JSON_NULL) {
                reply_error(reply, RB_SERIALIZATION, "the request is not a JSON object", NULL, 0);
            } else {
                json_handlers[i].handle(&call);
            }
            return;
        }
    }
    reply_error(reply, RB_UNKNOWN_MESSAGE_TYPE, "unknown message type: ", tag, strlen(tag));
}

/* The binary messages, by number. */
enum raw_message {
    RAW_ECHO = 1,  /* the same bytes back */
    RAW_EMPTY = 2, /* no bytes, and success */
    RAW_FAIL = 3,  /* error 7 */
    RAW_BIG = 4,   /* a little-endian uint32: that many `x`, up to 2^30 */
    RAW_PANIC = 5, /* error 11; the instance has failed from then on */
    RAW_ERROR = 6  /* a little-endian uint32, the code, and the bytes of the body as they are */
};

static uint32_t raw_uint32(const uint8_t *request) {
    return (uint32_t)request[0] | (uint32_t)request[1] << 8 | (uint32_t)request[2] << 16 | (uint32_t)request[3] << 24;
}

static void raw_big(const uint8_t *request, size_t len, struct reply *reply) {
    if (len != 4) {
        reply_raw_text(reply, RB_SERIALIZATION, "the request is not a uint32");
        return;
    }
    const uint32_t count = raw_uint32(request);
    if (count > MAX_BIG) {
        reply_raw_text(reply, RB_HANDLER, "too many bytes");
    } else {
        bytes_fill(&reply->body, 'x', count);
    }
}

static void raw_error(const uint8_t *request, size_t len, struct reply *reply) {
    if (len < 4) {
        reply_raw_text(reply, RB_SERIALIZATION, "the request does not begin with a uint32");
        return;
    }
    reply->code = raw_uint32(request);
    bytes_add(&reply->body, request + 4, len - 4);
}

void handle_raw(struct instance *instance, uint32_t id, const void *request, size_t len, struct reply *reply) {
    switch (id) {
    case RAW_ECHO:
        bytes_add(&reply->body, request, len);
        break;
    case RAW_EMPTY:
        break;
    case RAW_FAIL:
        reply_raw_text(reply, RB_HANDLER, "failed as asked");
        break;
    case RAW_BIG:
        raw_big(request, len, reply);
        break;
    case RAW_PANIC:
        instance_fail(instance);
        reply_raw_text(reply, RB_INTERNAL, "panic in handler: as asked");
        break;
    case RAW_ERROR:
        raw_error(request, len, reply);
        break;
    default:
        reply_raw_text(reply, RB_UNKNOWN_MESSAGE_TYPE, "unknown message id");
        break;
    }
}
