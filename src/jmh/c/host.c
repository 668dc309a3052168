/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A host in C: what a call costs with no binding at all, the limit for any. Loads the demo plugin with dlopen and makes the same calls
 * as the benchmarks in Java do (dev.turnstile.bench.binding.Requests), each answer given back at once, none copied. Prints a line
 * for each kind of call, with the median over the rounds, which are so short that another process disturbs few of them:
 *
 *   c-host,text,<ns per call>
 *   c-host,raw,<ns per call>
 *
 *   host LIBRARY [ROUNDS]   rounds of 1,000 calls of each kind, taking turns; 3,000 unless said
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rustbridge.h"

#define FAIL(...)                     \
    do {                              \
        fprintf(stderr, "host: ");    \
        fprintf(stderr, __VA_ARGS__); \
        fputc('\n', stderr);          \
        exit(1);                      \
    } while (0)

enum { MAX_ROUNDS = 100000, CALLS_A_ROUND = 1000, RAW_ECHO = 1 };

static const char tag[] = "echo";
static const char request[] = "{\"message\":\"hello, turnstile\"}";
static const char envelope[] = "{\"status\":\"success\",\"payload\":{\"message\":\"hello, turnstile\",\"length\":16}}";

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

/* ISO C has no conversion from an object pointer to a function pointer; POSIX asks for this one. */
static void find(const char *name, void *function) {
    void *found = dlsym(plugin.library, name);
    if (found == NULL) {
        FAIL("%s", dlerror());
    }
    memcpy(function, &found, sizeof found);
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
    find("plugin_call_raw", &plugin.call_raw);
    find("rb_response_free", &plugin.response_free);
    find("plugin_shutdown", &plugin.shutdown);
}

static void text_calls(void *handle) {
    for (int i = 0; i < CALLS_A_ROUND; i++) {
        struct FfiBuffer buffer = plugin.call(handle, tag, (const uint8_t *)request, sizeof request - 1);
        if (buffer.error_code != RB_OK || buffer.len != sizeof envelope - 1) {
            FAIL("a text call ended with code %" PRIu32 " and %zu bytes", buffer.error_code, buffer.len);
        }
        plugin.free_buffer(&buffer);
    }
}

static void raw_calls(void *handle) {
    for (int i = 0; i < CALLS_A_ROUND; i++) {
        struct RbResponse response = plugin.call_raw(handle, RAW_ECHO, request, sizeof request - 1);
        if (response.error_code != RB_OK || response.len != sizeof request - 1) {
            FAIL("a raw call ended with code %" PRIu32 " and %" PRIu32 " bytes", response.error_code, response.len);
        }
        plugin.response_free(&response);
    }
}

/* Once, that the answer is the right one. */
static void check(void *handle) {
    struct FfiBuffer buffer = plugin.call(handle, tag, (const uint8_t *)request, sizeof request - 1);
    if (buffer.len != sizeof envelope - 1 || memcmp(buffer.data, envelope, buffer.len) != 0) {
        FAIL("the plugin answered %.*s", (int)buffer.len, (const char *)buffer.data);
    }
    plugin.free_buffer(&buffer);
}

static double now_ns(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
        FAIL("there is no monotonic clock");
    }
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double ns_per_call(void (*calls)(void *handle), void *handle) {
    const double begin = now_ns();
    calls(handle);
    return (now_ns() - begin) / CALLS_A_ROUND;
}

static int ascending(const void *one, const void *other) {
    const double a = *(const double *)one;
    const double b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median(double *of, size_t count) {
    qsort(of, count, sizeof *of, ascending);
    return (of[(count - 1) / 2] + of[count / 2]) / 2;
}

int main(int argc, char **argv) {
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: host LIBRARY [ROUNDS]\n");
        return 2;
    }
    const long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 3000;
    if (rounds < 1 || rounds > MAX_ROUNDS) {
        FAIL("%s is not a number from 1 to %d", argv[2], MAX_ROUNDS);
    }
    load(argv[1]);
    void *handle = plugin.init(plugin.create(), NULL, 0, NULL);
    if (handle == NULL) {
        FAIL("the plugin did not start");
    }
    check(handle);
    static double text[MAX_ROUNDS];
    static double raw[MAX_ROUNDS];
    for (long round = 0; round < rounds; round++) {
        text[round] = ns_per_call(text_calls, handle);
        raw[round] = ns_per_call(raw_calls, handle);
    }
    printf("c-host,text,%.1f\n", median(text, (size_t)rounds));
    printf("c-host,raw,%.1f\n", median(raw, (size_t)rounds));
    if (!plugin.shutdown(handle)) {
        FAIL("the plugin was not shut down");
    }
    return 0;
}
