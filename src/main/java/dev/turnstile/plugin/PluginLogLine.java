package dev.turnstile.plugin;

/**
 * A line that a plugin logged.
 *
 * @param level the severity
 * @param target where it comes from, as the plugin names it (for Rust a module path such as {@code sync_demo::sleep}); may
 *     be empty
 * @param message the text; bytes that were not UTF-8 are replaced
 */
public record PluginLogLine(LogLevel level, String target, String message) {}
