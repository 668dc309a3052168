package dev.turnstile;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown to a caller who came, or waited for a place, while there was no resource: the last one was lost, and a fresh one is on its way. The call
 * has never reached any. Only where the {@link RestartPolicy} refuses callers meanwhile.
 */
public final class TurnstileDownException extends RejectedExecutionException {
    @Serial
    private static final long serialVersionUID = 1L;

    TurnstileDownException(String message) {
        super(message);
    }
}
