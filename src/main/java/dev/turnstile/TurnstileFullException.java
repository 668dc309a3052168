package dev.turnstile;

import java.util.concurrent.RejectedExecutionException;

/**
 * Says that there was no place for a call that does not wait for one: all places were taken, or other callers were waiting
 * for one already. The call never reached the resource.
 */
public final class TurnstileFullException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    TurnstileFullException(String message) {
        super(message);
    }
}
