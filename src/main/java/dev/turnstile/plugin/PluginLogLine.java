package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;

/**
 * A line that a plugin logged.
 *
 * @param level the severity
 * @param target where it comes from, as the plugin names it (for Rust a module path such as {@code sync_demo::sleep}); may
 *     be empty
 * @param message the text; bytes that were not UTF-8 are replaced
 * @param tag the type tag of the call during which it was logged, for a raw call {@code message} and its number;
 *     {@code null} if it was logged outside of any call, or by another thread than that which made the call
 */
public record PluginLogLine(
        LogLevel level,
        String target,
        String message,
        @Nullable String tag) {
    /**
     * Makes a line that belongs to no call.
     *
     * @param level the severity
     * @param target where it comes from
     * @param message the text
     */
    public PluginLogLine(LogLevel level, String target, String message) {
        this(level, target, message, null);
    }
}
