package dev.turnstile.plugin;

import dev.turnstile.RestartPolicy;
import java.time.Duration;

/** Restarts for tests. */
final class Restarts {
    static final RestartPolicy AT_ONCE =
            RestartPolicy.limited(1000, Duration.ofMinutes(10)).withDelays(Duration.ZERO, Duration.ZERO);

    private Restarts() {}
}
