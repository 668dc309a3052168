package dev.turnstile;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Says that a call was refused because its {@link Turnstile} is closing, closed, or lost its worker (then with a cause). */
public final class TurnstileClosedException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    /** Whether the resource had begun the call. */
    private final boolean started;

    TurnstileClosedException(String message, boolean started, @Nullable Throwable cause) {
        super(message, cause);
        this.started = started;
    }

    /**
     * Tells whether the call had reached the resource.
     *
     * @return {@code true} if it was running when the limit for closing passed (it runs on, its result is dropped);
     *     {@code false} if it never reached the resource
     */
    public boolean started() {
        return started;
    }
}
