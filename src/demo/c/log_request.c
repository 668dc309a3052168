/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The request of `log`; all members but `message` have a default:
 *
 *   message    the text, or null for a NULL pointer with length 0
 *   latin1     true: the message's characters are bytes, which need not be UTF-8 (see request.h)
 *   target     "turnstile_demo" if absent; null for a NULL pointer
 *   level      2 (info); up to 255
 *   count      1 line
 *   delay_ms   0; slept before each line
 *   from       "caller" (the default): the lines come before the answer, from the thread of the call;
 *              "thread": from a thread of their own, at any time;
 *              "after_shutdown": from a thread of their own, once this instance was shut down.
 *
 * Each line is subject to the log level when its time comes. The callback is the one of the time of the request, as with a
 * plugin that copied the pointer just before the shutdown took it away.
 */
#include "log_request.h"

#include <pthread.h>
#include <stdlib.h>

#include "log.h"
#include "rustbridge.h"
#include "timing.h"

struct job {
    rb_log_callback callback;
    uintptr_t await_stopped; /* the id of an instance; 0: do not wait */
    uint64_t level;
    uint64_t count;
    uint64_t delay_ms;
    size_t message_len;
    struct bytes message; /* longer than message_len; no memory: NULL */
    struct bytes target;  /* with its NUL; no memory: NULL */
};

static void drop_job(struct job *job) {
    bytes_drop(&job->message);
    bytes_drop(&job->target);
    free(job);
}

static void run_job(const struct job *job) {
    if (job->await_stopped != 0) {
        instance_await_stopped(job->await_stopped);
    }
    for (uint64_t i = 0; i < job->count; i++) {
        if (job->delay_ms > 0) {
            sleep_ms(job->delay_ms);
        }
        log_line_to(job->callback, (uint8_t)job->level, (const char *)job->target.data, job->message.data,
                    job->message_len);
    }
}

static void *run_thread(void *job) {
    run_job(job);
    drop_job(job);
    return NULL;
}

/* The thread owns the job. It is detached: nobody waits for its lines. */
static bool start_thread(struct job *job) {
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    const bool started = pthread_create(&thread, &attributes, run_thread, job) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

static bool is_null(const struct call *call, const char *name) {
    struct json_value member;
    return json_member(call->request, name, &member) && member.kind == JSON_NULL;
}

static bool read_job(struct call *call, struct job *job) {
    const uint64_t day_ms = 86400000;
    job->callback = log_callback();
    if (!take_uint(call, "level", RB_LOG_INFO, UINT8_MAX, &job->level) ||
        !take_uint(call, "count", 1, UINT32_MAX, &job->count) ||
        !take_uint(call, "delay_ms", 0, day_ms, &job->delay_ms)) {
        return false;
    }
    if (!is_null(call, "target")) {
        if (!take_text(call, "target", LOG_TARGET, &job->target)) {
            return false;
        }
        bytes_add(&job->target, "", 1);
    }
    if (!is_null(call, "message")) {
        if (!want_bytes(call, "message", &job->message)) {
            return false;
        }
        /* A message ends where its length says: a host that reads on finds this. */
        job->message_len = job->message.len;
        bytes_add_text(&job->message, "<behind the end>");
    }
    if (job->target.failed || job->message.failed) {
        reply_error(call->reply, RB_RUNTIME, "out of memory", NULL, 0);
        return false;
    }
    return true;
}

bool log_request(struct call *call, uint64_t *count) {
    struct json_value from;
    const bool given = json_member(call->request, "from", &from);
    const bool caller = !given || json_is_text(from, "caller");
    const bool after_shutdown = given && json_is_text(from, "after_shutdown");
    if (!caller && !after_shutdown && !json_is_text(from, "thread")) {
        refuse_member(call, "from");
        return false;
    }
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        reply_error(call->reply, RB_RUNTIME, "out of memory", NULL, 0);
        return false;
    }
    if (!read_job(call, job)) {
        drop_job(job);
        return false;
    }
    *count = job->count;
    if (caller) {
        run_job(job);
        drop_job(job);
        return true;
    }
    job->await_stopped = after_shutdown ? instance_id(call->instance) : 0;
    if (!start_thread(job)) {
        reply_error(call->reply, RB_RUNTIME, "no thread for the log lines", NULL, 0);
        drop_job(job);
        return false;
    }
    return true;
}
