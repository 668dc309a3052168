/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Mistakes on purpose, one for each tag: a sanitizer that does not see them is no evidence (scripts/sanitize). No test loads it.
 *
 *   use-after-free, overflow (reads one byte behind the request), leak, undefined (a signed overflow), double-free
 */
#include <limits.h>

#define TINY_OWN_CALL
#include "tiny_plugin.h"

/* The compiler must neither know nor warn. */
static void *volatile forgotten;
static volatile int number = INT_MAX;

static uint8_t read_byte(const volatile uint8_t *at) {
    return *at;
}

struct FfiBuffer plugin_call(void *handle, const char *type_tag, const uint8_t *request, size_t request_len) {
    (void)handle;
    uint8_t answer[2] = {'0', '0'};
    if (strcmp(type_tag, "use-after-free") == 0) {
        forgotten = malloc(16);
        uint8_t *gone = forgotten;
        free(forgotten);
        answer[0] = read_byte(gone) % 2 == 0 ? '2' : '1';
    } else if (strcmp(type_tag, "overflow") == 0) {
        answer[0] = read_byte(request + request_len) % 2 == 0 ? '2' : '1';
    } else if (strcmp(type_tag, "leak") == 0) {
        forgotten = malloc(1000);
        forgotten = NULL;
    } else if (strcmp(type_tag, "undefined") == 0) {
        number = number + 1;
    } else if (strcmp(type_tag, "double-free") == 0) {
        forgotten = malloc(16);
        free(forgotten);
        free(forgotten);
    }
    return tiny_success(answer, 1);
}
