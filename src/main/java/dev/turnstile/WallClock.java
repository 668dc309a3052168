package dev.turnstile;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Translates {@link System#nanoTime()} into instants of the system's clock, without reading that each time: a reading takes longer than all else of a report. */
final class WallClock {
    /** A clock that was set is noticed after that. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private record Reading(long nanos, Instant instant) {
        static Reading now() {
            return new Reading(System.nanoTime(), Instant.now());
        }

        Instant at(long time) {
            return instant.plusNanos(time - nanos);
        }
    }

    private static volatile Reading latest = Reading.now();

    private WallClock() {}

    /**
     * Tells when something began.
     *
     * @param began when that was, by {@link System#nanoTime()}
     * @param ended when it ended, which is in the past
     */
    static Instant at(long began, long ended) {
        Reading reading = latest;
        if (ended - reading.nanos > FRESH_NANOS) {
            reading = Reading.now();
            latest = reading;
        }
        return reading.at(began);
    }
}
