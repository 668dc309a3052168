package dev.turnstile;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown to a caller that came, or waited for a place, while there was no resource: the last one was lost and is being replaced. The call never
 * reached a resource. Thrown only if the {@link RestartPolicy} {@linkplain RestartPolicy#refusingWhileDown() refuses callers meanwhile}.
 */
public final class TurnstileDownException extends RejectedExecutionException {
    @Serial
    private static final long serialVersionUID = 1L;

    TurnstileDownException(String message) {
        super(message);
    }
}
