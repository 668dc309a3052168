package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;

/**
 * Says that a request could not be written as JSON, or that a response could not be read. The message names the member, such as {@code
 * items[1].total}, what is wrong with it, and the setting or the annotation that allows it, if there is one.
 */
public final class CodecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whether the plugin has done the work. */
    private final boolean pluginRan;

    CodecException(String message, boolean pluginRan, @Nullable Throwable cause) {
        super(message, cause);
        this.pluginRan = pluginRan;
    }

    /**
     * Says whether the plugin was called before the failure.
     *
     * @return {@code false} if the request could not be written, so the plugin was not called; {@code true} if the plugin did its work,
     *     but its answer could not be read
     */
    public boolean pluginRan() {
        return pluginRan;
    }
}
