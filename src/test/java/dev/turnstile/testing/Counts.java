package dev.turnstile.testing;

import dev.turnstile.MadeStats;
import dev.turnstile.TurnstileStats;

/** The part of a gate's stats that a model can foretell. */
public final class Counts {
    private Counts() {}

    /** Returns the same counts without times. */
    public static TurnstileStats of(TurnstileStats stats) {
        return MadeStats.of(
                stats.capacity(),
                stats.waiting(),
                stats.pending(),
                stats.running(),
                stats.accepted(),
                stats.completed(),
                stats.failed(),
                stats.cancelled(),
                stats.expired(),
                stats.refused(),
                stats.notAdmitted());
    }
}
