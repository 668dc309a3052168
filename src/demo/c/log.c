/* SPDX-License-Identifier: Apache-2.0 */

#include "log.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic(rb_log_callback) current_callback;
static atomic_uchar current_level = RB_LOG_INFO;
static atomic_uint_least64_t lines;

void log_set_callback(rb_log_callback callback) {
    atomic_store(&current_callback, callback);
}

rb_log_callback log_callback(void) {
    return atomic_load(&current_callback);
}

void log_set_level(uint8_t level) {
    atomic_store(&current_level, level);
}

void log_line_to(rb_log_callback callback, uint8_t level, const char *target, const uint8_t *message, size_t len) {
    const uint8_t least = atomic_load(&current_level);
    if (callback != NULL && least < RB_LOG_OFF && level >= least) {
        atomic_fetch_add(&lines, 1);
        callback(level, target, message, len);
    }
}

void log_line(uint8_t level, const char *text) {
    log_line_to(log_callback(), level, LOG_TARGET, (const uint8_t *)text, strlen(text));
}

uint64_t log_lines(void) {
    return atomic_load(&lines);
}

void log_forget_lines(void) {
    atomic_store(&lines, 0);
}
