package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the report says of a figure. */
class TargetsTest {
    @Test
    void atMost_atTheLimit_isReached() {
        assertEquals(Target.Verdict.REACHED, atMost(2).verdict());
        assertEquals(Target.Verdict.MISSED, atMost(2.001).verdict());
    }

    @Test
    void atLeast_atTheLimit_isReached() {
        assertEquals(Target.Verdict.REACHED, atLeast(2).verdict());
        assertEquals(Target.Verdict.MISSED, atLeast(1.999).verdict());
    }

    @Test
    void verdict_ofSeveralRounds_isThatOfTheMedian() {
        assertEquals(
                Target.Verdict.REACHED,
                Target.atMost("", Unit.RATIO, 2, Optional.of(Spread.of(1, 2, 99)))
                        .verdict());
    }

    @Test
    void verdict_ofWhatWasNotMeasured_saysSo() {
        assertEquals(
                Set.of(Target.Verdict.NOT_MEASURED),
                new Targets(new Samples(List.of()))
                        .list().stream().map(Target::verdict).collect(Collectors.toSet()));
    }

    @Test
    void verdict_onAFigureThatIsNotFinite_isNotMeasured() {
        for (Spread none : List.of(
                Spread.of(0).map(zero -> 1 / zero),
                Spread.of(0).map(zero -> -1 / zero),
                Spread.of(0).map(zero -> 0 / zero))) {
            assertEquals(
                    Target.Verdict.NOT_MEASURED,
                    Target.atMost("", Unit.RATIO, 2, Optional.of(none)).verdict());
            assertEquals(
                    Target.Verdict.NOT_MEASURED,
                    Target.atLeast("", Unit.RATIO, 2, Optional.of(none)).verdict());
        }
    }

    @Test
    void verdicts_ofFiguresThatAreGoodEnough_areAllReached() {
        List<Target> targets = new Targets(new Samples(figures(1))).list();
        assertEquals(
                List.of(),
                targets.stream()
                        .filter(target -> target.verdict() != Target.Verdict.REACHED)
                        .toList());
    }

    @Test
    void verdicts_ofFiguresThatAreAllWorse_areAllMissed() {
        List<Target> targets = new Targets(new Samples(figures(1.02))).list();
        assertTrue(targets.size() > 60);
        assertEquals(
                List.of(),
                targets.stream()
                        .filter(target -> target.verdict() != Target.Verdict.MISSED)
                        .toList());
    }

    @Test
    void targets_ofCalls_areThereForEachNumberOfCallersAndEachLength() {
        List<String> what = new Targets(new Samples(List.of()))
                .list().stream().map(Target::what).toList();
        for (String start : List.of(
                "4 callers, throughput / the best of",
                "16 callers, throughput / the best of",
                "64 callers, throughput / the best of",
                "256 callers, throughput / the best of",
                "1,000 callers, throughput / bare queue",
                "10,000 callers, throughput / bare queue",
                "100,000 callers, throughput / bare queue",
                "lone caller, calls of 5 µs, p50 over the direct call",
                "lone caller, calls of 20 µs, p50 over the direct call",
                "lone caller, calls of 100 µs, p50 over the direct call",
                "lone caller, once a millisecond, p50 / executor",
                "calls of 20 µs, 16 callers, throughput / executor",
                "calls of 20 µs, 3,000 callers, throughput / executor",
                "calls of 2 ms, 16 callers, throughput / executor",
                "calls of 2 ms, 3,000 callers, throughput / executor",
                "calls of 20 µs, 16 callers, throughput of a pool of 2 / one instance",
                "calls of 20 µs, 3,000 callers, throughput of a pool of 2 / one instance",
                "1,000 callers, throughput: JFR's default settings / the same without our event",
                "1,000 callers, throughput: every call recorded / unobserved",
                "1,000 callers, throughput: a listener / unobserved",
                "1,000 callers, throughput: Micrometer's timers / unobserved",
                "`tryCall` on a full line, a refusal",
                "`trySubmit` on a full line, a refusal")) {
            assertEquals(1, what.stream().filter(text -> text.startsWith(start)).count(), () -> start + " in " + what);
        }
    }

    @Test
    void verdict_besideTheBestOfSeveral_needsThemAll() {
        for (String peer : List.of("BARE", "TUTORIAL", "EXECUTOR", "SEMAPHORE")) {
            List<Sample> figures = new ArrayList<>(figures(1));
            figures.removeIf(figure -> figure.subject().equals(peer) && figure.at() == 64);
            assertEquals(
                    List.of("64 callers, throughput / the best of bare queue, tutorial, executor, semaphore"),
                    new Targets(new Samples(figures))
                            .list().stream()
                                    .filter(target -> target.verdict() == Target.Verdict.NOT_MEASURED)
                                    .map(Target::what)
                                    .filter(what -> !what.startsWith("the same"))
                                    .toList());
        }
    }

    @Test
    void verdict_onCallsThatSleep_overlooksLessThanAHundredth() {
        List<Sample> figures = new ArrayList<>(figures(1));
        figures.removeIf(figure -> figure.subject().equals("TURNSTILE.SLEEP_2_MS"));
        figures.add(sample("TURNSTILE.SLEEP_2_MS", Measure.LENGTH_CALLS_PER_SECOND, 16, 499));
        figures.add(sample("TURNSTILE.SLEEP_2_MS", Measure.LENGTH_CALLS_PER_SECOND, 3_000, 495));
        List<Target> targets = new Targets(new Samples(figures)).list();
        assertEquals(Target.Verdict.REACHED, verdict(targets, "calls of 2 ms, 16 callers, throughput / executor"));
        assertEquals(Target.Verdict.MISSED, verdict(targets, "calls of 2 ms, 3,000 callers, throughput / executor"));
    }

    private static Target.Verdict verdict(List<Target> targets, String what) {
        return targets.stream()
                .filter(target -> target.what().equals(what))
                .findFirst()
                .orElseThrow()
                .verdict();
    }

    /** Just what is to be reached, or by a factor worse. */
    private static List<Sample> figures(double worse) {
        List<Sample> figures = new ArrayList<>(List.of(
                sample("DIRECT", Measure.P50_NANOS, 1, 500),
                sample("TURNSTILE", Measure.P50_NANOS, 1, 500 + 2_000 * worse),
                sample("TUTORIAL", Measure.P50_NANOS, 1, 2_500 * 25),
                sample("DIRECT", Measure.CALLS_PER_SECOND, 1, 100_000),
                sample("TURNSTILE", Measure.CALLS_PER_SECOND, 1_000, 85_000 / worse),
                sample("TUTORIAL", Measure.CALLS_PER_SECOND, 1_000, 17_000),
                sample("TURNSTILE", Measure.CALLS_PER_SECOND, 10_000, 70_000 / worse),
                sample("TURNSTILE", Measure.CALLS_PER_SECOND, 100_000, 55_000 / worse),
                sample("TURNSTILE", Measure.P50_NANOS, 10_000, 500),
                sample("TURNSTILE", Measure.P99_NANOS, 10_000, 1_000 * worse),
                sample("TURNSTILE", Measure.P50_NANOS, 100_000, 500),
                sample("TURNSTILE", Measure.P99_NANOS, 100_000, 1_000 * worse),
                sample("TURNSTILE", Measure.CPU_NANOS_PER_CALL, 1_000, 1_200 * worse),
                sample("c-host.text", Measure.BINDING_NANOS, 0, 300),
                sample("c-host.raw", Measure.BINDING_NANOS, 0, 200),
                sample("NativePluginBenchmark.text", Measure.BINDING_NANOS, 0, 300 + 110 * worse),
                sample("NativePluginBenchmark.text", Measure.BINDING_BYTES, 0, 140 * worse),
                sample("NativePluginBenchmark.rawInPlace", Measure.BINDING_NANOS, 0, 200 + 15 * worse),
                sample("NativePluginBenchmark.rawInPlace", Measure.BINDING_BYTES, 0, 0.01 + 100 * (worse - 1)),
                sample("NativePluginBenchmark.typed", Measure.BINDING_NANOS, 0, 500 * worse),
                sample("NativePluginBenchmark.typed", Measure.BINDING_BYTES, 0, 1_000 * worse),
                sample("RustbridgeBenchmark.typed", Measure.BINDING_NANOS, 0, 1_000),
                sample("RustbridgeBenchmark.typed", Measure.BINDING_BYTES, 0, 2_000),
                sample("BARE_PARK", Measure.HEAP_PER_CALLER, 100_000, 1_000),
                sample("TURNSTILE", Measure.HEAP_PER_CALLER, 100_000, 1_400 * worse),
                sample("TURNSTILE", Measure.ANSWERED, 1_000_000, 1_000_000 / worse),
                sample("TURNSTILE", Measure.IDLE_THREADS_NANOS, 10, 4e6 + 3e8 * (worse - 1)),
                sample("TURNSTILE", Measure.CANCEL_SHUFFLED_NANOS, 100_000, 1e9 * worse),
                sample("TURNSTILE", Measure.NANOS_BY_CALLERS, 1_000, 1_000),
                sample("TURNSTILE", Measure.NANOS_BY_CALLERS, 1_000_000, 1_990 * Math.pow(worse, 10)),
                sample("TURNSTILE", Measure.NANOS_BY_PAYLOAD, 8_192, 1_000),
                sample("TURNSTILE", Measure.NANOS_BY_PAYLOAD, 8_192_000, 1_990_000 * Math.pow(worse, 10)),
                sample("TURNSTILE", Measure.NANOS_BY_CAPACITY, 1, 1),
                sample("TURNSTILE", Measure.NANOS_BY_CAPACITY, 100_000, 316_000 * Math.pow(worse, 10)),
                sample("EMPTY", Measure.START_NANOS, 0, 50e6),
                sample("OPEN", Measure.START_NANOS, 0, 50e6 + 120e6 * worse),
                sample("INSPECT", Measure.START_NANOS, 0, 0.3e9 * worse),
                sample("CALL", Measure.START_NANOS, 0, 0.5e9 * worse)));
        for (long thread : List.of(FuturesProgram.PLATFORM, FuturesProgram.VIRTUAL)) {
            figures.addAll(List.of(
                    sample("SUBMIT", Measure.JOINED_PER_SECOND, thread, 100 / worse),
                    sample("SEMAPHORE", Measure.JOINED_PER_SECOND, thread, 100),
                    sample("SUBMIT_ALL", Measure.JOINED_PER_SECOND, thread, 120 / worse),
                    sample("EXECUTOR_ALL", Measure.JOINED_PER_SECOND, thread, 120),
                    sample("LOOP", Measure.JOINED_PER_SECOND, thread, 200),
                    sample("SUBMIT_STAGE", Measure.JOINED_PER_SECOND, thread, 80 / worse),
                    sample("EXECUTOR_STAGE", Measure.JOINED_PER_SECOND, thread, 100),
                    sample("FORKS", Measure.JOINED_PER_SECOND, thread, 170 / worse)));
        }
        addPeers(figures, worse);
        addLengths(figures, worse);
        addObserved(figures, worse);
        return figures;
    }

    /** Each peer is the best in something. */
    private static void addPeers(List<Sample> figures, double worse) {
        for (long callers : List.of(4, 16, 64, 256)) {
            figures.addAll(List.of(
                    sample("TURNSTILE", Measure.CALLS_PER_SECOND, callers, 100 / worse),
                    sample("TURNSTILE", Measure.CPU_NANOS_PER_CALL, callers, 100 * worse),
                    sample("TURNSTILE", Measure.P99_NANOS, callers, 100 * worse)));
            for (String peer : List.of("BARE", "TUTORIAL", "EXECUTOR", "SEMAPHORE")) {
                figures.addAll(List.of(
                        sample(peer, Measure.CALLS_PER_SECOND, callers, peer.equals("EXECUTOR") ? 100 : 50),
                        sample(peer, Measure.CPU_NANOS_PER_CALL, callers, peer.equals("SEMAPHORE") ? 100 : 200),
                        sample(peer, Measure.P99_NANOS, callers, peer.equals("BARE") ? 100 : 200)));
            }
        }
        figures.addAll(List.of(
                sample("BARE", Measure.CALLS_PER_SECOND, 1_000, 89_473),
                sample("BARE", Measure.CALLS_PER_SECOND, 10_000, 73_684),
                sample("BARE", Measure.CALLS_PER_SECOND, 100_000, 57_894),
                sample("TURNSTILE", Measure.SELDOM_P50_NANOS, 1, 90 * worse),
                sample("EXECUTOR", Measure.SELDOM_P50_NANOS, 1, 100)));
    }

    private static void addLengths(List<Sample> figures, double worse) {
        for (String length : List.of("SPIN_5", "SPIN_20", "SPIN_100")) {
            figures.addAll(List.of(
                    sample("DIRECT." + length, Measure.LENGTH_P50_NANOS, 1, 100_000),
                    sample("TURNSTILE." + length, Measure.LENGTH_P50_NANOS, 1, 100_000 + 5_000 * worse),
                    sample("TURNSTILE." + length, Measure.LENGTH_CPU_NANOS_PER_CALL, 1, 100 * worse),
                    sample("EXECUTOR." + length, Measure.LENGTH_CPU_NANOS_PER_CALL, 1, 100)));
        }
        for (long callers : List.of(16, 3_000)) {
            for (String length : List.of("SPIN_20", "SLEEP_2_MS")) {
                figures.addAll(List.of(
                        sample("TURNSTILE." + length, Measure.LENGTH_CALLS_PER_SECOND, callers, 500 / worse),
                        sample("TURNSTILE." + length, Measure.LENGTH_CPU_NANOS_PER_CALL, callers, 100 * worse),
                        sample("EXECUTOR." + length, Measure.LENGTH_CALLS_PER_SECOND, callers, 500),
                        sample("EXECUTOR." + length, Measure.LENGTH_CPU_NANOS_PER_CALL, callers, 100)));
            }
            // Worse than the single instance, which is worse itself.
            figures.add(sample(
                    "TURNSTILE_POOL_OF_2.SPIN_20", Measure.LENGTH_CALLS_PER_SECOND, callers, 900 / worse / worse));
        }
    }

    private static void addObserved(List<Sample> figures, double worse) {
        figures.addAll(List.of(
                sample("TURNSTILE", Measure.OBSERVED_CALLS_PER_SECOND, 1_000, 100),
                sample("TURNSTILE_JFR_WITHOUT", Measure.OBSERVED_CALLS_PER_SECOND, 1_000, 50),
                sample("TURNSTILE_JFR", Measure.OBSERVED_CALLS_PER_SECOND, 1_000, 48.5 / worse),
                sample("TURNSTILE_RECORDED", Measure.OBSERVED_CALLS_PER_SECOND, 1_000, 85 / worse),
                sample("TURNSTILE_LISTENED", Measure.OBSERVED_CALLS_PER_SECOND, 1_000, 85 / worse),
                sample("TURNSTILE_MICROMETER", Measure.OBSERVED_CALLS_PER_SECOND, 1_000, 80 / worse),
                sample("TURNSTILE", Measure.TRY_CALL_REFUSAL_NANOS, 100, 500 * worse),
                sample("TURNSTILE", Measure.TRY_SUBMIT_REFUSAL_NANOS, 100, 500 * worse)));
    }

    private static Sample sample(String subject, Measure measure, long at, double value) {
        return new Sample(subject, 0, measure, at, value);
    }

    private static Target atMost(double median) {
        return Target.atMost("", Unit.RATIO, 2, Optional.of(Spread.of(median)));
    }

    private static Target atLeast(double median) {
        return Target.atLeast("", Unit.RATIO, 2, Optional.of(Spread.of(median)));
    }
}
