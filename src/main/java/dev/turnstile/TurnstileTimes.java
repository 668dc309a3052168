package dev.turnstile;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long calls wait for a {@link Turnstile}'s resource and run in it. A mean is a total divided by a count; for the
 * distribution of the times, use a {@link CallListener} or a flight recording.
 */
public final class TurnstileTimes {
    private final Values values;

    TurnstileTimes(Values values) {
        this.values = values;
    }

    record Values(
            Duration inFlight,
            Duration oldestWait,
            long started,
            Duration totalWait,
            long returned,
            Duration totalRun) {}

    /** {@return how long the running call has been in the resource, the longest one of a pool; zero if none runs} */
    public Duration inFlight() {
        return values.inFlight();
    }

    /** {@return how long the oldest call that is not started has waited; zero if none waits} */
    public Duration oldestWait() {
        return values.oldestWait();
    }

    /** {@return how many calls were ever started} */
    public long started() {
        return values.started();
    }

    /** {@return how long the started calls waited from their coming until their start, in all} */
    public Duration totalWait() {
        return values.totalWait();
    }

    /** {@return the mean time from coming until start; zero if no call was started} */
    public Duration meanWait() {
        return mean(totalWait(), started());
    }

    /** {@return how many calls have returned or thrown, including given-up ones} */
    public long returned() {
        return values.returned();
    }

    /** {@return how long the returned calls were in the resource, in all} */
    public Duration totalRun() {
        return values.totalRun();
    }

    /** {@return the mean time in the resource; zero if no call has returned} */
    public Duration meanRun() {
        return mean(totalRun(), returned());
    }

    static Duration mean(Duration total, long count) {
        return count == 0 ? Duration.ZERO : total.dividedBy(count);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TurnstileTimes that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Returns the values and the means. */
    @Override
    public String toString() {
        String shown = values.toString().substring("Values".length());
        return "TurnstileTimes" + shown.substring(0, shown.length() - 1) + ", meanWait=" + meanWait() + ", meanRun="
                + meanRun() + "]";
    }
}
