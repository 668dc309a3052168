package dev.turnstile.plugin;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says that a plugin could not be loaded or started, and why. Nothing of it is left running. */
public final class PluginLoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the plugin logged meanwhile. */
    private final transient List<PluginLogLine> logLines;

    PluginLoadException(String message) {
        this(message, List.of(), null);
    }

    PluginLoadException(String message, @Nullable Throwable cause) {
        this(message, List.of(), cause);
    }

    PluginLoadException(String message, List<PluginLogLine> logLines, @Nullable Throwable cause) {
        super(message, cause);
        this.logLines = logLines;
    }

    /**
     * Says that a plugin did not start.
     *
     * @param what the beginning of the message, such as {@code "The plugin x did not start"}
     * @param logLines what it logged meanwhile; the message ends with these lines
     * @return the exception, to be thrown
     */
    public static PluginLoadException notStarted(String what, List<PluginLogLine> logLines) {
        StringBuilder message = new StringBuilder(Objects.requireNonNull(what, "what"));
        if (Objects.requireNonNull(logLines, "logLines").isEmpty()) {
            message.append(". It logged nothing; it may have written the reason to the standard error stream");
        } else {
            PluginLogLine.appendAll(message, logLines);
        }
        return new PluginLoadException(message.toString(), logLines, null);
    }

    /**
     * Returns what the plugin logged during its start, often the only sign of why it failed.
     *
     * @return the lines in order, the last hundred at most
     */
    public List<PluginLogLine> logLines() {
        return logLines;
    }
}
