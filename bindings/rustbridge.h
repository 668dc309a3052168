/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The C ABI of a rustbridge plugin (0.5 to 1.x, 64-bit), as its host sees it.
 *
 * Each export is declared as the type of a pointer to it, named <export>_fn: a host finds the exports by name in a library that it
 * loads at run time, so nothing here is linked. A plugin written in C defines RUSTBRIDGE_PLUGIN before it includes this file, and
 * has its own definitions checked against the same types (see the end).
 *
 * Required: plugin_create, plugin_init, plugin_call, plugin_free_buffer, plugin_shutdown. The rest are optional; a plugin that
 * lacks them is a good plugin. The ABI has no version symbol.
 */

#ifndef RUSTBRIDGE_H
#define RUSTBRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Numbers. A host carries a number that is not listed here through as it is. ---- */

enum rb_error {
    RB_OK = 0,
    RB_INVALID_STATE = 1, /* not active, or an unknown handle */
    RB_INIT_FAILED = 2,
    RB_SHUTDOWN_FAILED = 3,
    RB_CONFIG = 4, /* also a type tag that is not UTF-8 */
    RB_SERIALIZATION = 5,
    RB_UNKNOWN_MESSAGE_TYPE = 6,
    RB_HANDLER = 7,
    RB_RUNTIME = 8,
    RB_CANCELLED = 9,
    RB_TIMEOUT = 10,
    RB_INTERNAL = 11, /* a handler panicked: from now on the plugin has failed */
    RB_FFI = 12,
    RB_TOO_MANY_REQUESTS = 13
};

enum rb_state {
    RB_STATE_INSTALLED = 0,
    RB_STATE_STARTING = 1,
    RB_STATE_ACTIVE = 2,
    RB_STATE_STOPPING = 3,
    RB_STATE_STOPPED = 4,
    RB_STATE_FAILED = 5,
    RB_STATE_UNKNOWN_HANDLE = 255
};

enum rb_log_level {
    RB_LOG_TRACE = 0,
    RB_LOG_DEBUG = 1,
    RB_LOG_INFO = 2,
    RB_LOG_WARN = 3,
    RB_LOG_ERROR = 4,
    RB_LOG_OFF = 5
};

/* ---- Answers, returned by value. What `data` points to belongs to the plugin until it is given back. ---- */

/*
 * The answer of plugin_call: a JSON envelope, or plain text, in UTF-8 without a NUL at the end. Given back exactly once, by
 * plugin_free_buffer, whatever error_code says. `data` may be NULL.
 */
struct FfiBuffer {
    uint8_t *data;
    size_t len;
    size_t capacity;
    uint32_t error_code;
};

/*
 * The answer of plugin_call_raw. On success the bytes of the result: none is a result too. On error a text and one NUL, which
 * `len` counts. Given back exactly once, by rb_response_free, whatever error_code says. `data` may be NULL.
 */
struct RbResponse {
    uint32_t error_code;
    uint32_t len;
    uint32_t capacity;
    void *data;
};

/* ---- The log callback: written by the host, called by the plugin. ---- */

/*
 * `target` ends with a NUL; `message` does not. Both belong to the plugin and last as long as the call.
 *
 * Called on ANY thread, several at once, during init, calls and shutdown, and possibly AFTER plugin_shutdown has returned: the
 * function must stay callable for as long as the process lives. It must not call the plugin, and must not unwind.
 */
typedef void (*rb_log_callback)(uint8_t level, const char *target, const uint8_t *message, size_t message_len);

/* ---- The life of a plugin. ---- */

/* A plugin, not yet started; NULL on failure. Only plugin_init takes it back: there is no destroy. */
typedef void *(*plugin_create_fn)(void);

/* Optional. The same from a configuration (JSON, UTF-8), which the caller keeps. Preferred to plugin_create where it exists. */
typedef void *(*plugin_create_with_config_fn)(const uint8_t *config_json, size_t config_len);

/*
 * Starts `plugin`, which it owns from here on. Returns a handle, or NULL on failure; the reason is only logged or printed. The
 * handle is a number in a pointer's clothes: never dereference it. `config_json` (UTF-8; the caller keeps it) and `log` may be NULL.
 * The callback, like the log level, is one per loaded FILE, not one per handle.
 */
typedef void *(*plugin_init_fn)(void *plugin, const uint8_t *config_json, size_t config_len, rb_log_callback log);

/*
 * Stops the plugin; false on failure. It does not wait for calls that are running: let them end first. It waits up to 5 s for the
 * plugin's own on_stop, and may block for longer on the plugin's tasks. Log lines may still arrive afterwards.
 */
typedef bool (*plugin_shutdown_fn)(void *handle);

/* ---- Calls. The handler runs on the calling thread. The caller keeps what it passes in. ---- */

/* `type_tag` is UTF-8 and ends at its first NUL; `request` is the bare JSON payload. */
typedef struct FfiBuffer (*plugin_call_fn)(void *handle, const char *type_tag, const uint8_t *request, size_t request_len);

/* Gives the memory of an answer back, once. The struct itself stays the caller's. */
typedef void (*plugin_free_buffer_fn)(struct FfiBuffer *buffer);

/* Optional, with rb_response_free. Binary messages, by number; they take no place in the plugin's own limit. */
typedef struct RbResponse (*plugin_call_raw_fn)(void *handle, uint32_t message_id, const void *request, size_t request_size);

/* Optional, with plugin_call_raw. Gives the memory of an answer back, once. The struct itself stays the caller's. */
typedef void (*rb_response_free_fn)(struct RbResponse *response);

/* ---- The rest, all optional. ---- */

/* `level` is an rb_log_level. */
typedef void (*plugin_set_log_level_fn)(void *handle, uint8_t level);

/* An rb_state. */
typedef uint8_t (*plugin_get_state_fn)(void *handle);

/* How many calls the plugin's own limit has refused; 0 for an unknown handle. */
typedef uint64_t (*plugin_get_rejected_count_fn)(void *handle);

/*
 * ---- For a plugin written in C. ----
 *
 * Declares every export with its type from above, so that a definition that differs does not compile, and makes the ones that are
 * defined visible in the library. A plugin leaves undefined what it does not offer. Needs __typeof__: GCC, Clang, or MSVC from 2022.
 */
#ifdef RUSTBRIDGE_PLUGIN

#ifdef _WIN32
#define RB_EXPORT(name) __declspec(dllexport) __typeof__(*(name##_fn)0) name
#else
#define RB_EXPORT(name) __attribute__((visibility("default"))) __typeof__(*(name##_fn)0) name
#endif

RB_EXPORT(plugin_create);
RB_EXPORT(plugin_create_with_config);
RB_EXPORT(plugin_init);
RB_EXPORT(plugin_shutdown);
RB_EXPORT(plugin_call);
RB_EXPORT(plugin_free_buffer);
RB_EXPORT(plugin_call_raw);
RB_EXPORT(rb_response_free);
RB_EXPORT(plugin_set_log_level);
RB_EXPORT(plugin_get_state);
RB_EXPORT(plugin_get_rejected_count);

#undef RB_EXPORT

#endif /* RUSTBRIDGE_PLUGIN */

#endif /* RUSTBRIDGE_H */
