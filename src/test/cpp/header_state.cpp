/* SPDX-License-Identifier: Apache-2.0 */

/* A plugin in C++ whose state is in a header. Any call is answered with the number of calls so far, as the header counts them. */
#define RUSTBRIDGE_PLUGIN

extern "C" {
#include "rustbridge.h"
}

#include <cstdlib>
#include <cstring>
#include <string>

#include "header_state.hpp"

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT const int *header_state_limit() {
    return &header_only::Settings<int>::limit;
}

EXPORT int *header_state_level() {
    return &header_only::Settings<int>::level;
}

EXPORT void *plugin_create() {
    return std::malloc(1);
}

EXPORT void *plugin_init(void *plugin, const uint8_t *, size_t, rb_log_callback) {
    return plugin;
}

EXPORT bool plugin_shutdown(void *handle) {
    std::free(handle);
    return true;
}

EXPORT struct FfiBuffer plugin_call(void *, const char *, const uint8_t *, size_t) {
    header_only::calls_of_this_thread()++;
    const std::string answer = "{\"status\":\"success\",\"payload\":" + std::to_string(++header_only::calls()) + "}";
    FfiBuffer buffer;
    std::memset(&buffer, 0, sizeof buffer);
    buffer.data = static_cast<uint8_t *>(std::malloc(answer.size()));
    if (buffer.data == nullptr) {
        buffer.error_code = RB_RUNTIME;
        return buffer;
    }
    std::memcpy(buffer.data, answer.data(), answer.size());
    buffer.len = answer.size();
    buffer.capacity = answer.size();
    return buffer;
}

EXPORT void plugin_free_buffer(struct FfiBuffer *buffer) {
    std::free(buffer->data);
    buffer->data = nullptr;
}
