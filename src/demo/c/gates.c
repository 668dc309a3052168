/* SPDX-License-Identifier: Apache-2.0 */

#include "gates.h"

#include <pthread.h>
#include <time.h>

#include "turnstile_demo.h"

/* `openings` lets a call that waited go even when the gate was closed again before the call woke. */
struct gate {
    bool open;
    uint64_t openings;
    uint64_t entered;
    uint64_t waiting;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the gates */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct gate gates[TURNSTILE_GATES];

bool gate_pass(uint32_t gate) {
    if (gate >= TURNSTILE_GATES) {
        return false;
    }
    struct gate *g = &gates[gate];
    pthread_mutex_lock(&lock);
    g->entered++;
    g->waiting++;
    pthread_cond_broadcast(&changed);
    const uint64_t openings = g->openings;
    while (!g->open && g->openings == openings) {
        pthread_cond_wait(&changed, &lock);
    }
    g->waiting--;
    pthread_mutex_unlock(&lock);
    return true;
}

void turnstile_gate_open(uint32_t gate) {
    if (gate < TURNSTILE_GATES) {
        pthread_mutex_lock(&lock);
        gates[gate].open = true;
        gates[gate].openings++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
}

void turnstile_gate_close(uint32_t gate) {
    if (gate < TURNSTILE_GATES) {
        pthread_mutex_lock(&lock);
        gates[gate].open = false;
        gates[gate].entered = gates[gate].waiting;
        pthread_mutex_unlock(&lock);
    }
}

uint64_t turnstile_gate_entered(uint32_t gate) {
    uint64_t entered = 0;
    if (gate < TURNSTILE_GATES) {
        pthread_mutex_lock(&lock);
        entered = gates[gate].entered;
        pthread_mutex_unlock(&lock);
    }
    return entered;
}

uint64_t turnstile_gate_waiting(uint32_t gate) {
    uint64_t waiting = 0;
    if (gate < TURNSTILE_GATES) {
        pthread_mutex_lock(&lock);
        waiting = gates[gate].waiting;
        pthread_mutex_unlock(&lock);
    }
    return waiting;
}

bool turnstile_gate_await_entered(uint32_t gate, uint64_t calls, uint32_t timeout_ms) {
    if (gate >= TURNSTILE_GATES) {
        return false;
    }
    struct timespec deadline; /* of the real-time clock: macOS waits on no other */
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += (time_t)(timeout_ms / 1000);
    deadline.tv_nsec += (long)(timeout_ms % 1000) * 1000000L;
    if (deadline.tv_nsec >= 1000000000L) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&lock);
    int waited = 0;
    while (gates[gate].entered < calls && waited == 0) {
        waited = pthread_cond_timedwait(&changed, &lock, &deadline);
    }
    const bool reached = gates[gate].entered >= calls;
    pthread_mutex_unlock(&lock);
    return reached;
}
