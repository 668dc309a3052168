/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the plugin answers. The table of tags, with requests and answers, is at the top of handlers.c; that of the
 * binary messages at its end.
 */
#ifndef TURNSTILE_HANDLERS_H
#define TURNSTILE_HANDLERS_H

#include <stddef.h>
#include <stdint.h>

#include "instances.h"
#include "reply.h"

/* Both run the handler on the calling thread, within a visit that was admitted. `tag` is valid UTF-8. */
void handle_json(struct instance *instance, const char *tag, const uint8_t *request, size_t len, struct reply *reply);
void handle_raw(struct instance *instance, uint32_t id, const void *request, size_t len, struct reply *reply);

#endif
