package dev.turnstile;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of the calls of a {@link Line}. Used only under the line's monitor. */
final class Ledger {
    private final Map<CallState, Long> ends = new EnumMap<>(CallState.class);
    private long accepted;
    private long turnedAway;

    private long closingSince;
    private long ranBeforeClosing;
    private long turnedAwayBeforeClosing;
    private long refusedByClosing;
    private int abandonedByClosing;
    private @Nullable Throwable closeFailure;

    void accepted() {
        accepted++;
    }

    void turnedAway() {
        turnedAway++;
    }

    void ended(CallState end) {
        ends.merge(end, 1L, Long::sum);
    }

    void closingBegins() {
        closingSince = System.nanoTime();
        ranBeforeClosing = ran();
        turnedAwayBeforeClosing = turnedAway;
    }

    void refusedByClosing() {
        ended(CallState.REFUSED);
        refusedByClosing++;
    }

    void abandonedByClosing() {
        abandonedByClosing++;
    }

    void closeFailed(@Nullable Throwable failure) {
        closeFailure = failure;
    }

    TurnstileStats stats(int capacity, int waiting, int pending, int running) {
        return new TurnstileStats(
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
                turnedAway);
    }

    CloseReport closeReport(boolean resourceClosed) {
        return new CloseReport(
                ran() - ranBeforeClosing,
                refusedByClosing,
                turnedAway - turnedAwayBeforeClosing,
                abandonedByClosing,
                Duration.ofNanos(System.nanoTime() - closingSince),
                resourceClosed,
                closeFailure);
    }

    private long ran() {
        return count(CallState.COMPLETED) + count(CallState.FAILED);
    }

    private long count(CallState end) {
        return ends.getOrDefault(end, 0L);
    }
}
