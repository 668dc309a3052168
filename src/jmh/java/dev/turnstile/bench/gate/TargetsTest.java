package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        assertTrue(targets.size() > 20);
        assertEquals(
                List.of(),
                targets.stream()
                        .filter(target -> target.verdict() != Target.Verdict.MISSED)
                        .toList());
    }

    /** Just what is to be reached, or by a factor worse. */
    private static List<Sample> figures(double worse) {
        return List.of(
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
                sample("TURNSTILE", Measure.HEAP_PER_CALLER, 100_000, 1_300 * worse),
                sample("TURNSTILE", Measure.ANSWERED, 1_000_000, 1_000_000 / worse),
                sample("TURNSTILE", Measure.IDLE_THREADS_NANOS, 10, 4e6 + 3e8 * (worse - 1)),
                sample("TURNSTILE", Measure.CANCEL_SHUFFLED_NANOS, 100_000, 1e9 * worse),
                sample("TURNSTILE", Measure.NANOS_BY_CALLERS, 1_000, 1_000),
                sample("TURNSTILE", Measure.NANOS_BY_CALLERS, 1_000_000, 1_990 * Math.pow(worse, 10)),
                sample("TURNSTILE", Measure.NANOS_BY_PAYLOAD, 8_192, 1_000),
                sample("TURNSTILE", Measure.NANOS_BY_PAYLOAD, 8_192_000, 1_990_000 * Math.pow(worse, 10)),
                sample("TURNSTILE", Measure.NANOS_BY_CAPACITY, 1, 1),
                sample("TURNSTILE", Measure.NANOS_BY_CAPACITY, 100_000, 316_000 * Math.pow(worse, 10)));
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
