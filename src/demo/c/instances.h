/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The instances of the loaded file, what each may do now, and what the probe saw of them.
 *
 * One lock guards the table, the states and the counters, so that they always agree; it is never held while a handler, a
 * sleep or the log callback runs. An instance lives in a table slot, never on the heap, and the host knows it by numbers:
 * first as a plugin (from plugin_create), then as a handle (from plugin_init). A number that is not in the table is
 * refused, not dereferenced. A stopped instance stays known until its slot is needed, 256 instances later.
 */
#ifndef TURNSTILE_INSTANCES_H
#define TURNSTILE_INSTANCES_H

#include <stdbool.h>
#include <stdint.h>

/* What was seen at the exports: of one instance, or of the whole file. */
struct probe {
    uint64_t calls;
    uint64_t raw_calls;
    uint64_t overlaps;
    uint64_t inside;
    uint64_t max_depth;
    uint64_t last_thread;
    uint64_t thread_count;
    uint64_t threads[128];
};

struct settings {
    uint64_t max_concurrent_ops; /* 0: no limit */
    uint64_t shutdown_ms;
};

struct instance;

enum admission {
    ADMITTED,
    REFUSED_UNKNOWN,    /* no such handle */
    REFUSED_NOT_ACTIVE, /* not started, stopping, stopped or failed */
    REFUSED_LIMIT       /* max_concurrent_ops calls are running */
};

enum call_kind { CALL_JSON, CALL_RAW };

/* One stay in an export. Whatever the admission, each enter needs its visit_end, on the same thread. */
struct visit {
    struct instance *instance; /* NULL: unknown */
    enum admission admission;
    bool counts; /* takes one of the max_concurrent_ops */
};

/* plugin_create: a new instance; `*plugin` is NULL when the table is full. */
struct visit visit_create(void **plugin);

/* plugin_init: takes the instance from installed to starting; refused when it is no plugin or was started before. */
struct visit visit_init(void *plugin);

/* Ends the starting with success and gives the handle, or without: the instance is gone. Within the visit. */
void *instance_started(struct instance *instance, struct settings settings);
void instance_start_failed(struct instance *instance);

struct visit visit_call(void *handle, enum call_kind kind);

/* plugin_shutdown: takes the instance from active or failed to stopping; refused otherwise. */
struct visit visit_shutdown(void *handle);
uint64_t instance_shutdown_ms(const struct instance *instance);
void instance_stopped(struct instance *instance);

void visit_end(struct visit visit);

/* After a panic: no call is admitted any more. */
void instance_fail(struct instance *instance);

/* A number that stays the instance's own, and a wait for its end. */
uintptr_t instance_id(const struct instance *instance);
void instance_await_stopped(uintptr_t id);

struct probe instance_probe(struct instance *instance);
uint64_t instance_rejected(struct instance *instance);

/* As the ABI has them: 255 and 0 for an unknown handle. */
uint8_t state_of_handle(void *handle);
uint64_t rejected_of_handle(void *handle);

#endif
