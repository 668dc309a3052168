package dev.turnstile;

/**
 * Says that a call's time limit passed before its result was there; the wait for a place counts. It is unchecked because any call may have a limit: {@link
 * TimeLimit#within} gives one to calls without a limit of their own.
 */
public final class CallTimeoutException extends RuntimeException implements EndedEarly {
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

    @Override
    public boolean started() {
        return started;
    }
}
