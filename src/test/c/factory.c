/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A factory plugin: it has plugin_create_with_config, which a host must prefer, besides plugin_create.
 *
 * The tag `config` is answered with {"created_by": the export's name, "create_config": ..., "init_config": ...}: the two
 * configurations exactly as they came, null for one that did not come. Any other tag is answered with the request.
 */
#define TINY_OWN_CREATE
#define TINY_OWN_INIT
#define TINY_OWN_CALL
#include "tiny_plugin.h"

/* A configuration as it came; `json` is NULL when there was none. Of the last plugin created. */
struct text {
    char *json;
    size_t len;
};

static const char *created_by = "";
static struct text create_config;
static struct text init_config;

static bool keep(struct text *text, const uint8_t *json, size_t len) {
    free(text->json);
    *text = (struct text){0};
    if (json == NULL || len == 0) {
        return true;
    }
    text->json = malloc(len);
    if (text->json == NULL) {
        return false;
    }
    memcpy(text->json, json, len);
    text->len = len;
    return true;
}

void *plugin_create(void) {
    created_by = "plugin_create";
    return keep(&create_config, NULL, 0) && keep(&init_config, NULL, 0) ? TINY_HANDLE : NULL;
}

void *plugin_create_with_config(const uint8_t *config_json, size_t config_len) {
    created_by = "plugin_create_with_config";
    return keep(&create_config, config_json, config_len) && keep(&init_config, NULL, 0) ? TINY_HANDLE : NULL;
}

void *plugin_init(void *plugin, const uint8_t *config_json, size_t config_len, rb_log_callback log) {
    (void)log;
    return keep(&init_config, config_json, config_len) ? plugin : NULL;
}

static char *add(char *to, const char *text, size_t len) {
    memcpy(to, text, len);
    return to + len;
}

static char *add_config(char *to, const struct text *config) {
    return config->json == NULL ? add(to, "null", 4) : add(to, config->json, config->len);
}

static struct FfiBuffer answer_config(void) {
    static const char head[] = "{\"created_by\":\"";
    static const char create[] = "\",\"create_config\":";
    static const char init[] = ",\"init_config\":";
    const size_t most = sizeof head + sizeof create + sizeof init + strlen(created_by) + create_config.len +
                        init_config.len + 2 * sizeof "null" + sizeof "}";
    char *payload = malloc(most);
    if (payload == NULL) {
        return (struct FfiBuffer){.error_code = RB_RUNTIME};
    }
    char *at = add(payload, head, sizeof head - 1);
    at = add(at, created_by, strlen(created_by));
    at = add(at, create, sizeof create - 1);
    at = add_config(at, &create_config);
    at = add(at, init, sizeof init - 1);
    at = add_config(at, &init_config);
    at = add(at, "}", 1);
    const struct FfiBuffer buffer = tiny_success(payload, (size_t)(at - payload));
    free(payload);
    return buffer;
}

struct FfiBuffer plugin_call(void *handle, const char *type_tag, const uint8_t *request, size_t request_len) {
    (void)handle;
    return strcmp(type_tag, "config") == 0 ? answer_config() : tiny_success(request, request_len);
}
