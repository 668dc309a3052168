/* SPDX-License-Identifier: Apache-2.0 */

/* plugin_create fails; what comes after it must not be called with its NULL. */
#include <stdatomic.h>

#define TINY_OWN_CREATE
#define TINY_OWN_INIT
#include "tiny_plugin.h"

void *plugin_create(void) {
    return NULL;
}

/* Calls of plugin_init: a host must make none. */
EXPORT uint64_t null_create_inits(void);

static atomic_uint_least64_t inits;

uint64_t null_create_inits(void) {
    return atomic_load(&inits);
}

void *plugin_init(void *plugin, const uint8_t *config_json, size_t config_len, rb_log_callback log) {
    (void)config_json;
    (void)config_len;
    (void)log;
    atomic_fetch_add(&inits, 1);
    return plugin;
}
