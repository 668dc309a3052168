/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Lets a test ask what a plugin exports for tests, as the demo does (turnstile_demo.h), while the plugin runs in a process of its own: it is preloaded there
 * (LD_PRELOAD), and answers at the socket $TURNSTILE_PROBE for the library whose file name is $TURNSTILE_PROBED. A question is a line, the name of a function and its numbers; the answer is the number that it returns. When the process
 * ends, all counts are written to $TURNSTILE_PROBE.end, as "question answer".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* One that takes fewer numbers does not look at the others. */
typedef uint64_t function(uint32_t first, uint32_t second);

static char place[96]; /* of the socket; empty if nobody asks */

static int find_plugin(struct dl_phdr_info *info, size_t size, void *found) {
    (void)size;
    const char *name = getenv("TURNSTILE_PROBED");
    if (name == NULL || strstr(info->dlpi_name, name) == NULL) {
        return 0;
    }
    snprintf(found, 4096, "%s", info->dlpi_name);
    return 1;
}

/* NULL while it is not loaded. It stays: nobody unloads a plugin. */
static void *find_library(void) {
    char file[4096];
    void *plugin = dl_iterate_phdr(find_plugin, file) == 0 ? NULL : dlopen(file, RTLD_NOW | RTLD_NOLOAD);
    if (plugin != NULL) {
        dlclose(plugin);
    }
    return plugin;
}

static function *find(void *plugin, const char *name) {
    void *symbol = dlsym(plugin, name);
    function *result;
    memcpy(&result, &symbol, sizeof result);
    return result;
}

static void answer(int connection) {
    char question[256] = {0};
    char name[200];
    unsigned first = 0;
    unsigned second = 0;
    size_t length = 0;
    while (length < sizeof question - 1 && memchr(question, '\n', length) == NULL) {
        const ssize_t count = read(connection, question + length, sizeof question - 1 - length);
        if (count <= 0) {
            return;
        }
        length += (size_t)count;
    }
    if (sscanf(question, "%199s %u %u", name, &first, &second) < 1) {
        return;
    }
    void *plugin = find_library();
    function *asked = plugin == NULL ? NULL : find(plugin, name);
    char text[64];
    int size;
    if (asked != NULL) {
        size = snprintf(text, sizeof text, "%llu\n", (unsigned long long)asked(first, second));
    } else {
        size = snprintf(text, sizeof text, plugin == NULL ? "0\n" : "there is no such function\n");
    }
    if (write(connection, text, (size_t)size) < 0) {
        perror("The test has not waited for the answer of its probe");
    }
}

static void *serve(void *server) {
    for (;;) {
        const int connection = accept(*(int *)server, NULL, NULL);
        if (connection >= 0) {
            answer(connection);
            close(connection);
        }
    }
    return NULL;
}

static void tell_end(void) {
    static const char *const names[] = {"turnstile_probe_calls", "turnstile_probe_raw_calls", "turnstile_probe_overlaps", "turnstile_probe_max_depth",
        "turnstile_probe_inside", "turnstile_probe_threads", "turnstile_probe_outstanding_buffers", "turnstile_probe_double_frees",
        "turnstile_probe_live_instances", "turnstile_probe_shutdowns", "turnstile_probe_log_lines", "hang_entered", "hang_returned"};
    static atomic_flag told = ATOMIC_FLAG_INIT;
    void *plugin = find_library();
    if (place[0] == 0 || plugin == NULL || atomic_flag_test_and_set(&told)) {
        return;
    }
    char file[128];
    char unfinished[128];
    snprintf(file, sizeof file, "%s.end", place);
    snprintf(unfinished, sizeof unfinished, "%s.unfinished", place);
    FILE *end = fopen(unfinished, "w");
    if (end == NULL) {
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        function *count = find(plugin, names[i]);
        if (count != NULL) {
            fprintf(end, "%s %llu\n", names[i], (unsigned long long)count(0, 0));
        }
    }
    function *entered = find(plugin, "turnstile_gate_entered");
    for (unsigned gate = 0; entered != NULL && gate < 8; gate++) {
        fprintf(end, "turnstile_gate_entered %u %llu\n", gate, (unsigned long long)entered(gate, 0));
    }
    fclose(end);
    rename(unfinished, file);
}

__attribute__((constructor)) static void begin(void) {
    static int server;
    pthread_t thread;
    const char *where = getenv("TURNSTILE_PROBE");
    if (where == NULL || strlen(where) >= sizeof place) {
        return;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", where);
    unlink(where);
    server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server, (struct sockaddr *)&address, sizeof address) == 0 && listen(server, 16) == 0 &&
        pthread_create(&thread, NULL, serve, &server) == 0) {
        snprintf(place, sizeof place, "%s", where);
    }
}

__attribute__((destructor)) static void end(void) {
    tell_end();
}

/* The native host ends by this, without the destructors. */
EXPORT _Noreturn void _exit(int status) {
    void *symbol = dlsym(RTLD_NEXT, "_exit");
    void (*real)(int);
    memcpy(&real, &symbol, sizeof real);
    tell_end();
    real(status);
    abort(); /* it does not return */
}
