/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The exports of the ABI: who may do what when. The handlers are in handlers.c, the states in instances.c.
 *
 * This is a complete plugin without a runtime: a handler runs on the thread that calls, plugin_shutdown waits for no call,
 * and the log callback is one for the loaded file: the last plugin_init that had one brought it (one without leaves it
 * alone, as in rustbridge), and any plugin_shutdown takes it away.
 */
#define RUSTBRIDGE_PLUGIN

#include <stdio.h>
#include <string.h>

#include "buffers.h"
#include "config.h"
#include "handlers.h"
#include "instances.h"
#include "json.h"
#include "log.h"
#include "reply.h"
#include "rustbridge.h"
#include "timing.h"

void *plugin_create(void) {
    void *plugin;
    visit_end(visit_create(&plugin));
    return plugin;
}

/* Starts an instance that is in state starting; NULL when it failed. */
static void *start(struct instance *instance, const uint8_t *config_json, size_t config_len) {
    struct config config;
    if (!config_read(config_json, config_len, &config)) {
        fprintf(stderr, "turnstile_demo: invalid config: %s\n", config.error);
        return NULL;
    }
    log_set_level(config.log_level);
    if (config.init_ms > 0) {
        sleep_ms(config.init_ms);
    }
    if (config.fail_init) {
        log_line(RB_LOG_ERROR, "init failed: init_params.fail_init is true");
        return NULL;
    }
    log_line(RB_LOG_INFO, "started");
    return instance_started(instance, config.settings);
}

void *plugin_init(void *plugin, const uint8_t *config_json, size_t config_len, rb_log_callback log) {
    void *handle = NULL;
    const struct visit visit = visit_init(plugin);
    if (visit.admission == ADMITTED) {
        if (log != NULL) {
            log_set_callback(log);
        }
        handle = start(visit.instance, config_json, config_len);
        if (handle == NULL) {
            instance_start_failed(visit.instance);
        }
    }
    visit_end(visit);
    return handle;
}

struct FfiBuffer plugin_call(void *handle, const char *type_tag, const uint8_t *request, size_t request_len) {
    struct reply reply = {0};
    const struct visit visit = visit_call(handle, CALL_JSON);
    if (visit.admission == REFUSED_UNKNOWN) {
        reply_text(&reply, RB_INVALID_STATE, "invalid handle");
    } else if (type_tag == NULL || !utf8_is_valid(type_tag, strlen(type_tag))) {
        reply_text(&reply, RB_CONFIG, "the type tag is not UTF-8");
    } else if (visit.admission == REFUSED_NOT_ACTIVE) {
        reply_error(&reply, RB_INVALID_STATE, "the plugin is not active", NULL, 0);
    } else if (visit.admission == REFUSED_LIMIT) {
        reply_error(&reply, RB_TOO_MANY_REQUESTS, "too many concurrent requests", NULL, 0);
    } else {
        handle_json(visit.instance, type_tag, request, request_len, &reply);
    }
    const struct FfiBuffer buffer = lend_buffer(&reply.body, reply.code);
    visit_end(visit);
    return buffer;
}

struct RbResponse plugin_call_raw(void *handle, uint32_t message_id, const void *request, size_t request_size) {
    struct reply reply = {0};
    const struct visit visit = visit_call(handle, CALL_RAW);
    if (visit.admission == REFUSED_UNKNOWN) {
        reply_raw_text(&reply, RB_INVALID_STATE, "invalid handle");
    } else if (visit.admission != ADMITTED) {
        reply_raw_text(&reply, RB_INVALID_STATE, "the plugin is not active");
    } else if (request == NULL && request_size > 0) {
        reply_raw_text(&reply, RB_FFI, "the request is NULL");
    } else {
        handle_raw(visit.instance, message_id, request, request_size, &reply);
    }
    const struct RbResponse response = lend_response(&reply.body, reply.code);
    visit_end(visit);
    return response;
}

void plugin_free_buffer(struct FfiBuffer *buffer) {
    return_buffer(buffer);
}

void rb_response_free(struct RbResponse *response) {
    return_response(response);
}

bool plugin_shutdown(void *handle) {
    const struct visit visit = visit_shutdown(handle);
    const bool admitted = visit.admission == ADMITTED;
    if (admitted) {
        log_line(RB_LOG_INFO, "stopping");
        sleep_ms(instance_shutdown_ms(visit.instance));
        log_set_callback(NULL);
        instance_stopped(visit.instance);
    }
    visit_end(visit);
    return admitted;
}

void plugin_set_log_level(void *handle, uint8_t level) {
    if (state_of_handle(handle) != RB_STATE_UNKNOWN_HANDLE) {
        log_set_level(level);
    }
}

uint8_t plugin_get_state(void *handle) {
    return state_of_handle(handle);
}

uint64_t plugin_get_rejected_count(void *handle) {
    return rejected_of_handle(handle);
}
