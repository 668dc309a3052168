/* SPDX-License-Identifier: Apache-2.0 */

#include "instances.h"

#include <pthread.h>
#include <stddef.h>

#include "buffers.h"
#include "log.h"
#include "rustbridge.h"
#include "turnstile_demo.h"

enum { SLOTS = 256, MAX_THREADS = sizeof((struct probe *)0)->threads / sizeof(uint64_t) };

/* Added to an instance's id for the number that plugin_create returns: a plugin is not a handle, nor the reverse. */
static const uintptr_t PLUGIN_BASE = 0x10000000;

/* The id says the slot: id % SLOTS. An id is never used twice, and 0 never. */
struct instance {
    uintptr_t id; /* 0: never used, or gone */
    enum rb_state state;
    uint64_t visits;  /* entries inside: the slot is not for others */
    uint64_t running; /* those that count for the limit */
    uint64_t rejected;
    struct settings settings;
    struct probe probe;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all that follows */
static pthread_cond_t stopped = PTHREAD_COND_INITIALIZER;
static struct instance slots[SLOTS];
static uintptr_t last_id;
static struct probe file_probe;
static uint64_t shutdowns;
static uint64_t last_thread;

/* A number for each thread that ever entered: unlike a pthread_t or a thread id, it is not used again when one ends. */
static _Thread_local uint64_t this_thread;

/* ---- The probe, under the lock. ---- */

static void probe_thread(struct probe *probe) {
    if (probe->last_thread == this_thread) {
        return;
    }
    probe->last_thread = this_thread;
    for (uint64_t i = 0; i < probe->thread_count; i++) {
        if (probe->threads[i] == this_thread) {
            return;
        }
    }
    if (probe->thread_count < MAX_THREADS) {
        probe->threads[probe->thread_count++] = this_thread;
    }
}

static void probe_enter(struct probe *probe) {
    probe_thread(probe);
    if (probe->inside > 0) {
        probe->overlaps++;
    }
    probe->inside++;
    if (probe->inside > probe->max_depth) {
        probe->max_depth = probe->inside;
    }
}

static void probe_call(struct probe *probe, enum call_kind kind) {
    probe->calls++;
    if (kind == CALL_RAW) {
        probe->raw_calls++;
    }
}

/* ---- Instances, under the lock. ---- */

static struct instance *find(uintptr_t id) {
    struct instance *slot = &slots[id % SLOTS];
    return id != 0 && slot->id == id ? slot : NULL;
}

/* A handle is known from the end of plugin_init on. */
static struct instance *find_handle(void *handle) {
    struct instance *instance = find((uintptr_t)handle);
    return instance != NULL && instance->state != RB_STATE_INSTALLED && instance->state != RB_STATE_STARTING ? instance
                                                                                                            : NULL;
}

static bool is_vacant(const struct instance *slot) {
    return slot->visits == 0 && (slot->id == 0 || slot->state == RB_STATE_STOPPED);
}

/* Begins a visit: counts it for the file and, when the instance is known, for the instance. */
static void enter(struct instance *instance) {
    if (this_thread == 0) {
        this_thread = ++last_thread;
    }
    probe_enter(&file_probe);
    if (instance != NULL) {
        probe_enter(&instance->probe);
        instance->visits++;
    }
}

/* ---- Visits. ---- */

struct visit visit_create(void **plugin) {
    struct instance *instance = NULL;
    pthread_mutex_lock(&lock);
    for (int tries = 0; tries < SLOTS && instance == NULL; tries++) {
        struct instance *slot = &slots[++last_id % SLOTS];
        if (is_vacant(slot)) {
            instance = slot;
            *instance = (struct instance){.id = last_id, .state = RB_STATE_INSTALLED};
        }
    }
    enter(instance);
    pthread_mutex_unlock(&lock);
    *plugin = instance == NULL ? NULL : (void *)(PLUGIN_BASE + instance->id);
    return (struct visit){.instance = instance, .admission = instance == NULL ? REFUSED_LIMIT : ADMITTED};
}

struct visit visit_init(void *plugin) {
    pthread_mutex_lock(&lock);
    struct instance *instance = find((uintptr_t)plugin - PLUGIN_BASE);
    enum admission admission = instance == NULL ? REFUSED_UNKNOWN : REFUSED_NOT_ACTIVE;
    enter(instance);
    if (instance != NULL && instance->state == RB_STATE_INSTALLED) {
        instance->state = RB_STATE_STARTING;
        admission = ADMITTED;
    }
    pthread_mutex_unlock(&lock);
    return (struct visit){.instance = instance, .admission = admission};
}

void *instance_started(struct instance *instance, struct settings settings) {
    pthread_mutex_lock(&lock);
    instance->settings = settings;
    instance->state = RB_STATE_ACTIVE;
    void *handle = (void *)instance->id;
    pthread_mutex_unlock(&lock);
    return handle;
}

void instance_start_failed(struct instance *instance) {
    pthread_mutex_lock(&lock);
    instance->id = 0;
    pthread_mutex_unlock(&lock);
}

struct visit visit_call(void *handle, enum call_kind kind) {
    struct visit visit = {.admission = REFUSED_UNKNOWN};
    pthread_mutex_lock(&lock);
    struct instance *instance = find_handle(handle);
    visit.instance = instance;
    enter(instance);
    probe_call(&file_probe, kind);
    if (instance != NULL) {
        probe_call(&instance->probe, kind);
        const uint64_t limit = instance->settings.max_concurrent_ops;
        if (instance->state != RB_STATE_ACTIVE) {
            visit.admission = REFUSED_NOT_ACTIVE;
        } else if (kind == CALL_JSON && limit > 0 && instance->running >= limit) {
            visit.admission = REFUSED_LIMIT;
            instance->rejected++;
        } else {
            visit.admission = ADMITTED;
            visit.counts = kind == CALL_JSON;
            instance->running += visit.counts ? 1 : 0;
        }
    }
    pthread_mutex_unlock(&lock);
    return visit;
}

struct visit visit_shutdown(void *handle) {
    pthread_mutex_lock(&lock);
    struct instance *instance = find_handle(handle);
    enum admission admission = instance == NULL ? REFUSED_UNKNOWN : REFUSED_NOT_ACTIVE;
    enter(instance);
    if (instance != NULL && (instance->state == RB_STATE_ACTIVE || instance->state == RB_STATE_FAILED)) {
        instance->state = RB_STATE_STOPPING;
        admission = ADMITTED;
    }
    pthread_mutex_unlock(&lock);
    return (struct visit){.instance = instance, .admission = admission};
}

uint64_t instance_shutdown_ms(const struct instance *instance) {
    return instance->settings.shutdown_ms; /* does not change any more */
}

void instance_stopped(struct instance *instance) {
    pthread_mutex_lock(&lock);
    instance->state = RB_STATE_STOPPED;
    shutdowns++;
    pthread_cond_broadcast(&stopped);
    pthread_mutex_unlock(&lock);
}

void visit_end(struct visit visit) {
    pthread_mutex_lock(&lock);
    file_probe.inside--;
    if (visit.instance != NULL) {
        visit.instance->probe.inside--;
        visit.instance->visits--;
        visit.instance->running -= visit.counts ? 1 : 0;
    }
    pthread_mutex_unlock(&lock);
}

/* ---- Questions. ---- */

void instance_fail(struct instance *instance) {
    pthread_mutex_lock(&lock);
    if (instance->state == RB_STATE_ACTIVE) {
        instance->state = RB_STATE_FAILED;
    }
    pthread_mutex_unlock(&lock);
}

uintptr_t instance_id(const struct instance *instance) {
    return instance->id; /* does not change while a visit lasts */
}

void instance_await_stopped(uintptr_t id) {
    pthread_mutex_lock(&lock);
    for (const struct instance *i = find(id); i != NULL && i->state != RB_STATE_STOPPED; i = find(id)) {
        pthread_cond_wait(&stopped, &lock);
    }
    pthread_mutex_unlock(&lock);
}

struct probe instance_probe(struct instance *instance) {
    pthread_mutex_lock(&lock);
    const struct probe probe = instance->probe;
    pthread_mutex_unlock(&lock);
    return probe;
}

uint64_t instance_rejected(struct instance *instance) {
    pthread_mutex_lock(&lock);
    const uint64_t rejected = instance->rejected;
    pthread_mutex_unlock(&lock);
    return rejected;
}

uint8_t state_of_handle(void *handle) {
    pthread_mutex_lock(&lock);
    const struct instance *instance = find_handle(handle);
    const uint8_t state = instance == NULL ? RB_STATE_UNKNOWN_HANDLE : (uint8_t)instance->state;
    pthread_mutex_unlock(&lock);
    return state;
}

uint64_t rejected_of_handle(void *handle) {
    pthread_mutex_lock(&lock);
    const struct instance *instance = find_handle(handle);
    const uint64_t rejected = instance == NULL ? 0 : instance->rejected;
    pthread_mutex_unlock(&lock);
    return rejected;
}

/* ---- What tests may ask of the file; see turnstile_demo.h. ---- */

static uint64_t read_counter(const uint64_t *counter) {
    pthread_mutex_lock(&lock);
    const uint64_t value = *counter;
    pthread_mutex_unlock(&lock);
    return value;
}

uint64_t turnstile_probe_calls(void) {
    return read_counter(&file_probe.calls);
}

uint64_t turnstile_probe_raw_calls(void) {
    return read_counter(&file_probe.raw_calls);
}

uint64_t turnstile_probe_overlaps(void) {
    return read_counter(&file_probe.overlaps);
}

uint64_t turnstile_probe_max_depth(void) {
    return read_counter(&file_probe.max_depth);
}

uint64_t turnstile_probe_inside(void) {
    return read_counter(&file_probe.inside);
}

uint64_t turnstile_probe_threads(void) {
    return read_counter(&file_probe.thread_count);
}

uint64_t turnstile_probe_shutdowns(void) {
    return read_counter(&shutdowns);
}

uint64_t turnstile_probe_outstanding_buffers(void) {
    return loans_outstanding();
}

uint64_t turnstile_probe_double_frees(void) {
    return loans_double_frees();
}

uint64_t turnstile_probe_log_lines(void) {
    return log_lines();
}

uint64_t turnstile_probe_live_instances(void) {
    uint64_t live = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < SLOTS; i++) {
        live += slots[i].id != 0 && slots[i].state != RB_STATE_STOPPED ? 1 : 0;
    }
    pthread_mutex_unlock(&lock);
    return live;
}

void turnstile_probe_reset(void) {
    pthread_mutex_lock(&lock);
    file_probe = (struct probe){.inside = file_probe.inside, .max_depth = file_probe.inside};
    shutdowns = 0;
    pthread_mutex_unlock(&lock);
    loans_forget_double_frees();
    log_forget_lines();
}
