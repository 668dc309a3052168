package dev.turnstile.bench.gate;

import java.time.Duration;

/**
 * Uses an entrance, in bursts, until the compiler has become quiet. That says something only in a JVM that compiles in the
 * foreground, as those of {@link Child} do: elsewhere a compiler that starves is quiet, too.
 */
final class WarmUp {
    private static final int[] CALLERS = {1, 16, 1_000};
    private static final Duration BURST = Duration.ofMillis(150);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** Of the time, what the compiler may take in a quiet round. */
    private static final double QUIET = 0.05;

    private final Duration atLeast;
    private final Duration atMost;

    WarmUp(Duration atLeast, Duration atMost) {
        this.atLeast = atLeast;
        this.atMost = atMost;
    }

    /** For what is warm but for a detail. */
    WarmUp brief() {
        return new WarmUp(atLeast.dividedBy(4), atMost.dividedBy(4));
    }

    void of(Entrance entrance) throws Exception {
        repeat(() -> {
            for (int callers : CALLERS) {
                new ClosedLoop(entrance, callers).run(Duration.ZERO, BURST);
                Pause.of(PAUSE);
            }
        });
    }

    /** Repeats a round until it is warm. */
    void repeat(Round round) throws Exception {
        long begun = System.nanoTime();
        long nanos;
        boolean quiet;
        do {
            Costs before = Costs.soFar();
            round.run();
            quiet = Costs.soFar().minus(before).compilingShare() < QUIET;
            nanos = System.nanoTime() - begun;
        } while (nanos < atLeast.toNanos() || (!quiet && nanos < atMost.toNanos()));
    }

    @FunctionalInterface
    interface Round {
        void run() throws Exception;
    }
}
