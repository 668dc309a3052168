package dev.turnstile;

import java.io.Serial;

/** Thrown by a swap that was not made: a new resource could not be opened, or failed its warm-up. The old ones go on as before. */
public final class SwapException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    SwapException(String message, Throwable cause) {
        super(message, cause);
    }
}
