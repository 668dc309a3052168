package dev.turnstile;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of the calls of a {@link Line}. Guarded by the {@link Monitor}. Counting needs no memory: a count
 * that fails halfway would leave a call that has ended but whose caller is not told.
 */
final class CallCounts {
    private final Map<CallState, Count> ends = new EnumMap<>(CallState.class);
    private long accepted;
    private long notAdmitted;
    private long started;
    private long waitNanos;
    private long returned;
    private long runNanos;

    private long closingSince;
    private long ranBeforeClosing;
    private long notAdmittedBeforeClosing;
    private long refusedByClosing;
    private int abandonedByClosing;
    private @Nullable Throwable closeFailure;

    private static final class Count {
        private long value;
    }

    CallCounts() {
        for (CallState state : CallState.values()) {
            ends.put(state, new Count());
        }
    }

    void accepted() {
        accepted++;
    }

    void notAdmitted() {
        notAdmitted++;
    }

    void started(long waited) {
        started++;
        waitNanos += waited;
    }

    void returned(long ran) {
        returned++;
        runNanos += ran;
    }

    void ended(CallState end) {
        counter(end).value++;
    }

    void closingBegins() {
        closingSince = System.nanoTime();
        ranBeforeClosing = ran();
        notAdmittedBeforeClosing = notAdmitted;
    }

    void refusedByClosing() {
        refusedByClosing++;
    }

    void abandonedByClosing() {
        abandonedByClosing++;
    }

    void closeFailed(@Nullable Throwable failure) {
        closeFailure = failure;
    }

    TurnstileStats stats(
            int capacity, int waiting, int pending, int running, long inFlightNanos, long oldestWaitNanos) {
        return new TurnstileStats(new TurnstileStats.Values(
                capacity,
                waiting,
                pending,
                running,
                accepted,
                count(CallState.COMPLETED),
                count(CallState.FAILED),
                count(CallState.CANCELLED),
                count(CallState.EXPIRED),
                count(CallState.REFUSED),
                notAdmitted,
                new TurnstileTimes(new TurnstileTimes.Values(
                        Duration.ofNanos(inFlightNanos),
                        Duration.ofNanos(oldestWaitNanos),
                        started,
                        Duration.ofNanos(waitNanos),
                        returned,
                        Duration.ofNanos(runNanos)))));
    }

    CloseReport closeReport(boolean resourceClosed) {
        return new CloseReport(new CloseReport.Values(
                ran() - ranBeforeClosing,
                refusedByClosing,
                notAdmitted - notAdmittedBeforeClosing,
                abandonedByClosing,
                Duration.ofNanos(System.nanoTime() - closingSince),
                resourceClosed,
                closeFailure));
    }

    private long ran() {
        return count(CallState.COMPLETED) + count(CallState.FAILED);
    }

    private long count(CallState end) {
        return counter(end).value;
    }

    private Count counter(CallState end) {
        return Objects.requireNonNull(ends.get(end));
    }
}
