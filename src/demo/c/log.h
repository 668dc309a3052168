/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The log of the loaded file: one callback and one level for all instances, as in rustbridge.
 *
 * The callback is copied out before it is called, so a line may reach it on any thread, also after it was replaced or
 * after the instance that brought it was shut down.
 */
#ifndef TURNSTILE_LOG_H
#define TURNSTILE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "rustbridge.h"

#define LOG_TARGET "turnstile_demo"

/* NULL: no more lines. */
void log_set_callback(rb_log_callback callback);
rb_log_callback log_callback(void);

/* Lines below this level are dropped; RB_LOG_OFF and above drop all. */
void log_set_level(uint8_t level);

/* Passes a line to this callback unless that is NULL or the level says no. `message` is passed on as it is. */
void log_line_to(rb_log_callback callback, uint8_t level, const char *target, const uint8_t *message, size_t len);

/* A line of the plugin's own, to the current callback. */
void log_line(uint8_t level, const char *text);

uint64_t log_lines(void);
void log_forget_lines(void);

#endif
