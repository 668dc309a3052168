package dev.turnstile.process;

import org.jspecify.annotations.Nullable;

/** Receives what is logged in the child, in order, on a thread that reads it. Must not block. */
@FunctionalInterface
public interface HostLog {
    /**
     * A line was logged.
     *
     * @param call the number of the request that it belongs to; 0 for none
     * @param level the number that the child gave
     * @param target where it comes from; may be empty
     * @param message the text
     * @param tag what was called meanwhile; {@code null} if it belongs to no call
     */
    void line(int call, int level, String target, String message, @Nullable String tag);
}
