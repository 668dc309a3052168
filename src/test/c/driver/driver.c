/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A host in C, for the sanitizers, which see all of a program only if the JVM is not in it: loads the demo plugin with dlopen, makes
 * calls of every kind, good, bad and huge, has it log from its own threads before and after its shutdown, and gives everything
 * back. Ends with one line, `driver: ...`, and 0; with 1 and a reason when something is not as it must be.
 *
 *   driver LIBRARY [ROUNDS]      the demo plugin; 200 rounds unless said
 *   driver --plant LIBRARY TAG   one call with this tag to src/test/c/planted.c: a sanitizer must object
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rustbridge.h"

#define FAIL(...)                     \
    do {                              \
        fprintf(stderr, "driver: ");  \
        fprintf(stderr, __VA_ARGS__); \
        fputc('\n', stderr);          \
        exit(1);                      \
    } while (0)

typedef uint64_t (*counter_fn)(void);
typedef void (*gate_fn)(uint32_t gate);

static struct {
    void *library;
    plugin_create_fn create;
    plugin_init_fn init;
    plugin_call_fn call;
    plugin_free_buffer_fn free_buffer;
    plugin_call_raw_fn call_raw;
    rb_response_free_fn response_free;
    plugin_shutdown_fn shutdown;
} plugin;

static uint64_t calls;
static atomic_uint_least64_t lines;
static atomic_uint_least64_t bytes_logged;

/* ISO C has no conversion from an object pointer to a function pointer; POSIX asks for this one. */
static void find(const char *name, void *function) {
    void *found = dlsym(plugin.library, name);
    if (found == NULL) {
        FAIL("%s", dlerror());
    }
    memcpy(function, &found, sizeof found);
}

static uint64_t count(const char *name) {
    counter_fn counter;
    find(name, &counter);
    return counter();
}

/* Reads the whole line, as a host does that copies it. */
static void log_line(uint8_t level, const char *target, const uint8_t *message, size_t len) {
    uint64_t sum = level + (target == NULL ? 0 : strlen(target));
    for (size_t i = 0; i < len; i++) {
        sum += message[i] > 0 ? 1 : 0;
    }
    atomic_fetch_add(&bytes_logged, sum);
    atomic_fetch_add(&lines, 1);
}

/* What was lent for one call is copied, to memory of just its size, and given back: as the binding does. */
static void call(void *handle, const char *tag, const char *request, uint32_t code) {
    /* Of its very size, without a NUL: whoever reads on is caught. */
    const size_t request_len = strlen(request);
    uint8_t *copy = malloc(request_len);
    if (copy == NULL) {
        FAIL("out of memory");
    }
    memcpy(copy, request, request_len);
    struct FfiBuffer buffer = plugin.call(handle, tag, copy, request_len);
    free(copy);
    calls++;
    uint8_t *body = malloc(buffer.len + 1);
    if (body == NULL) {
        FAIL("out of memory");
    }
    if (buffer.len > 0) {
        memcpy(body, buffer.data, buffer.len);
    }
    body[buffer.len] = 0;
    if (buffer.error_code != code) {
        FAIL("%s %s: code %" PRIu32 " instead of %" PRIu32 ": %s", tag, request, buffer.error_code, code, (char *)body);
    }
    free(body);
    plugin.free_buffer(&buffer);
}

static void call_raw(void *handle, uint32_t id, const void *request, size_t len, uint32_t code) {
    uint8_t *copy = malloc(len > 0 ? len : 1);
    if (copy == NULL) {
        FAIL("out of memory");
    }
    memcpy(copy, request, len);
    struct RbResponse response = plugin.call_raw(handle, id, copy, len);
    free(copy);
    calls++;
    if (response.error_code != code) {
        FAIL("message %" PRIu32 ": code %" PRIu32 " instead of %" PRIu32, id, response.error_code, code);
    }
    plugin.response_free(&response);
}

static void good_calls(void *handle) {
    call(handle, "echo", "{\"message\":\"gr\xC3\xBC\xC3\x9F dich \\u00fc \\ud83c\\udf9f\"}", RB_OK);
    call(handle, "echo", "{\"message\":\"\"}", RB_OK);
    call(handle, "sleep", "{\"duration_ms\":0}", RB_OK);
    call(handle, "spin", "{\"duration_us\":1}", RB_OK);
    call(handle, "probe", "null", RB_OK);
    call(handle, "null", "{}", RB_OK);
    call(handle, "nothing", "{}", RB_OK);
    call(handle, "big", "{\"bytes\":0}", RB_OK);
    call(handle, "big", "{\"bytes\":65536}", RB_OK);
    call(handle, "envelope", "{\"raw\":\"\xC3\xBF\",\"latin1\":true}", RB_OK);
    call(handle, "block", "{\"gate\":3}", RB_OK);
    call(handle, "release", "{\"gate\":3}", RB_OK);
    call_raw(handle, 1, "bytes", 5, RB_OK);
    call_raw(handle, 1, "", 0, RB_OK);
    call_raw(handle, 2, "x", 1, RB_OK);
    call_raw(handle, 4, "\x00\x00\x01\x00", 4, RB_OK);
}

static void bad_calls(void *handle) {
    static const char *const bodies[] = {"envelope", "text", "malformed", "not_utf8", "empty"};
    char request[80];
    for (uint32_t code = 1; code <= 14; code++) {
        for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
            snprintf(request, sizeof request, "{\"code\":%" PRIu32 ",\"body\":\"%s\",\"message\":\"no\"}", code, bodies[i]);
            call(handle, "fail", request, code);
        }
    }
    call(handle, "fail", "{\"code\":4294967295,\"body\":\"none of these\"}", RB_SERIALIZATION);
    call(handle, "no.such", "{}", RB_UNKNOWN_MESSAGE_TYPE);
    call(handle, "\xFF", "{}", RB_CONFIG);
    static const char *const broken[] = {"",           "{",          "[",           "\"",       "{\"message\":",
                                         "{\"message", "{\"a\":\"\\", "{\"a\":\"\\u", "{\"a\":1e", "[[[[[[[["};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        call(handle, "echo", broken[i], RB_SERIALIZATION);
    }
    call(handle, "echo", "{\"message\":7}", RB_SERIALIZATION);
    call(handle, "envelope", "{\"raw\":\"\xE2\x82\xAC\",\"latin1\":true}", RB_SERIALIZATION);
    call(handle, "block", "{\"gate\":8}", RB_SERIALIZATION);
    call(NULL, "echo", "{}", RB_INVALID_STATE);
    call_raw(handle, 3, "x", 1, RB_HANDLER);
    call_raw(handle, 4, "x", 1, RB_SERIALIZATION);
    call_raw(handle, 6, "\x0D\x00\x00\x00why\x00", 8, RB_TOO_MANY_REQUESTS);
    call_raw(handle, 6, "\xFF\xFF\xFF\xFF", 4, UINT32_MAX);
    call_raw(handle, 6, "\xFF", 1, RB_SERIALIZATION);
    call_raw(handle, 4711, "", 0, RB_UNKNOWN_MESSAGE_TYPE);
    call_raw(NULL, 1, "", 0, RB_INVALID_STATE);
}

static void *start(bool fail) {
    const char *config = fail ? "{\"init_params\":{\"fail_init\":true}}" : "{\"log_level\":\"info\"}";
    return plugin.init(plugin.create(), (const uint8_t *)config, strlen(config), log_line);
}

static void await_lines(uint64_t wanted) {
    const struct timespec moment = {.tv_nsec = 1000000};
    for (int i = 0; atomic_load(&lines) < wanted; i++) {
        if (i == 30000) {
            FAIL("%" PRIu64 " log lines instead of %" PRIu64, (uint64_t)atomic_load(&lines), wanted);
        }
        nanosleep(&moment, NULL);
    }
}

/* One life of an instance: started, called, made to log by others, shut down, and logging on. */
static void round_of_calls(int number) {
    if (start(true) != NULL) {
        FAIL("it started, but was told to fail");
    }
    void *handle = start(false);
    if (handle == NULL) {
        FAIL("it did not start");
    }
    const uint64_t before = atomic_load(&lines);
    call(handle, "log", "{\"message\":\"of the caller\",\"count\":3}", RB_OK);
    call(handle, "log", "{\"message\":null,\"target\":null}", RB_OK);
    call(handle, "log", "{\"message\":\"of a thread\",\"from\":\"thread\",\"count\":20}", RB_OK);
    call(handle, "log", "{\"message\":\"after all\",\"from\":\"after_shutdown\",\"count\":20}", RB_OK);
    call(handle, "log", "{\"message\":7}", RB_SERIALIZATION);
    call(handle, "log", "{\"message\":\"\",\"from\":\"nobody\"}", RB_SERIALIZATION);
    good_calls(handle);
    bad_calls(handle);
    if (number % 10 == 0) {
        call(handle, "big", "{\"bytes\":8388608}", RB_OK);
        call(handle, "panic", "{}", RB_INTERNAL);
        call(handle, "echo", "{\"message\":\"\"}", RB_INVALID_STATE);
    }
    if (!plugin.shutdown(handle)) {
        FAIL("it was not shut down");
    }
    if (plugin.shutdown(handle)) {
        FAIL("it was shut down twice");
    }
    call(handle, "echo", "{}", RB_INVALID_STATE);
    await_lines(before + 45); /* 3, 1, 20 and 20, and `stopping` */
}

static void run(int rounds) {
    gate_fn open_gate;
    find("turnstile_gate_open", &open_gate);
    open_gate(3);
    for (int number = 0; number < rounds; number++) {
        round_of_calls(number);
    }
    /* Given back once more, and what was never lent: counted, and harmless. */
    struct FfiBuffer never = {0};
    plugin.free_buffer(&never);
    const uint64_t outstanding = count("turnstile_probe_outstanding_buffers");
    const uint64_t live = count("turnstile_probe_live_instances");
    const uint64_t seen = count("turnstile_probe_calls");
    const uint64_t twice = count("turnstile_probe_double_frees");
    if (outstanding != 0 || live != 0 || seen != calls || twice != 1) {
        FAIL("outstanding %" PRIu64 ", live %" PRIu64 ", calls %" PRIu64 " of %" PRIu64 ", double frees %" PRIu64, outstanding,
             live, seen, calls, twice);
    }
    printf("driver: %" PRIu64 " calls in %d lives, %" PRIu64 " log lines; outstanding 0, live 0\n", calls, rounds,
           (uint64_t)atomic_load(&lines));
}

static void load(const char *library) {
    plugin.library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (plugin.library == NULL) {
        FAIL("%s", dlerror());
    }
    find("plugin_create", &plugin.create);
    find("plugin_init", &plugin.init);
    find("plugin_call", &plugin.call);
    find("plugin_free_buffer", &plugin.free_buffer);
    find("plugin_shutdown", &plugin.shutdown);
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "--plant") == 0) {
        load(argv[2]);
        void *handle = start(false);
        call(handle, argv[3], "{}", RB_OK);
        plugin.shutdown(handle);
        printf("driver: nothing happened\n");
        return 0;
    }
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: driver LIBRARY [ROUNDS] | driver --plant LIBRARY TAG\n");
        return 2;
    }
    load(argv[1]);
    find("plugin_call_raw", &plugin.call_raw);
    find("rb_response_free", &plugin.response_free);
    run(argc == 3 ? atoi(argv[2]) : 200);
    return 0;
}
