/* SPDX-License-Identifier: Apache-2.0 */

/*
 * turnstile-hostile-host DIRECTORY futex|bytes: a host that keeps to the protocol now and then. What it does at each request follows from the environment variable SEED and its own
 * number. The application must survive all of it. The numbers of the protocol are those of ControlBlock.java and CallRing.java.
 */

#define _GNU_SOURCE

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONTROL_SIZE = 4096, AREA_SIZE = 64 << 10, REQUEST = 64, RESPONSE = 128, PARENT_WOKEN = 256, KIND = 576, CODE = 580, LENGTH = 584, AREA = 588, LINES = 592 };

enum { PLACES = 32, PLACE_SIZE = 2048, READY = 1, RUNNING = 2, DONE = 3, TAKEN_BACK = 4, EXPIRED = 5, CONFIRMED = 6 };
enum { PLACE_KIND = 32, PLACE_LENGTH = 40, PLACE_AREA = 44, PLACE_LINES = 48, RESPONSE_AT = 1024 };

static uint64_t state;
static uint8_t *control;
static uint8_t *ring;
static size_t next_place;

static uint32_t next_number(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

/* Small, large, negative, or just a little off. */
static uint32_t odd_number(uint32_t right) {
    switch (next_number() % 8) {
        case 0:
            return 0;
        case 1:
            return right + 1;
        case 2:
            return right - 1;
        case 3:
            return INT32_MAX;
        case 4:
            return (uint32_t)INT32_MIN;
        case 5:
            return UINT32_MAX;
        case 6:
            return next_number();
        default:
            return right;
    }
}

static _Atomic uint32_t *word(size_t at) {
    return (_Atomic uint32_t *)(void *)(control + at);
}

static int open_file(const char *directory, const char *name) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return open(path, O_RDWR);
}

static int connect_socket(const char *directory) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/s", directory);
    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        _exit(9);
    }
    return descriptor;
}

static void write_noise(int descriptor) {
    uint8_t noise[256];
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (uint8_t)(next_number() % 4 == 0 ? next_number() : 0);
    }
    if (write(descriptor, noise, next_number() % sizeof noise) < 0) {
        _exit(8);
    }
}

static void wake(const char *how, int wake_socket) {
    atomic_fetch_add(word(PARENT_WOKEN), 1);
    if (strcmp(how, "futex") == 0) {
        syscall(SYS_futex, word(PARENT_WOKEN), FUTEX_WAKE, 1, NULL, NULL, 0);
    } else if (write(wake_socket, "x", 1) < 0) {
        _exit(7);
    }
}

static _Atomic uint32_t *in_place(size_t at) {
    return (_Atomic uint32_t *)(void *)(ring + next_place * PLACE_SIZE + at);
}

/* Answers what was handed over before its turn, mostly; says whether there was something. */
static int serve_ring(void) {
    uint32_t found = atomic_load(in_place(0));
    if (found == TAKEN_BACK) {
        atomic_store(in_place(0), 0);
    } else if ((found != READY && found != CONFIRMED) || !atomic_compare_exchange_strong(in_place(0), &found, RUNNING)) {
        return 0;
    } else {
        memset(ring + next_place * PLACE_SIZE + RESPONSE_AT, '1', 8);
        atomic_store(in_place(PLACE_KIND), next_number() % 8 == 0 ? odd_number(0) : 0);
        atomic_store(in_place(PLACE_LENGTH), next_number() % 8 == 0 ? odd_number(8) : 8);
        atomic_store(in_place(PLACE_AREA), next_number() % 8 == 0 ? odd_number(AREA_SIZE) : 0);
        atomic_store(in_place(PLACE_LINES), next_number() % 16 == 0 ? odd_number(0) : 0);
        if (next_number() % 16 == 0) {
            _exit((int)(next_number() % 256));
        }
        atomic_store(in_place(0), next_number() % 16 == 0 ? next_number() % 8 : DONE);
        if (next_number() % 16 == 0) {
            for (size_t place = 0; place < PLACES; place++) {
                atomic_store((_Atomic uint32_t *)(void *)(ring + place * PLACE_SIZE), next_number() % 8);
            }
        }
    }
    next_place = (next_place + 1) % PLACES;
    return 1;
}

int main(int count, char **arguments) {
    const char *seed = getenv("SEED");
    if (count != 3 || seed == NULL) {
        return 2;
    }
    state = (uint64_t)strtoull(seed, NULL, 10) * 2654435761u + (uint64_t)(unsigned)getpid();
    const char *directory = arguments[1];
    const char *how = arguments[2];
    signal(SIGPIPE, SIG_IGN);
    if (next_number() % 20 == 0) {
        _exit((int)(next_number() % 256)); /* before it has connected */
    }
    control = mmap(NULL, CONTROL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, open_file(directory, "control"), 0);
    const int responses = open_file(directory, "responses");
    uint8_t *area = mmap(NULL, AREA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, responses, 0);
    const int ring_file = open_file(directory, "ring");
    ring = mmap(NULL, (size_t)PLACES * PLACE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, ring_file, 0);
    const int log_socket = connect_socket(directory);
    if (next_number() % 20 == 0) {
        _exit(1); /* with one socket of two */
    }
    const int wake_socket = connect_socket(directory);
    uint32_t taken = 0;
    for (;;) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        while (atomic_load(word(REQUEST)) == taken) {
            if (serve_ring()) {
                wake(how, wake_socket);
            } else if (poll(&input, 1, 1) > 0) {
                return 0; /* the application is gone */
            }
        }
        taken = atomic_load(word(REQUEST));
        uint32_t kind = 0;
        uint32_t code = 1; /* no capability that a start is tried with */
        uint32_t length = 8;
        uint32_t size = AREA_SIZE;
        uint32_t lines = 0;
        uint32_t response = taken;
        if (taken > 1) { /* the start goes well */
            memset(area, '1', AREA_SIZE);
            switch (next_number() % 13) {
                case 0:
                    length = odd_number(length);
                    break;
                case 1:
                    size = odd_number(size);
                    break;
                case 2:
                    kind = odd_number(kind);
                    code = odd_number(code);
                    break;
                case 3:
                    response = odd_number(response);
                    break;
                case 4:
                    write_noise(log_socket);
                    break;
                case 5:
                    if (ftruncate(responses, next_number() % AREA_SIZE) != 0) {
                        return 3;
                    }
                    length = AREA_SIZE;
                    break;
                case 6:
                    if (ftruncate(responses, (off_t)1 << 20) != 0) {
                        return 3;
                    }
                    size = 1 << 20;
                    length = odd_number(size);
                    break;
                case 7:
                    close(wake_socket);
                    close(log_socket);
                    break;
                case 8:
                    _exit((int)(next_number() % 256));
                case 9:
                    for (size_t at = 0; at < CONTROL_SIZE; at += 4) {
                        if (next_number() % 8 == 0) {
                            atomic_store(word(at), next_number());
                        }
                    }
                    break;
                case 10:
                    write_noise(wake_socket);
                    break;
                case 11:
                    if (ftruncate(ring_file, next_number() % (PLACES * PLACE_SIZE)) != 0) {
                        return 3;
                    }
                    break;
                default:
                    lines = odd_number(lines);
                    break;
            }
        }
        atomic_store(word(KIND), kind);
        atomic_store(word(CODE), code);
        atomic_store(word(LENGTH), length);
        atomic_store(word(AREA), size);
        atomic_store(word(LINES), lines);
        atomic_store(word(RESPONSE), response);
        wake(how, wake_socket);
    }
}
