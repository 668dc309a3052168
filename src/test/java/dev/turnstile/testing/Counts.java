package dev.turnstile.testing;

import dev.turnstile.TurnstileStats;
import dev.turnstile.TurnstileTimes;
import java.time.Duration;

/** The part of a gate's stats that a model can foretell. */
public final class Counts {
    /** What stands in for the times. */
    public static final TurnstileTimes NO_TIMES =
            new TurnstileTimes(Duration.ZERO, Duration.ZERO, 0, Duration.ZERO, 0, Duration.ZERO);

    private Counts() {}

    /** Returns the same counts without times. */
    public static TurnstileStats of(TurnstileStats stats) {
        return new TurnstileStats(
                stats.capacity(),
                stats.waiting(),
                stats.pending(),
                stats.running(),
                stats.accepted(),
                stats.completed(),
                stats.failed(),
                stats.cancelled(),
                stats.expired(),
                stats.refused(),
                stats.turnedAway(),
                NO_TIMES);
    }
}
