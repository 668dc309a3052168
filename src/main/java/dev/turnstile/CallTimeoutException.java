package dev.turnstile;

import java.util.concurrent.TimeoutException;

/** Says that a call's time limit passed before its result was there; the wait for a place counts. */
public final class CallTimeoutException extends TimeoutException {
    private static final long serialVersionUID = 1L;

    /** Whether the resource had begun the call. */
    private final boolean started;

    CallTimeoutException(boolean started) {
        super(
                started
                        ? "The time limit passed while the call was running; its result will be dropped"
                        : "The time limit passed before the call was started; it never reached the resource");
        this.started = started;
    }

    /**
     * Tells whether the call had reached the resource.
     *
     * @return {@code true} if it was running: it runs to its end and its result is dropped; {@code false} if it never
     *     reached the resource and never will
     */
    public boolean started() {
        return started;
    }
}
