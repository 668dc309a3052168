/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The application as the process of a plugin sees it: one request at a time, through memory that both share. The other side, and what the protocol is,
 * are in the Java package dev.turnstile.process; numbers and places here are those of ControlBlock.java.
 *
 * All functions but channel_log are for the thread that connected. What cannot be goes to the standard error stream and ends the process.
 */
#ifndef TURNSTILE_CHANNEL_H
#define TURNSTILE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Connects with the application that has made this directory; `how` is "futex" or "bytes". From here on this process ends when that one has. */
void channel_connect(const char *directory, const char *how);

struct request {
    uint32_t operation;
    uint32_t id;
    const uint8_t *head;
    size_t head_length;
    const uint8_t *body; /* shared with the application, which does not change it before it has the response */
    size_t body_length;
};

/* Waits for the next request, and says that it is begun. Ends the process if there will be none. */
struct request channel_await(void);

/* The answer to it may tell that the plugin is of no use any more: no other request begins before the application has seen it. */
void channel_be_cautious(void);

/* Answers it. False if there is no room for so many bytes: something shorter may still be answered. */
bool channel_reply(uint32_t kind, uint32_t code, const void *bytes, size_t length);

/* Sends a log line; `tag` may be NULL. Any thread may call this, at any time. */
void channel_log(uint8_t level, const char *target, const uint8_t *message, size_t message_length, const char *tag);

#endif
