/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The layout of the ABI's structs as this platform's C compiler sees bindings/rustbridge.h. For each struct:
 * abi_sizeof_<struct> and abi_alignof_<struct>; for each member: abi_offsetof_<struct>_<member> and
 * abi_sizeof_<struct>_<member>. All are `size_t (void)`.
 */
#include <stdalign.h>
#include <stddef.h>

#include "rustbridge.h"

#define ANSWER(name, value)                                  \
    __attribute__((visibility("default"))) size_t name(void); \
    size_t name(void) {                                      \
        return value;                                        \
    }

#define STRUCT(name, type)                     \
    ANSWER(abi_sizeof_##name, sizeof(type))    \
    ANSWER(abi_alignof_##name, alignof(type))

#define MEMBER(name, type, member)                                  \
    ANSWER(abi_offsetof_##name##_##member, offsetof(type, member))  \
    ANSWER(abi_sizeof_##name##_##member, sizeof(((type *)0)->member))

STRUCT(ffi_buffer, struct FfiBuffer)
MEMBER(ffi_buffer, struct FfiBuffer, data)
MEMBER(ffi_buffer, struct FfiBuffer, len)
MEMBER(ffi_buffer, struct FfiBuffer, capacity)
MEMBER(ffi_buffer, struct FfiBuffer, error_code)

STRUCT(rb_response, struct RbResponse)
MEMBER(rb_response, struct RbResponse, error_code)
MEMBER(rb_response, struct RbResponse, len)
MEMBER(rb_response, struct RbResponse, capacity)
MEMBER(rb_response, struct RbResponse, data)
