package dev.turnstile.soak;

import dev.turnstile.TurnstileStats;
import java.time.Duration;
import java.util.Locale;

/** The sums of what all closed gates counted. */
final class GateTotals {
    private long gates;
    private long accepted;
    private long completed;
    private long failed;
    private long cancelled;
    private long expired;
    private long refused;
    private long left;
    private long notAdmitted;
    private long started;
    private Duration waited = Duration.ZERO;
    private Duration ran = Duration.ZERO;

    void add(TurnstileStats stats) {
        gates++;
        accepted += stats.accepted();
        completed += stats.completed();
        failed += stats.failed();
        cancelled += stats.cancelled();
        expired += stats.expired();
        refused += stats.refused();
        left += stats.pending() + stats.running();
        notAdmitted += stats.notAdmitted();
        started += stats.times().started();
        waited = waited.plus(stats.times().totalWait());
        ran = ran.plus(stats.times().totalRun());
    }

    private double meanMicros(Duration total) {
        return started == 0 ? 0 : total.toNanos() / 1_000.0 / started;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d gates counted: %,d accepted = %,d completed + %,d failed + %,d cancelled + %,d expired + %,d"
                    + " refused + %,d pending or running; %,d turned away; %,d started, after %,.1f us and for %,.1f"
                    + " us on average",
                gates,
                accepted,
                completed,
                failed,
                cancelled,
                expired,
                refused,
                left,
                notAdmitted,
                started,
                meanMicros(waited),
                meanMicros(ran));
    }
}
