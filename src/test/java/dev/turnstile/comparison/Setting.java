package dev.turnstile.comparison;

import java.time.Duration;

/**
 * How large the scenarios are and how long one waits before one calls a caller lost.
 *
 * @param patience how long after everything was set free
 * @param underCall how long a close may try while a call does not return; longer than any contender's own limit
 * @param races how often what is a race is tried
 * @param crowd how many calls stand in the long lines
 */
record Setting(Duration patience, Duration underCall, int races, int crowd) {
    static Setting full() {
        return new Setting(Duration.ofSeconds(3), Duration.ofSeconds(8), 150, 10_000);
    }

    static Setting quick() {
        return new Setting(Duration.ofSeconds(1), Duration.ofSeconds(7), 20, 1_000);
    }
}
