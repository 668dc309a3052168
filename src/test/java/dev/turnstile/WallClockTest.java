package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WallClockTest {
    /** The two clocks are not read at the same instant. */
    private static final Duration BETWEEN = Duration.ofSeconds(5);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 60, 100_000})
    void instant_isAsLongAgo_asTheCallCame_howeverLongItTook(long secondsAgo) {
        Duration ago = Duration.ofSeconds(secondsAgo);
        for (Duration took : new Duration[] {Duration.ZERO, ago.dividedBy(2), ago}) {
            Instant before = Instant.now();
            long began = System.nanoTime() - ago.toNanos();
            Instant found = WallClock.at(began, began + took.toNanos());
            Instant after = Instant.now();
            assertTrue(found.plus(ago).isAfter(before.minus(BETWEEN)), () -> found + " is too early");
            assertTrue(found.plus(ago).isBefore(after.plus(BETWEEN)), () -> found + " is too late");
        }
    }
}
