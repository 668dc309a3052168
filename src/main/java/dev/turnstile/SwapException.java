package dev.turnstile;

import java.io.Serial;

/** Says that a swap failed: a new resource could not be opened, failed its warm-up or was not ready in time. The old resources go on as before. */
public final class SwapException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    SwapException(String message, Throwable cause) {
        super(message, cause);
    }
}
