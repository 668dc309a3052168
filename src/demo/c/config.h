/* SPDX-License-Identifier: Apache-2.0 */

/* The configuration that plugin_init is given. */
#ifndef TURNSTILE_CONFIG_H
#define TURNSTILE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "instances.h"

/*
 * Of rustbridge's members `log_level` and `max_concurrent_ops` have an effect; `worker_threads` and `shutdown_timeout_ms`
 * must be numbers; the rest is ignored. Of `init_params`, when that is an object: `fail_init` true lets the start fail with
 * a log line, `init_ms` and `shutdown_ms` are how long plugin_init and plugin_shutdown take.
 */
struct config {
    uint8_t log_level;
    bool fail_init;
    uint64_t init_ms;
    struct settings settings;
    const char *error; /* why it could not be read */
};

/* NULL or no bytes: all defaults. False when the text is not JSON or a member has the wrong type. */
bool config_read(const uint8_t *json, size_t len, struct config *config);

#endif
