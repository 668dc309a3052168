package dev.turnstile;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state and the counts of one instance of a gate's resource at one instant. Summed over all instances, including removed ones, {@code returned} and
 * {@code ran} equal the totals in {@link TurnstileTimes}.
 */
public final class InstanceStats {
    private final Values values;

    InstanceStats(Values values) {
        this.values = values;
    }

    record Values(
            int number,
            InstanceState state,
            int running,
            int pending,
            Duration inFlight,
            long returned,
            Duration ran,
            long restarts,
            @Nullable Throwable lostBy,
            Optional<InstanceProcess> process) {}

    /** {@return the number of the instance, from 1 on; a replacement keeps it} */
    public int number() {
        return values.number();
    }

    /** {@return what it is doing} */
    public InstanceState state() {
        return values.state();
    }

    /** {@return 1 while a call is in the resource, also if its caller has given up; otherwise 0} */
    public int running() {
        return values.running();
    }

    /** {@return calls in the line that this instance alone may run} */
    public int pending() {
        return values.pending();
    }

    /** {@return how long the running call has been in the resource; 0 if there is none} */
    public Duration inFlight() {
        return values.inFlight();
    }

    /** {@return calls that have returned or thrown here} */
    public long returned() {
        return values.returned();
    }

    /** {@return how long the returned calls were in the resource, in all} */
    public Duration ran() {
        return values.ran();
    }

    /** {@return how often a lost resource has been replaced here} */
    public long restarts() {
        return values.restarts();
    }

    /** {@return why the resource was lost, until it is replaced; {@code null} if it is not lost. If nothing replaces it, the state is still SERVING} */
    public @Nullable Throwable lostBy() {
        return values.lostBy();
    }

    /** {@return the process that the resource runs in; empty if it is this one, or if the resource is lost} */
    public Optional<InstanceProcess> process() {
        return values.process();
    }

    /** Returns the same with what the system says of a process. */
    InstanceStats inProcess(long pid) {
        return new InstanceStats(new Values(
                number(),
                state(),
                running(),
                pending(),
                inFlight(),
                returned(),
                ran(),
                restarts(),
                lostBy(),
                Optional.of(InstanceProcess.look(pid))));
    }

    /**
     * Replaces the exception of {@link #lostBy()}.
     *
     * @param other the new exception, such as the one that callers get instead
     * @return the changed stats
     */
    public InstanceStats withLostBy(Throwable other) {
        return new InstanceStats(new Values(
                number(), state(), running(), pending(), inFlight(), returned(), ran(), restarts(), other, process()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof InstanceStats that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Returns all values; does not throw even if the exception's own methods throw. */
    @Override
    public String toString() {
        Throwable lostBy = lostBy();
        return "InstanceStats[number=" + number() + ", state=" + state() + ", running=" + running() + ", pending="
                + pending() + ", inFlight=" + inFlight() + ", returned=" + returned() + ", ran=" + ran()
                + ", restarts=" + restarts() + ", lostBy=" + (lostBy == null ? null : GateLog.describe(lostBy))
                + ", process="
                + process() + "]";
    }
}
