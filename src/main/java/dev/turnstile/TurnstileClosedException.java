package dev.turnstile;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Says that a call was refused because its {@link Turnstile} is closing or closed, its {@link CallGroup} is closed, its worker died (then with a cause), or the
 * one instance that it was meant for is gone. The message says which.
 */
public final class TurnstileClosedException extends RejectedExecutionException implements EndedEarly {
    private static final long serialVersionUID = 1L;

    /** Whether the resource had begun the call. */
    private final boolean started;

    TurnstileClosedException(String message, boolean started, @Nullable Throwable cause) {
        super(message, cause);
        this.started = started;
    }

    @Override
    public boolean started() {
        return started;
    }
}
