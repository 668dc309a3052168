/* SPDX-License-Identifier: Apache-2.0 */

/* Time as the handlers need it, with nothing that only one of Linux and macOS has. */
#ifndef TURNSTILE_TIMING_H
#define TURNSTILE_TIMING_H

#include <errno.h>
#include <stdint.h>
#include <time.h>

/* Sleeps for the whole time, whatever signals arrive (a JVM sends its threads many). */
static inline void sleep_ms(uint64_t ms) {
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000L};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

static inline uint64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

#endif
