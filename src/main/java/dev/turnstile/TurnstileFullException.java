package dev.turnstile;

import java.util.concurrent.RejectedExecutionException;

/**
 * Says that there was no place for a call that does not wait for one: all places were taken, or other callers were waiting
 * for one already. The call never reached the resource.
 *
 * <p>It has no stack trace: a line is full when there is too much to do, and to make one would be most of what a refusal costs. The message names the gate.
 */
public final class TurnstileFullException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    TurnstileFullException(String message) {
        super(message);
    }

    /** Does nothing. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
