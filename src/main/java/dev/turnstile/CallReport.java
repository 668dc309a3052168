package dev.turnstile;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What became of one call. A call that was given up while it ran is reported, and counted, when it has returned. */
public final class CallReport {
    private final Values values;

    CallReport(Values values) {
        this.values = values;
    }

    record Values(
            @Nullable String tag,
            CallOutcome outcome,
            boolean accepted,
            boolean started,
            Instant arrivedAt,
            int instance,
            Duration waited,
            Duration ran,
            long requestSize,
            long responseSize,
            @Nullable Throwable failure) {}

    /** {@return the {@link Action#tag()}; {@code null} if there is none} */
    public @Nullable String tag() {
        return values.tag();
    }

    /** {@return how it ended} */
    public CallOutcome outcome() {
        return values.outcome();
    }

    /** {@return whether it ever had a place; if not, {@link TurnstileStats#notAdmitted()} counts it} */
    public boolean accepted() {
        return values.accepted();
    }

    /** {@return whether the resource ever began it} */
    public boolean started() {
        return values.started();
    }

    /**
     * {@return when it came, by the system's clock} It is worked out afterwards, from the clock and from how long ago the call came: if the clock was set
     * meanwhile, it is as if it had been set before.
     */
    public Instant arrivedAt() {
        return values.arrivedAt();
    }

    /** {@return the {@linkplain InstanceStats#number() number} of the instance that ran it; 0 if none did} */
    public int instance() {
        return values.instance();
    }

    /** {@return the time from its coming until it was started, or until it ended without starting} */
    public Duration waited() {
        return values.waited();
    }

    /** {@return how long it was in the resource; zero if it never was} */
    public Duration ran() {
        return values.ran();
    }

    /** {@return the {@link Action#requestSize()} in bytes; -1 if unknown} */
    public long requestSize() {
        return values.requestSize();
    }

    /** {@return the {@link Action#responseSize} in bytes; -1 if unknown or if there was no result} */
    public long responseSize() {
        return values.responseSize();
    }

    /** {@return what the caller got, if the call {@linkplain CallOutcome#FAILED failed}; otherwise {@code null}} */
    public @Nullable Throwable failure() {
        return values.failure();
    }

    /**
     * Replaces the failure.
     *
     * @param other the exception that the caller got
     * @return the changed report
     */
    public CallReport withFailure(Throwable other) {
        return new CallReport(new Values(
                tag(),
                outcome(),
                accepted(),
                started(),
                arrivedAt(),
                instance(),
                waited(),
                ran(),
                requestSize(),
                responseSize(),
                other));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CallReport that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "CallReport" + values.toString().substring("Values".length());
    }
}
