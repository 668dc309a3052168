package dev.turnstile.bench.gate;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much is measured.
 *
 * @param isQuick whether it is the short form
 * @param rounds how often all contestants take their turn, each time in a new JVM
 * @param contestants who takes part in the load
 * @param waiting who of them is looked at while callers wait, and while nobody calls
 * @param warmUpAtLeast how long a contestant is used before
 * @param warmUpAtMost the same, if the compiler does not become quiet
 * @param settle how long a load runs before it is looked at
 * @param window how long it is looked at
 * @param crowds how many callers make calls of a set length at once
 * @param observedWindows how often callers under an observer are looked at, in each JVM
 * @param idle how long an idle gate is looked at
 * @param growingStep by which factor callers and places grow from one measurement to the next
 * @param largestPayload in bytes
 * @param swaps how often a plugin is swapped under load; each loads copies that stay mapped until the JVM ends
 * @param panics how often a plugin panics under load
 * @param crashes how often the process of a plugin crashes under load
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
        List<Integer> crowds,
        int observedWindows,
        Duration idle,
        int growingStep,
        int largestPayload,
        int swaps,
        int panics,
        int crashes) {
    static final String QUICK = "--quick";

    /** Of the closed loop. */
    static final List<Integer> CALLERS = List.of(1, 4, 16, 64, 256, 1_000, 10_000, 100_000);

    /** Of those whom no target has at other numbers: each one more takes some two seconds of each round. */
    private static final List<Integer> FEW_CALLERS = List.of(1, 1_000);

    /** Who makes calls of a set length. */
    static final List<Contestant> WITH_LENGTHS =
            List.of(Contestant.DIRECT, Contestant.TURNSTILE, Contestant.EXECUTOR, Contestant.TURNSTILE_POOL_OF_2);

    /** How many callers the observers look at. */
    static final int OBSERVED_CALLERS = 1_000;

    static Extent full() {
        return new Extent(
                false,
                3,
                Stream.of(Contestant.values())
                        .filter(contestant -> !Contestant.OBSERVED.contains(contestant))
                        .filter(contestant -> contestant != Contestant.TURNSTILE_POOL_OF_2)
                        .toList(),
                List.of(Contestant.TURNSTILE, Contestant.TUTORIAL, Contestant.EXECUTOR),
                Duration.ofSeconds(3),
                Duration.ofSeconds(9),
                Duration.ofMillis(500),
                Duration.ofMillis(1_500),
                List.of(16, 3_000),
                2,
                Duration.ofSeconds(10),
                10,
                16 << 20,
                1_000,
                100,
                10);
    }

    static Extent quick() {
        return new Extent(
                true,
                2,
                List.of(
                        Contestant.DIRECT,
                        Contestant.BARE,
                        Contestant.TURNSTILE,
                        Contestant.TUTORIAL,
                        Contestant.EXECUTOR,
                        Contestant.SEMAPHORE),
                List.of(Contestant.TURNSTILE),
                Duration.ofMillis(1_200),
                Duration.ofSeconds(6),
                Duration.ofMillis(200),
                Duration.ofMillis(400),
                List.of(16),
                2,
                Duration.ofSeconds(3),
                1_000,
                1 << 20,
                50,
                10,
                3);
    }

    static Extent of(List<String> arguments) {
        return arguments.contains(QUICK) ? quick() : full();
    }

    /** How many callers a contestant is measured with. */
    static List<Integer> callers(Contestant contestant) {
        return contestant == Contestant.TURNSTILE || Contestant.PEERS.contains(contestant) ? CALLERS : FEW_CALLERS;
    }

    WarmUp warmUp() {
        return new WarmUp(warmUpAtLeast, warmUpAtMost);
    }
}
