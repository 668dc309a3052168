package dev.turnstile.bench.gate;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured.
 *
 * @param isQuick whether it is the short form
 * @param rounds how often all contestants take their turn, each time in a new JVM
 * @param contestants who takes part
 * @param waiting who of them is looked at while callers wait, and while nobody calls
 * @param warmUpAtLeast how long a contestant is used before
 * @param warmUpAtMost the same, if the compiler does not become quiet
 * @param settle how long a load runs before it is looked at
 * @param window how long it is looked at
 * @param idle how long an idle gate is looked at
 * @param growingStep by which factor callers and places grow from one measurement to the next
 * @param largestPayload in bytes
 * @param swaps how often a plugin is swapped under load; each loads copies that stay mapped until the JVM ends
 * @param panics how often a plugin panics under load
 */
record Extent(
        boolean isQuick,
        int rounds,
        List<Contestant> contestants,
        List<Contestant> waiting,
        Duration warmUpAtLeast,
        Duration warmUpAtMost,
        Duration settle,
        Duration window,
        Duration idle,
        int growingStep,
        int largestPayload,
        int swaps,
        int panics) {
    static final String QUICK = "--quick";

    /** Of the closed loop. */
    static final List<Integer> CALLERS = List.of(1, 16, 1_000, 10_000, 100_000);

    static Extent full() {
        return new Extent(
                false,
                3,
                List.of(Contestant.values()),
                List.of(Contestant.TURNSTILE, Contestant.TUTORIAL, Contestant.EXECUTOR),
                Duration.ofSeconds(3),
                Duration.ofSeconds(9),
                Duration.ofMillis(500),
                Duration.ofMillis(1_500),
                Duration.ofSeconds(10),
                10,
                16 << 20,
                1_000,
                100);
    }

    static Extent quick() {
        return new Extent(
                true,
                2,
                List.of(Contestant.DIRECT, Contestant.TURNSTILE, Contestant.TUTORIAL, Contestant.EXECUTOR),
                List.of(Contestant.TURNSTILE),
                Duration.ofMillis(1_200),
                Duration.ofSeconds(6),
                Duration.ofMillis(200),
                Duration.ofMillis(400),
                Duration.ofSeconds(3),
                1_000,
                1 << 20,
                50,
                10);
    }

    static Extent of(List<String> arguments) {
        return arguments.contains(QUICK) ? quick() : full();
    }

    WarmUp warmUp() {
        return new WarmUp(warmUpAtLeast, warmUpAtMost);
    }
}
