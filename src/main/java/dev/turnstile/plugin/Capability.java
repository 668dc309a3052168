package dev.turnstile.plugin;

import dev.turnstile.internal.PluginExports;

/** An optional part of a plugin. Using a part that the plugin lacks throws an {@link UnsupportedOperationException} that names it. */
public enum Capability {
    /** Raw calls: {@code plugin_call_raw} and {@code rb_response_free}, which go together. */
    RAW_CALLS(PluginExports.CALL_RAW + " with " + PluginExports.RESPONSE_FREE),
    /** Setting the log level: {@code plugin_set_log_level}. */
    LOG_LEVEL(PluginExports.SET_LOG_LEVEL),
    /** Telling its state: {@code plugin_get_state}. */
    STATE(PluginExports.GET_STATE),
    /** Telling how many requests its own limiter refused: {@code plugin_get_rejected_count}. */
    REJECTED_COUNT(PluginExports.GET_REJECTED_COUNT);

    private final String exports;

    Capability(String exports) {
        this.exports = exports;
    }

    /** Returns the exports that make up the capability, for messages. */
    String exports() {
        return exports;
    }
}
