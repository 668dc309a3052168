/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A plugin that ends its process in the way that the type tag names, and echoes for all other tags. Words in its configuration have it do so
 * earlier or later: "init:abort", "shutdown:loop" and so on.
 */
#define TINY_OWN_INIT
#define TINY_OWN_CALL
#define TINY_OWN_SHUTDOWN
#include "tiny_plugin.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static rb_log_callback log_line;
static char configured[4096]; /* what the instance was started with */
static volatile int sink;
static volatile uintptr_t nowhere = 8;

static void segv(void) {
    *(volatile int *)nowhere = 1;
}

static void *segv_thread(void *unused) {
    (void)unused;
    segv();
    return NULL;
}

static void wait_for_ever(void) {
    const struct timespec day = {.tv_sec = 86400};
    for (;;) {
        nanosleep(&day, NULL);
    }
}

/* Each level needs its own memory, and there is no end. */
static int overflow(int depth) {
    volatile char level[4096];
    level[0] = (char)depth;
    return depth < 0 ? level[0] : overflow(depth + 1) + level[0];
}

static void take_all_memory(void) {
    const size_t step = (size_t)16 << 20;
    for (;;) {
        char *block = malloc(step);
        if (block == NULL) {
            abort();
        }
        memset(block, 1, step);
        sink += block[step / 2];
    }
}

/* Takes and frees so many megabytes; says whether there were as many. */
static bool take(long megabytes) {
    const size_t length = (size_t)megabytes << 20;
    char *block = malloc(length);
    if (block == NULL) {
        return false;
    }
    memset(block, 1, length);
    sink += block[length / 2];
    free(block);
    return true;
}

/* A process that lives on, with the standard streams of this one. */
static void leave_child(void) {
    if (fork() == 0) {
        setpgid(0, 0);
        const struct timespec while_ = {.tv_sec = 3};
        nanosleep(&while_, NULL);
        _exit(0);
    }
}

static void say(const char *words) {
    if (log_line != NULL) {
        log_line(RB_LOG_INFO, "crashes", (const uint8_t *)words, strlen(words));
    }
}

/* Returns only if it is none of these ways. */
static void end_by(const char *way) {
    pthread_t thread;
    if (strcmp(way, "segv") == 0) {
        segv();
    } else if (strcmp(way, "segv_in_thread") == 0) {
        if (pthread_create(&thread, NULL, segv_thread, NULL) == 0) {
            wait_for_ever();
        }
    } else if (strcmp(way, "abort") == 0) {
        abort();
    } else if (strcmp(way, "exit") == 0) {
        exit(3);
    } else if (strcmp(way, "_exit") == 0) {
        _exit(4);
    } else if (strcmp(way, "overflow") == 0) {
        sink = overflow(0);
    } else if (strcmp(way, "memory") == 0) {
        take_all_memory();
    } else if (strcmp(way, "loop") == 0) {
        for (;;) {
            sink++;
        }
    } else if (strcmp(way, "hang") == 0) {
        wait_for_ever();
    } else if (strcmp(way, "stop") == 0) {
        kill(getpid(), SIGSTOP);
        wait_for_ever(); /* this thread may be the last one to stop */
    } else if (strcmp(way, "log_and_segv") == 0) {
        say("the last words");
        segv();
    } else if (strcmp(way, "print_and_abort") == 0) {
        printf("to standard output\n");
        fflush(stdout);
        fprintf(stderr, "to standard error\n");
        abort();
    } else if (strcmp(way, "leave_child_and_segv") == 0) {
        leave_child();
        segv();
    } else if (strcmp(way, "leave_child_and_hang") == 0) {
        leave_child();
        wait_for_ever();
    } else if (strcmp(way, "close_all") == 0) {
        for (int descriptor = 0; descriptor < 1024; descriptor++) {
            close(descriptor);
        }
    }
}

static void end_if_configured(const char *when) {
    const char *found = strstr(configured, when);
    if (found != NULL) {
        char way[64] = {0};
        const char *from = found + strlen(when);
        const size_t length = strcspn(from, "\"");
        memcpy(way, from, length < sizeof way ? length : sizeof way - 1);
        end_by(way);
    }
}

static void take_config(const uint8_t *config_json, size_t config_len) {
    const size_t length = config_len < sizeof configured ? config_len : sizeof configured - 1;
    if (config_json != NULL) {
        memcpy(configured, config_json, length);
        configured[length] = 0;
    }
}

void *plugin_init(void *plugin, const uint8_t *config_json, size_t config_len, rb_log_callback log) {
    log_line = log;
    take_config(config_json, config_len);
    end_if_configured("init:");
    return strstr(configured, "init:refuse") == NULL ? plugin : NULL;
}

static struct FfiBuffer number(long value) {
    char text[32];
    const int length = snprintf(text, sizeof text, "%ld", value);
    return tiny_success(text, (size_t)length);
}

/* What the call was given, with the number of the process, and when it was here, on a clock that all processes share. */
static struct FfiBuffer moment(const uint8_t *request, size_t length) {
    struct timespec now;
    char answer[512];
    clock_gettime(CLOCK_MONOTONIC, &now);
    const int written = snprintf(answer, sizeof answer, "{\"pid\":%ld,\"at\":%lld,\"request\":%.*s}", (long)getpid(),
        (long long)now.tv_sec * 1000000000 + now.tv_nsec, (int)length, (const char *)request);
    return tiny_success(answer, (size_t)written);
}

static struct FfiBuffer text(const char *value) {
    char quoted[1024];
    const int length = snprintf(quoted, sizeof quoted, "\"%s\"", value);
    return tiny_success(quoted, (size_t)length);
}

struct FfiBuffer plugin_call(void *handle, const char *type_tag, const uint8_t *request, size_t request_len) {
    (void)handle;
    if (strcmp(type_tag, "pid") == 0) {
        return number(getpid());
    }
    if (strcmp(type_tag, "moment") == 0) {
        return moment(request, request_len);
    }
    if (strcmp(type_tag, "variable") == 0) {
        const char *value = getenv("TURNSTILE_TEST");
        return value == NULL ? tiny_success("null", 4) : text(value);
    }
    if (strcmp(type_tag, "directory") == 0) {
        char directory[512];
        return text(getcwd(directory, sizeof directory) == NULL ? "" : directory);
    }
    if (strcmp(type_tag, "take") == 0) {
        char digits[16] = {0};
        memcpy(digits, request, request_len < sizeof digits ? request_len : sizeof digits - 1);
        return take(strtol(digits, NULL, 10)) ? tiny_success("true", 4) : tiny_success("false", 5);
    }
    if (strcmp(type_tag, "leak") == 0) { /* 16 MB */
        char *block = malloc((size_t)16 << 20);
        if (block != NULL) {
            memset(block, 1, (size_t)16 << 20);
            sink += block[sink & 1];
        }
    }
    if (strcmp(type_tag, "log") == 0) {
        say("a line");
    }
    if (strcmp(type_tag, "print") == 0) {
        printf("to standard output\n");
        fflush(stdout);
    }
    if (strcmp(type_tag, "leave_child") == 0) {
        leave_child();
    }
    end_by(type_tag);
    return tiny_success(request, request_len);
}

bool plugin_shutdown(void *handle) {
    end_if_configured("shutdown:");
    return handle == TINY_HANDLE && strstr(configured, "shutdown:refuse") == NULL;
}
