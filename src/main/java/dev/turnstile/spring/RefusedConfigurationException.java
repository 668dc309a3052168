package dev.turnstile.spring;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Says that the application is configured in a way that cannot work, and what would. */
final class RefusedConfigurationException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String wayOut;

    RefusedConfigurationException(String description, String wayOut, @Nullable Throwable cause) {
        super(description, cause);
        this.wayOut = wayOut;
    }

    /** What to change, in a sentence. */
    String wayOut() {
        return wayOut;
    }
}
