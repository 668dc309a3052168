/* SPDX-License-Identifier: Apache-2.0 */

/* The `log` message: lines for the log callback, from the calling thread or from another, now or after the shutdown. */
#ifndef TURNSTILE_LOG_REQUEST_H
#define TURNSTILE_LOG_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "request.h"

/* Emits the lines, or starts the thread that will; false when it replied with an error. */
bool log_request(struct call *call, uint64_t *count);

#endif
