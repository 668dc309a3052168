/* SPDX-License-Identifier: Apache-2.0 */

#include "buffers.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum kind { BUFFER, RESPONSE, KINDS };

/* What lies in front of the bytes of every allocation; `next` and `kind` mean something while it is lent. */
struct loan {
    struct loan *next;
    enum kind kind;
    alignas(max_align_t) uint8_t data[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the rest of these */
static struct loan *lent;                                /* newest first: it is the one given back next */
static uint64_t lent_count;
static uint64_t lent_empty[KINDS];
static uint64_t double_frees;

static struct loan *loan_of(uint8_t *data) {
    return data == NULL ? NULL : (struct loan *)(void *)(data - offsetof(struct loan, data));
}

bool bytes_reserve(struct bytes *bytes, size_t more) {
    if (bytes->failed) {
        return false;
    }
    if (more <= bytes->capacity - bytes->len && bytes->data != NULL) {
        return true;
    }
    const size_t limit = SIZE_MAX / 4;
    if (more > limit || bytes->len > limit) {
        bytes->failed = true;
        return false;
    }
    size_t capacity = bytes->capacity < 128 ? 256 : bytes->capacity * 2;
    if (capacity < bytes->len + more) {
        capacity = bytes->len + more;
    }
    struct loan *loan = realloc(loan_of(bytes->data), sizeof *loan + capacity);
    if (loan == NULL) {
        bytes->failed = true;
        return false;
    }
    bytes->data = loan->data;
    bytes->capacity = capacity;
    return true;
}

void bytes_add(struct bytes *bytes, const void *data, size_t len) {
    if (len > 0 && bytes_reserve(bytes, len)) {
        memcpy(bytes->data + bytes->len, data, len);
        bytes->len += len;
    }
}

void bytes_add_text(struct bytes *bytes, const char *text) {
    bytes_add(bytes, text, strlen(text));
}

void bytes_add_uint(struct bytes *bytes, uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    bytes_add(bytes, digits + at, sizeof digits - at);
}

void bytes_fill(struct bytes *bytes, uint8_t byte, size_t count) {
    if (count > 0 && bytes_reserve(bytes, count)) {
        memset(bytes->data + bytes->len, byte, count);
        bytes->len += count;
    }
}

void bytes_drop(struct bytes *bytes) {
    free(loan_of(bytes->data));
    *bytes = (struct bytes){0};
}

/* Puts the bytes on the list; NULL for an empty string, which keeps no memory. */
static uint8_t *lend(struct bytes *bytes, enum kind kind) {
    if (bytes->len == 0) {
        bytes_drop(bytes);
    }
    struct loan *loan = loan_of(bytes->data);
    pthread_mutex_lock(&lock);
    lent_count++;
    if (loan == NULL) {
        lent_empty[kind]++;
    } else {
        loan->kind = kind;
        loan->next = lent;
        lent = loan;
    }
    pthread_mutex_unlock(&lock);
    return bytes->data;
}

struct FfiBuffer lend_buffer(struct bytes *bytes, uint32_t code) {
    if (bytes->failed) {
        bytes_drop(bytes);
        code = RB_RUNTIME;
    }
    uint8_t *data = lend(bytes, BUFFER);
    const struct FfiBuffer buffer = {
        .data = data, .len = bytes->len, .capacity = bytes->capacity, .error_code = code};
    *bytes = (struct bytes){0};
    return buffer;
}

struct RbResponse lend_response(struct bytes *bytes, uint32_t code) {
    if (bytes->failed || bytes->len > UINT32_MAX) {
        bytes_drop(bytes);
        code = RB_RUNTIME;
    }
    uint8_t *data = lend(bytes, RESPONSE);
    const uint32_t capacity = bytes->capacity > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes->capacity;
    const struct RbResponse response = {
        .error_code = code, .len = (uint32_t)bytes->len, .capacity = capacity, .data = data};
    *bytes = (struct bytes){0};
    return response;
}

/* Ends the loan that `data` names (NULL: an empty one); counts it as a double free when there is no such loan. */
static void take_back(const void *data, enum kind kind) {
    struct loan *found = NULL;
    pthread_mutex_lock(&lock);
    bool known = false;
    if (data == NULL) {
        known = lent_empty[kind] > 0;
        lent_empty[kind] -= known ? 1 : 0;
    } else {
        for (struct loan **link = &lent; *link != NULL; link = &(*link)->next) {
            if ((*link)->data == data && (*link)->kind == kind) {
                found = *link;
                *link = found->next;
                known = true;
                break;
            }
        }
    }
    if (known) {
        lent_count--;
    } else {
        double_frees++;
    }
    pthread_mutex_unlock(&lock);
    free(found);
}

void return_buffer(struct FfiBuffer *buffer) {
    if (buffer != NULL) {
        take_back(buffer->data, BUFFER);
        buffer->data = NULL;
        buffer->len = 0;
        buffer->capacity = 0;
    }
}

void return_response(struct RbResponse *response) {
    if (response != NULL) {
        take_back(response->data, RESPONSE);
        response->data = NULL;
        response->len = 0;
        response->capacity = 0;
    }
}

uint64_t loans_outstanding(void) {
    pthread_mutex_lock(&lock);
    const uint64_t count = lent_count;
    pthread_mutex_unlock(&lock);
    return count;
}

uint64_t loans_double_frees(void) {
    pthread_mutex_lock(&lock);
    const uint64_t count = double_frees;
    pthread_mutex_unlock(&lock);
    return count;
}

void loans_forget_double_frees(void) {
    pthread_mutex_lock(&lock);
    double_frees = 0;
    pthread_mutex_unlock(&lock);
}
