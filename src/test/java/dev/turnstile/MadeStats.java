package dev.turnstile;

import java.time.Duration;

/** Stats as a test or a model expects them: only the gate's own package can make some. */
public final class MadeStats {
    /** What stands in for the times. */
    public static final TurnstileTimes NO_TIMES = new TurnstileTimes(
            new TurnstileTimes.Values(Duration.ZERO, Duration.ZERO, 0, Duration.ZERO, 0, Duration.ZERO));

    private MadeStats() {}

    /** Returns counts without times. */
    public static TurnstileStats of(
            int capacity,
            int waiting,
            int pending,
            int running,
            long accepted,
            long completed,
            long failed,
            long cancelled,
            long expired,
            long refused,
            long notAdmitted) {
        return new TurnstileStats(new TurnstileStats.Values(
                capacity,
                waiting,
                pending,
                running,
                accepted,
                completed,
                failed,
                cancelled,
                expired,
                refused,
                notAdmitted,
                NO_TIMES));
    }
}
