/* SPDX-License-Identifier: Apache-2.0 */

/* No plugin: tells how much memory of this process's allocator is in use, whoever asked for it. */
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* Bytes that were allocated and not freed; 0 where the C library cannot tell. */
EXPORT uint64_t heap_bytes_in_use(void);

#ifdef __GLIBC__ /* 2.33 and later */

#include <malloc.h>

uint64_t heap_bytes_in_use(void) {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

#else

uint64_t heap_bytes_in_use(void) {
    return 0;
}

#endif
