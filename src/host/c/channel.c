/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE

#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* ---- ControlBlock.java ---- */

enum {
    CONTROL_SIZE = 4096,
    MAGIC = 0x54524E53,
    VERSION = 2,
    MAGIC_AT = 0,
    VERSION_AT = 4,
    REQUEST = 64,
    RESPONSE = 128,
    CHILD_WOKEN = 192,
    PARENT_WOKEN = 256,
    CHILD_SLEEPS = 320,
    PARENT_SLEEPS = 384,
    BEGUN = 448,
    OPERATION = 512,
    ID = 516,
    HEAD_LENGTH = 520,
    BODY_LENGTH = 524,
    REQUEST_AREA = 528,
    NUMBER = 532,
    KIND = 576,
    CODE = 580,
    LENGTH = 584,
    RESPONSE_AREA = 588,
    LINES = 592
};

/* ---- CallRing.java ---- */

enum { PLACES = 32, PLACE_SIZE = 2048 };
enum { EMPTY, READY, RUNNING, DONE, TAKEN_BACK, EXPIRED, CONFIRMED };
enum {
    PLACE_OPERATION = 4,
    PLACE_ID = 8,
    PLACE_NUMBER = 12,
    PLACE_HEAD_LENGTH = 16,
    PLACE_BODY_LENGTH = 20,
    PLACE_NOT_AFTER = 24,
    PLACE_KIND = 32,
    PLACE_CODE = 36,
    PLACE_LENGTH = 40,
    PLACE_AREA = 44,
    PLACE_LINES = 48,
    REQUEST_AT = 64,
    RESPONSE_AT = 1024,
    LONGEST_REQUEST = RESPONSE_AT - REQUEST_AT,
    LONGEST_RESPONSE = PLACE_SIZE - RESPONSE_AT
};

/* ---- SharedArea.java ---- */

enum { SMALLEST = 64 << 10, LARGEST_KEPT = 1 << 20, WHILE = 64 };

struct area {
    int descriptor;
    uint8_t *bytes;
    size_t size;
    unsigned small; /* messages in a row that would have fitted into the smallest area */
};

static uint8_t *control;
static struct area requests;
static struct area responses;
static struct area ring;
static uint8_t *next_place;    /* where the next request comes in the ring */
static uint8_t *current_place; /* that of the request that is carried out; NULL if it did not come through the ring */
static uint8_t *large_place;   /* that of the last one whose response is in the area for responses, or NULL */
static bool is_cautious;       /* the next request in the ring begins only when its turn has come at the application */
static _Thread_local uint32_t current_number; /* tells the log lines of the request from others */
static int wake_socket;
static int log_socket;
static bool by_futex;
static uint32_t taken;
static int unannounced; /* responses that the application was not woken for, and since when */
static int64_t unannounced_since;

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the next two */
static uint32_t lines;
static bool log_is_broken;

static void remove_directory(void);

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "turnstile-host: %s: %s\n", what, errno == 0 ? "not as expected" : strerror(errno));
    remove_directory(); /* perhaps the application was killed while this process started */
    _exit(2);
}

static _Atomic uint32_t *word_at(uint8_t *place) {
    return (_Atomic uint32_t *)(void *)place;
}

static _Atomic uint32_t *word(size_t at) {
    return word_at(control + at);
}

static uint32_t get(size_t at) {
    return atomic_load(word(at));
}

static void set(size_t at, uint32_t value) {
    atomic_store(word(at), value);
}

/* ---- memory ---- */

static int open_file(const char *directory, const char *name) {
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", directory, name) >= sizeof path) {
        errno = ENAMETOOLONG;
        fail(name);
    }
    const int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) {
        fail(path);
    }
    return descriptor;
}

static uint8_t *map(int descriptor, size_t size) {
    void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

static struct area open_area(const char *directory, const char *name) {
    const int descriptor = open_file(directory, name);
    uint8_t *bytes = map(descriptor, SMALLEST);
    if (bytes == NULL) {
        fail(name);
    }
    return (struct area){.descriptor = descriptor, .bytes = bytes, .size = SMALLEST};
}

/* Maps another size of a file that has it. */
static bool remap(struct area *area, size_t size) {
    uint8_t *bytes = map(area->descriptor, size);
    if (bytes == NULL) {
        return false;
    }
    munmap(area->bytes, area->size);
    area->bytes = bytes;
    area->size = size;
    return true;
}

/* For the writer: has room for it. What grows gets its room from the file system now, since touching memory without it would end the process. */
static bool make_room(struct area *area, size_t length) {
    area->small = length <= SMALLEST ? area->small + 1 : 0;
    size_t size = area->size;
    if (length > size) {
        while (size < length) {
            size = size > INT32_MAX / 2 ? INT32_MAX : size * 2;
            if (size == INT32_MAX && size < length) {
                return false;
            }
        }
        if (posix_fallocate(area->descriptor, (off_t)area->size, (off_t)(size - area->size)) == 0 && remap(area, size)) {
            return true;
        }
        const int unused = ftruncate(area->descriptor, (off_t)area->size);
        (void)unused;
        return false;
    }
    if (size > LARGEST_KEPT && area->small >= WHILE && remap(area, SMALLEST)) {
        const int unused = ftruncate(area->descriptor, SMALLEST);
        (void)unused;
    }
    return true;
}

/* ---- sockets ---- */

static void write_all(int descriptor, const void *bytes, size_t length) {
    const uint8_t *from = bytes;
    while (length > 0 && !log_is_broken) {
        const ssize_t written = send(descriptor, from, length, MSG_NOSIGNAL);
        if (written > 0) {
            from += written;
            length -= (size_t)written;
        } else if (errno != EINTR) {
            log_is_broken = true; /* the application is gone, and so is whoever would read it */
        }
    }
}

static int connect_socket(const char *directory) {
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/s", directory);
    if (descriptor < 0 || length < 0 || (size_t)length >= sizeof address.sun_path ||
        connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        fail("the application's socket");
    }
    return descriptor;
}

/* ---- the life ---- */

static char own_directory[PATH_MAX];

/* The application removes the directory; if it was killed, nobody else does so soon. */
static void remove_directory(void) {
    static const char *const names[] = {"s", "control", "requests", "responses", "ring", "lock"};
    char path[PATH_MAX + 16];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", own_directory, names[i]);
        unlink(path);
    }
    rmdir(own_directory);
}

/* The application holds the other end of the standard input, and nobody else does: it ends when the application has ended, however it ended. */
static void *end_with_the_application(void *input) {
    char bytes[64];
    for (;;) {
        const ssize_t count = read((int)(intptr_t)input, bytes, sizeof bytes);
        if (count == 0 || (count < 0 && errno != EINTR)) {
            remove_directory();
            _exit(0); /* also if the plugin is in an endless loop */
        }
    }
}

static void watch_the_application(void) {
    const int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    const int nothing = open("/dev/null", O_RDONLY);
    pthread_t thread;
    if (input < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        pthread_create(&thread, NULL, end_with_the_application, (void *)(intptr_t)input) != 0) {
        fail("the standard input");
    }
    close(nothing);
}

void channel_connect(const char *directory, const char *how) {
    snprintf(own_directory, sizeof own_directory, "%s", directory);
    watch_the_application();
    setsid(); /* what a terminal sends to a group of processes, such as Ctrl-C, does not reach this one */
    const struct rlimit none = {0};
    setrlimit(RLIMIT_CORE, &none);
    by_futex = strcmp(how, "futex") == 0;
    const int descriptor = open_file(directory, "control");
    control = map(descriptor, CONTROL_SIZE);
    close(descriptor);
    if (control == NULL || get(MAGIC_AT) != MAGIC || get(VERSION_AT) != VERSION) {
        errno = 0;
        fail("the control file, which is of another version of Turnstile");
    }
    requests = open_area(directory, "requests");
    responses = open_area(directory, "responses");
    ring = open_area(directory, "ring");
    next_place = ring.bytes;
    log_socket = connect_socket(directory); /* the application expects them in this order */
    wake_socket = connect_socket(directory);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* ---- PrefetchReceiver.java ---- */

static uint8_t *place_after(uint8_t *place) {
    return place + PLACE_SIZE == ring.bytes + (size_t)PLACES * PLACE_SIZE ? ring.bytes : place + PLACE_SIZE;
}

static bool move(uint8_t *place, uint32_t from, uint32_t to) {
    return atomic_compare_exchange_strong(word_at(place), &from, to);
}

static bool is_too_late(const uint8_t *place) {
    int64_t not_after;
    memcpy(&not_after, place + PLACE_NOT_AFTER, sizeof not_after);
    return not_after != 0 && now() - not_after >= 0;
}

/* Whether there is a request in the ring, past those that were taken back, or that may not begin any more. */
static bool is_asked_in_ring(void) {
    for (;;) {
        const uint32_t state = atomic_load(word_at(next_place));
        if (state == CONFIRMED || (state == READY && !is_cautious && !is_too_late(next_place))) {
            return true;
        }
        if (state == TAKEN_BACK) {
            atomic_store(word_at(next_place), EMPTY);
        } else if (state != READY || is_cautious) {
            return false;
        } else if (!move(next_place, READY, EXPIRED)) {
            continue;
        }
        next_place = place_after(next_place);
    }
}

static bool begin_in_ring(void) {
    if ((is_cautious || !move(next_place, READY, RUNNING)) && !move(next_place, CONFIRMED, RUNNING)) {
        return false;
    }
    is_cautious = false;
    current_place = next_place;
    next_place = place_after(next_place);
    return true;
}

static uint32_t number_at(const uint8_t *from) {
    uint32_t number;
    memcpy(&number, from, sizeof number);
    return number;
}

static void set_number_at(uint8_t *to, uint32_t number) {
    memcpy(to, &number, sizeof number);
}

static bool is_asked(void) {
    return is_asked_in_ring() || get(REQUEST) != taken;
}

static bool is_room_for_large(void) {
    return large_place == NULL || atomic_load(word_at(large_place)) != DONE;
}

/* ---- Sides.java ---- */

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Looks for a moment. */
static bool spin(bool (*is_so)(void)) {
    static const int64_t longest = 20000;
    const int64_t since = now();
    do {
        for (int i = 0; i < 32; i++) {
            if (is_so()) {
                return true;
            }
            relax();
        }
    } while (now() - since < longest);
    return is_so();
}

/* Looks for a moment if that has paid: where it does not, it is tried ever less often. */
static bool spin_if_it_pays(bool (*is_so)(void)) {
    enum { MOST_MISSES = 8, SHORTEST_PAUSE = 64, LONGEST_PAUSE = 4096 };
    static int misses;
    static int pause;
    static int next_pause = SHORTEST_PAUSE;
    static long processors;
    if (processors == 0) {
        processors = sysconf(_SC_NPROCESSORS_ONLN);
    }
    if (processors == 1) {
        return false;
    }
    if (pause > 0) {
        pause--;
        return false;
    }
    if (spin(is_so)) {
        misses = 0;
        next_pause = SHORTEST_PAUSE;
        return true;
    }
    misses++;
    if (misses == MOST_MISSES) {
        misses = 0;
        pause = next_pause;
        next_pause = next_pause * 2 > LONGEST_PAUSE ? LONGEST_PAUSE : next_pause * 2;
    }
    return false;
}

static void sleep_until_woken(uint32_t count) {
    if (by_futex) {
        const struct timespec safety_net = {.tv_sec = 5};
        syscall(SYS_futex, word(CHILD_WOKEN), FUTEX_WAIT, count, &safety_net, NULL, 0);
        return;
    }
    if (get(CHILD_WOKEN) == count) {
        char bytes[64];
        const ssize_t read_now = recv(wake_socket, bytes, sizeof bytes, 0);
        if (read_now == 0 || (read_now < 0 && errno != EINTR)) {
            remove_directory();
            _exit(0); /* the application is gone */
        }
    }
}

static void wake_application(void) {
    atomic_fetch_add(word(PARENT_WOKEN), 1);
    if (get(PARENT_SLEEPS) == 0) {
        return;
    }
    if (by_futex) {
        syscall(SYS_futex, word(PARENT_WOKEN), FUTEX_WAKE, 1, NULL, NULL, 0);
    } else if (atomic_exchange(word(PARENT_SLEEPS), 0) != 0) {
        const char one = 1;
        const ssize_t unused = send(wake_socket, &one, 1, MSG_NOSIGNAL);
        (void)unused;
    }
}

static void await(bool (*is_so)(void)) {
    if (is_so() || spin_if_it_pays(is_so)) {
        return;
    }
    for (;;) {
        const uint32_t count = get(CHILD_WOKEN);
        if (is_so()) {
            return;
        }
        set(CHILD_SLEEPS, 1);
        sleep_until_woken(count);
        set(CHILD_SLEEPS, 0);
    }
}

/* ---- HostChannel.java ---- */

/* Wakes the application for responses, if it sleeps. */
static void announce(void) {
    unannounced = 0;
    wake_application();
}

/* Leaves the application asleep for a moment if it allows that and there are more requests: a wake-up costs more than a short call. */
static void announce_soon(void) {
    static const int64_t longest = 10000;
    enum { INSISTS = 1 };
    if (unannounced == 0) {
        unannounced_since = now();
    }
    unannounced++;
    if (unannounced >= PLACES / 2 || now() - unannounced_since >= longest || get(PARENT_SLEEPS) == INSISTS || !is_asked_in_ring()) {
        announce();
    }
}

static struct request take_from_ring(void) {
    const uint8_t *place = current_place;
    const uint32_t head_length = number_at(place + PLACE_HEAD_LENGTH);
    const uint32_t body_length = number_at(place + PLACE_BODY_LENGTH);
    if (head_length > LONGEST_REQUEST || body_length > LONGEST_REQUEST - head_length) {
        errno = 0;
        fail("a short request");
    }
    current_number = number_at(place + PLACE_NUMBER);
    return (struct request){
        .operation = number_at(place + PLACE_OPERATION),
        .id = number_at(place + PLACE_ID),
        .head = place + REQUEST_AT,
        .head_length = head_length,
        .body = place + REQUEST_AT + head_length,
        .body_length = body_length,
    };
}

struct request channel_await(void) {
    current_place = NULL;
    do {
        if (unannounced > 0 && !is_asked_in_ring()) {
            announce();
        }
        await(is_asked);
        if (is_asked_in_ring() && begin_in_ring()) {
            return take_from_ring();
        }
    } while (get(REQUEST) == taken); /* another one was taken back */
    taken = get(REQUEST);
    const size_t head_length = get(HEAD_LENGTH);
    const size_t body_length = get(BODY_LENGTH);
    const size_t size = get(REQUEST_AREA);
    struct stat file;
    errno = 0;
    if (size < SMALLEST || head_length > size || body_length > size - head_length || fstat(requests.descriptor, &file) != 0 ||
        (size_t)file.st_size < size || (size != requests.size && !remap(&requests, size))) {
        fail("the request");
    }
    set(BEGUN, taken);
    current_number = get(NUMBER);
    return (struct request){
        .operation = get(OPERATION),
        .id = get(ID),
        .head = requests.bytes,
        .head_length = head_length,
        .body = requests.bytes + head_length,
        .body_length = body_length,
    };
}

void channel_be_cautious(void) {
    is_cautious = current_place != NULL;
}

static uint32_t sent_lines(void) {
    pthread_mutex_lock(&log_lock);
    const uint32_t sent = lines;
    pthread_mutex_unlock(&log_lock);
    return sent;
}

static bool reply_in_ring(uint32_t kind, uint32_t code, const void *bytes, size_t length) {
    uint8_t *place = current_place;
    uint8_t *to = place + RESPONSE_AT;
    if (length > LONGEST_RESPONSE) {
        announce();
        await(is_room_for_large);
        if (!make_room(&responses, length)) {
            return false;
        }
        to = responses.bytes;
        large_place = place;
    } else if (large_place == place) {
        large_place = NULL; /* that was another response, which was read long ago */
    }
    if (length > 0) {
        memcpy(to, bytes, length);
    }
    set_number_at(place + PLACE_KIND, kind);
    set_number_at(place + PLACE_CODE, code);
    set_number_at(place + PLACE_LENGTH, (uint32_t)length);
    set_number_at(place + PLACE_AREA, length > LONGEST_RESPONSE ? (uint32_t)responses.size : 0);
    set_number_at(place + PLACE_LINES, sent_lines());
    atomic_store(word_at(place), DONE);
    announce_soon();
    return true;
}

bool channel_reply(uint32_t kind, uint32_t code, const void *bytes, size_t length) {
    if (current_place != NULL) {
        return reply_in_ring(kind, code, bytes, length);
    }
    if (!make_room(&responses, length)) {
        return false;
    }
    if (length > 0) {
        memcpy(responses.bytes, bytes, length);
    }
    const uint32_t sent = sent_lines();
    set(KIND, kind);
    set(CODE, code);
    set(LENGTH, (uint32_t)length);
    set(RESPONSE_AREA, (uint32_t)responses.size);
    set(LINES, sent);
    set(RESPONSE, taken);
    wake_application();
    return true;
}

/* ---- LogFrames.java ---- */

static size_t put(uint8_t *to, uint32_t number) {
    for (int i = 0; i < 4; i++) {
        to[i] = (uint8_t)(number >> (24 - 8 * i));
    }
    return 4;
}

void channel_log(uint8_t level, const char *target, const uint8_t *message, size_t message_length, const char *tag) {
    static const size_t longest = 1 << 20;
    char cut[64] = "";
    const bool is_cut = message_length > longest;
    size_t length = is_cut ? longest : message_length;
    while (is_cut && length > 0 && (message[length] & 0xC0) == 0x80) {
        length--; /* not in the middle of a character */
    }
    static const size_t longest_target = 1024;
    const size_t target_length = strnlen(target, longest_target);
    const size_t tag_length = tag == NULL ? 0 : strlen(tag);
    if (is_cut) {
        snprintf(cut, sizeof cut, "\xE2\x80\xA6 (%zu bytes more)", message_length - length);
    }
    const size_t cut_length = strlen(cut);
    uint8_t *frame = malloc(20 + target_length + length + cut_length + tag_length);
    if (frame == NULL) {
        return;
    }
    size_t at = put(frame, tag == NULL ? 0 : current_number);
    at += put(frame + at, level);
    at += put(frame + at, (uint32_t)target_length);
    memcpy(frame + at, target, target_length);
    at += target_length;
    at += put(frame + at, (uint32_t)(length + cut_length));
    if (length > 0) {
        memcpy(frame + at, message, length);
    }
    memcpy(frame + at + length, cut, cut_length);
    at += length + cut_length;
    at += put(frame + at, tag == NULL ? UINT32_MAX : (uint32_t)tag_length);
    if (tag_length > 0) {
        memcpy(frame + at, tag, tag_length);
    }
    at += tag_length;
    pthread_mutex_lock(&log_lock);
    write_all(log_socket, frame, at);
    lines += log_is_broken ? 0 : 1;
    pthread_mutex_unlock(&log_lock);
    free(frame);
}
