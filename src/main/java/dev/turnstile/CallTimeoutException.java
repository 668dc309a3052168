package dev.turnstile;

import org.jspecify.annotations.Nullable;

/**
 * Says that a call's time limit passed before its result was there; the wait for a place counts. It is unchecked because any call may have a limit: {@link
 * TimeLimit#within} gives one to calls without a limit of their own.
 */
public final class CallTimeoutException extends RuntimeException implements EndedEarly {
    private static final long serialVersionUID = 1L;

    /** Whether the resource had begun the call. */
    private final boolean started;

    /**
     * @param tag of the call; {@code null} if it has none, or there are several calls
     */
    CallTimeoutException(Deadline limit, @Nullable String tag, boolean started) {
        super("The time limit of " + limit + " passed " + (started ? "while" : "before") + " the call "
                + (tag == null ? "" : "\"" + tag + "\" ")
                + (started ? "was running; its result will be dropped" : "was started; it never reached the resource"));
        this.started = started;
    }

    @Override
    public boolean started() {
        return started;
    }
}
