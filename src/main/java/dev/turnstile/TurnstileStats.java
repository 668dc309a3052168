package dev.turnstile;

import org.jspecify.annotations.Nullable;

/**
 * The state and the counts of a {@link Turnstile} at one instant. They add up: {@code accepted} is the sum of {@code
 * completed}, {@code failed}, {@code cancelled}, {@code expired}, {@code refused}, {@code pending} and {@code running}.
 */
public final class TurnstileStats {
    private final Values values;

    TurnstileStats(Values values) {
        this.values = values;
    }

    record Values(
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
            long notAdmitted,
            TurnstileTimes times) {}

    /** {@return the number of places in the line} */
    public int capacity() {
        return values.capacity();
    }

    /** {@return callers outside, waiting for a place} */
    public int waiting() {
        return values.waiting();
    }

    /** {@return calls in the line, accepted and not yet started} */
    public int pending() {
        return values.pending();
    }

    /** {@return calls in a resource, also if their caller has given up: 0 or 1, or up to the number of instances in a pool} */
    public int running() {
        return values.running();
    }

    /** {@return calls that ever had a place} */
    public long accepted() {
        return values.accepted();
    }

    /** {@return calls that returned a result to their caller} */
    public long completed() {
        return values.completed();
    }

    /** {@return calls that threw} */
    public long failed() {
        return values.failed();
    }

    /** {@return calls given up by a cancel or an interrupt; one that was running counts when it has returned} */
    public long cancelled() {
        return values.cancelled();
    }

    /** {@return calls given up because their time limit passed; one that was running counts when it has returned} */
    public long expired() {
        return values.expired();
    }

    /** {@return accepted calls that were refused because the gate closed; one that was running counts when it has returned} */
    public long refused() {
        return values.refused();
    }

    /**
     * {@return callers that never had a place: the line was full and the caller did not want to wait, the caller gave up
     * outside, or the gate was closed}
     */
    public long notAdmitted() {
        return values.notAdmitted();
    }

    /** {@return how long calls wait and run} */
    public TurnstileTimes times() {
        return values.times();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TurnstileStats that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "TurnstileStats" + values.toString().substring("Values".length());
    }
}
