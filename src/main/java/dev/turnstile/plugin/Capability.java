package dev.turnstile.plugin;

import dev.turnstile.internal.PluginExports;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** An optional part of a plugin. Using a part that the plugin lacks throws an {@link UnsupportedOperationException} that names it. */
public enum Capability {
    /** Raw calls: {@code plugin_call_raw} and {@code rb_response_free}, which go together. */
    RAW_CALLS(1, PluginExports.CALL_RAW + " with " + PluginExports.RESPONSE_FREE),
    /** Setting the log level: {@code plugin_set_log_level}. */
    LOG_LEVEL(2, PluginExports.SET_LOG_LEVEL),
    /** Telling its state: {@code plugin_get_state}. */
    STATE(4, PluginExports.GET_STATE),
    /** Telling how many requests its own limiter refused: {@code plugin_get_rejected_count}. */
    REJECTED_COUNT(8, PluginExports.GET_REJECTED_COUNT);

    private final int bit;
    private final String exports;

    Capability(int bit, String exports) {
        this.bit = bit;
        this.exports = exports;
    }

    /** Returns the exports that make up the capability, for messages. */
    String exports() {
        return exports;
    }

    /** Returns the capabilities of a sum that {@link #bits} gave. */
    static Set<Capability> of(int bits) {
        Set<Capability> found = EnumSet.noneOf(Capability.class);
        for (Capability capability : values()) {
            if ((bits & capability.bit) != 0) {
                found.add(capability);
            }
        }
        return Collections.unmodifiableSet(found);
    }

    /** Returns the sum for some capabilities. */
    static int bits(Set<Capability> capabilities) {
        int bits = 0;
        for (Capability capability : capabilities) {
            bits |= capability.bit;
        }
        return bits;
    }
}
