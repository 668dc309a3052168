package dev.turnstile.plugin;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A line that a plugin logged. */
public final class PluginLogLine {
    private final Values values;

    PluginLogLine(LogLevel level, String target, String message, @Nullable String tag) {
        this.values = new Values(level, target, message, tag);
    }

    record Values(
            LogLevel level,
            String target,
            String message,
            @Nullable String tag) {
        Values {
            Objects.requireNonNull(level, "level");
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(message, "message");
        }
    }

    /**
     * Makes a line that belongs to no call: for plugins written in Java, and for tests.
     *
     * @param level the severity
     * @param target where it comes from; may be empty
     * @param message the text
     * @return the line
     */
    public static PluginLogLine of(LogLevel level, String target, String message) {
        return new PluginLogLine(level, target, message, null);
    }

    /**
     * Says during which call it was logged.
     *
     * @param tag the tag of the call
     * @return the changed line
     */
    public PluginLogLine withTag(String tag) {
        return new PluginLogLine(level(), target(), message(), Objects.requireNonNull(tag, "tag"));
    }

    /** {@return the severity} */
    public LogLevel level() {
        return values.level();
    }

    /** {@return where it comes from, as the plugin names it (for Rust a module path such as {@code sync_demo::sleep}); may be empty} */
    public String target() {
        return values.target();
    }

    /** {@return the text; bytes that were not UTF-8 are replaced} */
    public String message() {
        return values.message();
    }

    /**
     * {@return the type tag of the call during which it was logged, for a raw call {@code message} and its number; {@code null} if it was
     * logged outside of any call, or by another thread than the one that made the call}
     */
    public @Nullable String tag() {
        return values.tag();
    }

    /** Appends lines to a text that says what a plugin did. */
    static void appendAll(StringBuilder text, List<PluginLogLine> lines) {
        text.append(". It logged:");
        for (PluginLogLine line : lines) {
            text.append("\n  ")
                    .append(line.level())
                    .append(' ')
                    .append(line.target())
                    .append(": ")
                    .append(line.message());
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PluginLogLine that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "PluginLogLine" + values.toString().substring("Values".length());
    }
}
