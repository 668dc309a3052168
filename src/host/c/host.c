/* SPDX-License-Identifier: Apache-2.0 */

/*
 * turnstile-host [--memory-limit=BYTES] DIRECTORY futex|bytes: the process of an isolated plugin, as small as it gets. It loads the plugin that the application names, and calls it when
 * the application asks. It does what the Java class dev.turnstile.plugin.PluginHost does; operations and answers are those of HostOperation and HostAnswer.
 */

#include "channel.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "rustbridge.h"

enum operation { START, START_CLASS, CALL, CALL_RAW, SET_LOG_LEVEL, STATE, REJECTED_COUNT, SHUT_DOWN };
enum answer { DONE, ERROR, NOT_LOADED, NOT_STOPPED, UNSUPPORTED, NO_MEMORY, THREW };

/* The code of NOT_LOADED and NOT_STOPPED: the text is all; or the application adds what the plugin logged; or it is a list of exports that are missing. */
enum { COMPLETE = 0, ADD_LINES = 1, MISSING = 2 };
/* The bits of Capability.java. */
enum { HAS_RAW_CALLS = 1, HAS_LOG_LEVEL = 2, HAS_STATE = 4, HAS_REJECTED_COUNT = 8 };

static plugin_create_fn create;
static plugin_create_with_config_fn create_with_config;
static plugin_init_fn init;
static plugin_call_fn call;
static plugin_free_buffer_fn free_buffer;
static plugin_shutdown_fn shut_down;
static plugin_call_raw_fn call_raw;
static rb_response_free_fn response_free;
static plugin_set_log_level_fn set_log_level;
static plugin_get_state_fn get_state;
static plugin_get_rejected_count_fn get_rejected_count;

static const char *memory_limit; /* how many bytes the process may take for the plugin; NULL for no limit */
static void *handle;
static char library[4096]; /* as messages call it */
static _Thread_local const char *calling;

/* After these the application looks whether the plugin is of any use: RB_INVALID_STATE is the answer of one that has failed, RB_INTERNAL that to a panic. */
static void be_cautious_after(uint32_t code) {
    if (code == RB_INVALID_STATE || code == RB_INTERNAL) {
        channel_be_cautious();
    }
}

static void answer_text(enum answer kind, uint32_t code, const char *text) {
    channel_reply(kind, code, text, strlen(text));
}

static void answer_bytes(enum answer kind, uint32_t code, const void *bytes, size_t length) {
    if (!channel_reply(kind, code, bytes, length)) {
        char text[128];
        snprintf(text, sizeof text, "The response could not be handed over: there is no room for %zu bytes", length);
        answer_text(NO_MEMORY, 0, text);
    }
}

static void on_line(uint8_t level, const char *target, const uint8_t *message, size_t length) {
    channel_log(level, target == NULL ? "" : target, message, message == NULL ? 0 : length, calling);
}

/* ---- the start ---- */

static uint32_t take_number(const uint8_t *from) {
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

/* Takes a text of HostedLibrary.java. */
static bool take_text(const uint8_t **from, const uint8_t *end, char *to, size_t size) {
    if (end - *from < 4) {
        return false;
    }
    const size_t length = (size_t)take_number(*from);
    *from += 4;
    if ((size_t)(end - *from) < length || length >= size) {
        return false;
    }
    memcpy(to, *from, length);
    to[length] = 0;
    *from += length;
    return true;
}

/* A pointer to a function, which ISO C does not turn a pointer to an object into. */
#define FIND(from, variable, name)                            \
    do {                                                      \
        void *found = dlsym(from, name);                      \
        memcpy(&(variable), &found, sizeof found);            \
    } while (0)

static void find_exports(void *loaded) {
    FIND(loaded, create, "plugin_create");
    FIND(loaded, create_with_config, "plugin_create_with_config");
    FIND(loaded, init, "plugin_init");
    FIND(loaded, call, "plugin_call");
    FIND(loaded, free_buffer, "plugin_free_buffer");
    FIND(loaded, shut_down, "plugin_shutdown");
    FIND(loaded, call_raw, "plugin_call_raw");
    FIND(loaded, response_free, "rb_response_free");
    FIND(loaded, set_log_level, "plugin_set_log_level");
    FIND(loaded, get_state, "plugin_get_state");
    FIND(loaded, get_rejected_count, "plugin_get_rejected_count");
    if (call_raw == NULL || response_free == NULL) {
        call_raw = NULL;
        response_free = NULL;
    }
}

static uint32_t capabilities(void) {
    return (call_raw != NULL ? HAS_RAW_CALLS : 0U) | (set_log_level != NULL ? HAS_LOG_LEVEL : 0U) |
           (get_state != NULL ? HAS_STATE : 0U) | (get_rejected_count != NULL ? HAS_REJECTED_COUNT : 0U);
}

/* Lists what is missing; the application words it. */
static bool misses_exports(char *text, size_t size) {
    const struct {
        const char *name;
        bool is_there;
    } required[] = {
        {"plugin_create", create != NULL},
        {"plugin_init", init != NULL},
        {"plugin_call", call != NULL},
        {"plugin_free_buffer", free_buffer != NULL},
        {"plugin_shutdown", shut_down != NULL},
    };
    size_t at = 0;
    text[0] = 0;
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        if (!required[i].is_there) {
            at += (size_t)snprintf(text + at, size - at, "%s%s", at == 0 ? "" : ",", required[i].name);
        }
    }
    return at > 0;
}

static void refuse_load(uint32_t code, const char *what, const char *detail) {
    char text[9000];
    snprintf(text, sizeof text, what, library, detail);
    answer_text(NOT_LOADED, code, text);
}

/* Does what MemoryLimit.java does. */
static bool limit_memory(unsigned long long more) {
    unsigned long long present = 0;
    char line[256];
    FILE *status = fopen("/proc/self/status", "re");
    bool is_known = false;
    while (status != NULL && !is_known && fgets(line, sizeof line, status) != NULL) {
        is_known = sscanf(line, "VmData: %llu kB", &present) == 1;
    }
    if (status != NULL) {
        fclose(status);
    }
    struct rlimit limits;
    if (!is_known || getrlimit(RLIMIT_DATA, &limits) != 0) {
        return false;
    }
    const rlim_t limit = (present << 10) + more;
    limits.rlim_cur = limits.rlim_cur < limit ? limits.rlim_cur : limit;
    limits.rlim_max = limits.rlim_max < limit ? limits.rlim_max : limit;
    return setrlimit(RLIMIT_DATA, &limits) == 0;
}

static void start(const struct request *request) {
    const uint8_t *from = request->head;
    const uint8_t *end = from + request->head_length;
    char file[4096];
    char subject[8192];
    if (!take_text(&from, end, file, sizeof file) || !take_text(&from, end, library, sizeof library) ||
        !take_text(&from, end, subject, sizeof subject) || end - from != 5) {
        answer_text(THREW, 0, "the start was asked for in a way that this host does not know");
        return;
    }
    const int level = (int)take_number(from + 1);
    if (memory_limit != NULL && !limit_memory(strtoull(memory_limit, NULL, 10))) {
        refuse_load(COMPLETE, "The plugin library %s is not loaded: the memory of its process cannot be limited to %s bytes more", memory_limit);
        return;
    }
    void *loaded = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    char missing[256];
    if (loaded == NULL) {
        refuse_load(COMPLETE, "The plugin library %s cannot be loaded: the system's loader refused it (%s)", dlerror());
        return;
    }
    find_exports(loaded);
    if (misses_exports(missing, sizeof missing)) {
        answer_text(NOT_LOADED, MISSING, missing);
        return;
    }
    void *plugin = create_with_config != NULL ? create_with_config(request->body, request->body_length) : create();
    if (plugin == NULL) {
        refuse_load(ADD_LINES, "The plugin %s could not create an instance%s", "");
        return;
    }
    handle = init(plugin, request->body, request->body_length, on_line);
    if (handle == NULL) {
        refuse_load(ADD_LINES, "The plugin %s did not start%s", "");
        return;
    }
    if (level >= 0 && set_log_level != NULL) {
        set_log_level(handle, (uint8_t)level);
    }
    answer_bytes(DONE, capabilities(), NULL, 0);
}

/* ---- the rest ---- */

static void make_call(const struct request *request) {
    char *tag = malloc(request->head_length + 1);
    if (tag == NULL) {
        answer_text(NO_MEMORY, 0, "no memory for the type tag");
        return;
    }
    memcpy(tag, request->head, request->head_length);
    tag[request->head_length] = 0;
    calling = tag;
    struct FfiBuffer buffer = call(handle, tag, request->body, request->body_length);
    be_cautious_after(buffer.error_code);
    answer_bytes(buffer.error_code == RB_OK ? DONE : ERROR, buffer.error_code, buffer.data, buffer.data == NULL ? 0 : buffer.len);
    free_buffer(&buffer);
    calling = NULL;
    free(tag);
}

static void make_raw_call(const struct request *request) {
    char target[32];
    snprintf(target, sizeof target, "message %u", request->id);
    calling = target;
    struct RbResponse response = call_raw(handle, request->id, request->body, request->body_length);
    be_cautious_after(response.error_code);
    answer_bytes(response.error_code == RB_OK ? DONE : ERROR, response.error_code, response.data, response.data == NULL ? 0 : response.len);
    response_free(&response);
    calling = NULL;
}

static void tell_rejected_count(void) {
    const uint64_t count = get_rejected_count(handle);
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(count >> (56 - 8 * i));
    }
    answer_bytes(DONE, 0, bytes, sizeof bytes);
}

static void refuse(const char *exports) {
    char text[9000];
    const char *slash = strrchr(library, '/');
    snprintf(text, sizeof text, "The plugin %s does not export %s", slash == NULL ? library : slash + 1, exports);
    answer_text(UNSUPPORTED, 0, text);
}

static void carry_out(const struct request *request) {
    switch (request->operation) {
        case START:
            start(request);
            break;
        case CALL:
            make_call(request);
            break;
        case CALL_RAW:
            if (call_raw == NULL) {
                refuse("plugin_call_raw with rb_response_free");
            } else {
                make_raw_call(request);
            }
            break;
        case SET_LOG_LEVEL:
            if (set_log_level == NULL) {
                refuse("plugin_set_log_level");
            } else {
                set_log_level(handle, (uint8_t)request->id);
                answer_bytes(DONE, 0, NULL, 0);
            }
            break;
        case STATE:
            if (get_state == NULL) {
                refuse("plugin_get_state");
            } else {
                answer_bytes(DONE, get_state(handle), NULL, 0);
            }
            break;
        case REJECTED_COUNT:
            if (get_rejected_count == NULL) {
                refuse("plugin_get_rejected_count");
            } else {
                tell_rejected_count();
            }
            break;
        case SHUT_DOWN:
            if (shut_down(handle)) {
                answer_bytes(DONE, 0, NULL, 0);
            } else {
                answer_text(NOT_STOPPED, ADD_LINES, "");
            }
            break;
        default: /* START_CLASS among them: there is no Java here */
            answer_text(THREW, 0, "this host does not know the operation");
    }
}

int main(int count, char **arguments) {
    static const char option[] = "--memory-limit=";
    if (count == 4 && strncmp(arguments[1], option, sizeof option - 1) == 0) {
        memory_limit = arguments[1] + sizeof option - 1;
    } else if (count != 3) {
        fprintf(stderr, "usage: turnstile-host [--memory-limit=BYTES] DIRECTORY futex|bytes\nTurnstile starts this program; it is of no use by itself.\n");
        return 2;
    }
    channel_connect(arguments[count - 2], arguments[count - 1]);
    for (;;) {
        const struct request request = channel_await();
        carry_out(&request);
    }
}
