package dev.turnstile;

import java.util.concurrent.CancellationException;

/** Says that a call was cancelled through its future. */
public final class CallCancelledException extends CancellationException {
    private static final long serialVersionUID = 1L;

    /** Whether the resource had begun the call. */
    private final boolean started;

    CallCancelledException(boolean started) {
        super(
                started
                        ? "Cancelled while the call was running; its result will be dropped"
                        : "Cancelled before the call was started; it never reached the resource");
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
