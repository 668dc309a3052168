package dev.turnstile;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What closing a {@link Turnstile} did, counted from when it began to close until this report was made. */
public final class CloseReport {
    private final Values values;

    CloseReport(Values values) {
        this.values = values;
    }

    record Values(
            long drained,
            long refused,
            long notAdmitted,
            int abandoned,
            Duration elapsed,
            boolean resourceClosed,
            @Nullable Throwable closeFailure) {}

    /** {@return calls in the line, or running, that were run to their end for their callers} */
    public long drained() {
        return values.drained();
    }

    /** {@return calls in the line that were refused because the limit passed; they never reached the resource} */
    public long refused() {
        return values.refused();
    }

    /** {@return callers that waited for a place and were refused} */
    public long notAdmitted() {
        return values.notAdmitted();
    }

    /**
     * {@return calls that were still running when the limit passed, at most one for each instance. Their callers were told,
     * unless they had given up before; the resource stays open until the call returns}
     */
    public int abandoned() {
        return values.abandoned();
    }

    /** {@return the time since closing began} */
    public Duration elapsed() {
        return values.elapsed();
    }

    /** {@return whether the resource has been closed (or closing it was tried and failed) and the worker ended} */
    public boolean resourceClosed() {
        return values.resourceClosed();
    }

    /** {@return what the resource's closer threw, such as that a plugin did not stop properly; or {@code null}} */
    public @Nullable Throwable closeFailure() {
        return values.closeFailure();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CloseReport that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "CloseReport" + values.toString().substring("Values".length());
    }
}
