package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;

/** Says that a request could not be written as JSON, or a response not be read. */
public final class CodecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whether the plugin has done the work. */
    private final boolean pluginRan;

    CodecException(String message, boolean pluginRan, @Nullable Throwable cause) {
        super(message, cause);
        this.pluginRan = pluginRan;
    }

    /**
     * Tells on which side of the call the trouble was.
     *
     * @return {@code false} if the request could not be written: the plugin was not called; {@code true} if the plugin did
     *     its work and its answer could not be read
     */
    public boolean pluginRan() {
        return pluginRan;
    }
}
