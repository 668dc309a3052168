/* SPDX-License-Identifier: Apache-2.0 */

#include "config.h"

#include "json.h"
#include "rustbridge.h"

static uint8_t level_of(struct json_value text) {
    static const char *const names[] = {"trace", "debug", "info", "warn", "error", "off"};
    for (uint8_t level = RB_LOG_TRACE; level <= RB_LOG_OFF; level++) {
        if (json_is_text(text, names[level])) {
            return level;
        }
    }
    return RB_LOG_INFO; /* rustbridge reads any other text so */
}

static bool has_member(struct json_value object, const char *name, struct json_value *member) {
    return json_member(object, name, member) && member->kind != JSON_NULL;
}

/* Leaves `*number` alone when there is no such member; false when it is not a number up to `max`. */
static bool read_uint(struct json_value object, const char *name, uint64_t max, uint64_t *number) {
    struct json_value member;
    return !has_member(object, name, &member) || json_uint(member, max, number);
}

bool config_read(const uint8_t *json, size_t len, struct config *config) {
    const uint64_t day_ms = 86400000;
    struct json_value root;
    struct json_value member;
    uint64_t ignored;
    *config = (struct config){.log_level = RB_LOG_INFO, .settings = {.max_concurrent_ops = 1000}};
    if (json == NULL || len == 0) {
        return true;
    }
    if (!json_parse(json, len, &root) || root.kind != JSON_OBJECT) {
        config->error = "not a JSON object";
        return false;
    }
    if (has_member(root, "log_level", &member)) {
        if (member.kind != JSON_STRING) {
            config->error = "log_level is not a text";
            return false;
        }
        config->log_level = level_of(member);
    }
    if (!read_uint(root, "max_concurrent_ops", UINT64_MAX, &config->settings.max_concurrent_ops) ||
        !read_uint(root, "worker_threads", UINT64_MAX, &ignored) ||
        !read_uint(root, "shutdown_timeout_ms", UINT64_MAX, &ignored)) {
        config->error = "max_concurrent_ops, worker_threads or shutdown_timeout_ms is not a number";
        return false;
    }
    if (has_member(root, "init_params", &member)) {
        struct json_value fail_init;
        config->fail_init = json_member(member, "fail_init", &fail_init) && fail_init.kind == JSON_TRUE;
        if (!read_uint(member, "init_ms", day_ms, &config->init_ms) ||
            !read_uint(member, "shutdown_ms", day_ms, &config->settings.shutdown_ms)) {
            config->error = "init_params.init_ms or init_params.shutdown_ms is not a number";
            return false;
        }
    }
    return true;
}
