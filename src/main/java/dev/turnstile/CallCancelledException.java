package dev.turnstile;

import java.util.concurrent.CancellationException;

/** Says that a call was cancelled, through its future or its {@link CallGroup}. */
public final class CallCancelledException extends CancellationException implements EndedEarly {
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

    @Override
    public boolean started() {
        return started;
    }
}
