package dev.turnstile.plugin;

/** An optional part of a plugin. Using a part that the plugin lacks throws an {@link UnsupportedOperationException} that names it. */
public enum Capability {
    /** Raw calls: {@code plugin_call_raw} and {@code rb_response_free}, which go together. */
    RAW_CALLS("plugin_call_raw with rb_response_free"),
    /** Setting the log level: {@code plugin_set_log_level}. */
    LOG_LEVEL("plugin_set_log_level"),
    /** Telling its state: {@code plugin_get_state}. */
    STATE("plugin_get_state"),
    /** Telling how many requests its own limiter refused: {@code plugin_get_rejected_count}. */
    REJECTED_COUNT("plugin_get_rejected_count");

    private final String exports;

    Capability(String exports) {
        this.exports = exports;
    }

    /** Returns the exports that make up the capability, for messages. */
    String exports() {
        return exports;
    }
}
