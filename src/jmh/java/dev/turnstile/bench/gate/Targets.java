package dev.turnstile.bench.gate;

import static dev.turnstile.bench.gate.Contestant.DIRECT;
import static dev.turnstile.bench.gate.Contestant.TURNSTILE;
import static dev.turnstile.bench.gate.Contestant.TUTORIAL;
import static dev.turnstile.bench.gate.Measure.BINDING_BYTES;
import static dev.turnstile.bench.gate.Measure.BINDING_NANOS;
import static dev.turnstile.bench.gate.Measure.CALLS_PER_SECOND;
import static dev.turnstile.bench.gate.Measure.P50_NANOS;
import static dev.turnstile.bench.gate.Measure.P99_NANOS;

import dev.turnstile.bench.gate.Samples.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Turnstile is to reach, held against the figures of one run. */
final class Targets {
    private static final String HOST = "c-host.";
    private static final String OURS = "NativePluginBenchmark.";
    private static final String RUSTBRIDGE = "RustbridgeBenchmark.";

    /** The exponent of what grows linearly, with a tenth for what caches do. */
    private static final double LINEAR = 1.1;

    private final Samples samples;

    Targets(Samples samples) {
        this.samples = samples;
    }

    List<Target> list() {
        List<Target> targets = new ArrayList<>();
        addGate(targets);
        addBinding(targets);
        addWaiting(targets);
        addGrowth(targets);
        return targets;
    }

    private void addGate(List<Target> targets) {
        Figure lone = new Figure(TURNSTILE, P50_NANOS, 1);
        targets.add(Target.atMost(
                "lone caller, round trip, p50, over the direct call",
                Unit.NANOS,
                2_000,
                samples.relation(lone, new Figure(DIRECT, P50_NANOS, 1), (gate, direct) -> gate - direct)));
        targets.add(Target.atLeast(
                "the same: tutorial / Turnstile",
                Unit.RATIO,
                25,
                samples.ratio(new Figure(TUTORIAL, P50_NANOS, 1), lone)));
        Figure ceiling = new Figure(DIRECT, CALLS_PER_SECOND, 1);
        Figure thousand = new Figure(TURNSTILE, CALLS_PER_SECOND, 1_000);
        targets.add(Target.atLeast(
                "1,000 callers, throughput / one thread in a loop",
                Unit.PERCENT,
                0.85,
                samples.ratio(thousand, ceiling)));
        targets.add(Target.atLeast(
                "1,000 callers, throughput / tutorial",
                Unit.RATIO,
                5,
                samples.ratio(thousand, new Figure(TUTORIAL, CALLS_PER_SECOND, 1_000))));
        targets.add(Target.atLeast(
                "10,000 callers, throughput / one thread in a loop",
                Unit.PERCENT,
                0.70,
                samples.ratio(new Figure(TURNSTILE, CALLS_PER_SECOND, 10_000), ceiling)));
        targets.add(Target.atLeast(
                "100,000 callers, throughput / one thread in a loop",
                Unit.PERCENT,
                0.55,
                samples.ratio(new Figure(TURNSTILE, CALLS_PER_SECOND, 100_000), ceiling)));
        targets.add(Target.atMost("10,000 callers, p99 / p50", Unit.RATIO, 2, unevenness(10_000)));
        targets.add(Target.atMost("100,000 callers, p99 / p50", Unit.RATIO, 2, unevenness(100_000)));
        targets.add(Target.atMost(
                "CPU for each call at 1,000 callers",
                Unit.NANOS,
                1_200,
                samples.spread(TURNSTILE, Measure.CPU_NANOS_PER_CALL, 1_000)));
    }

    private Optional<Spread> unevenness(int callers) {
        return samples.ratio(new Figure(TURNSTILE, P99_NANOS, callers), new Figure(TURNSTILE, P50_NANOS, callers));
    }

    private void addBinding(List<Target> targets) {
        targets.add(Target.atMost(
                "`NativePlugin`, text call, over the host in C", Unit.NANOS, 110, overHost("text", "text")));
        targets.add(Target.atMost("the same, allocated", Unit.BYTES, 140, bytes("text")));
        targets.add(Target.atMost("raw call, over the host in C", Unit.NANOS, 15, overHost("rawInPlace", "raw")));
        targets.add(Target.atMost("the same, allocated", Unit.BYTES, 0, bytes("rawInPlace")));
        targets.add(Target.atMost(
                "typed call, time / rustbridge's", Unit.RATIO, 0.5, toRustbridge("typed", BINDING_NANOS)));
        targets.add(Target.atMost(
                "typed call, allocated / rustbridge's", Unit.RATIO, 0.5, toRustbridge("typed", BINDING_BYTES)));
    }

    private Optional<Spread> overHost(String ours, String hosts) {
        Optional<Spread> host = samples.spread(HOST + hosts, BINDING_NANOS, 0);
        return samples.spread(OURS + ours, BINDING_NANOS, 0)
                .flatMap(java -> host.map(c -> java.map(nanos -> nanos - c.median())));
    }

    private Optional<Spread> bytes(String ours) {
        // JMH's division leaves a hundredth of a byte where nothing is allocated.
        return samples.spread(OURS + ours, BINDING_BYTES, 0).map(spread -> spread.map(Math::rint));
    }

    private Optional<Spread> toRustbridge(String call, Measure measure) {
        Optional<Spread> theirs = samples.spread(RUSTBRIDGE + call, measure, 0);
        return samples.spread(OURS + call, measure, 0)
                .flatMap(ours -> theirs.map(rustbridge -> ours.map(value -> value / rustbridge.median())));
    }

    private void addWaiting(List<Target> targets) {
        targets.add(Target.atMost(
                "heap of a blocked caller with its thread, 100,000 callers / bare park",
                Unit.RATIO,
                1.3,
                samples.ratio(
                        new Figure(TURNSTILE, Measure.HEAP_PER_CALLER, Bench.MANY),
                        new Figure(BlockedProgram.BARE_PARK, Measure.HEAP_PER_CALLER, Bench.MANY))));
        targets.add(Target.atLeast(
                "one million blocked callers in a heap of 1 GiB, all answered in the end",
                Unit.COUNT,
                Bench.MILLION,
                samples.spread(TURNSTILE, Measure.ANSWERED, Bench.MILLION)));
        samples.valuesOfAt(Measure.IDLE_THREADS_NANOS)
                .forEach(seconds -> targets.add(Target.atMost(
                        "idle gate, CPU over " + seconds + " s, of one core",
                        Unit.PERCENT,
                        0,
                        samples.spread(TURNSTILE, Measure.IDLE_THREADS_NANOS, seconds)
                                .map(spread -> spread.map(nanos -> roundedShare(nanos, seconds))))));
        targets.add(Target.atMost(
                "100,000 cancels of queued calls, shuffled",
                Unit.NANOS,
                1e9,
                samples.spread(TURNSTILE, Measure.CANCEL_SHUFFLED_NANOS, CancelProgram.CALLS)));
    }

    private void addGrowth(List<Target> targets) {
        targets.add(Target.atMost(
                "growth of all calls' time with callers, 1,000 to 1,000,000, exponent",
                Unit.RATIO,
                LINEAR,
                exponent(Measure.NANOS_BY_CALLERS, 1_000).map(each -> each.map(perCall -> 1 + perCall))));
        targets.add(Target.atMost(
                "growth of a call's time with its payload, from 8 KiB, exponent",
                Unit.RATIO,
                LINEAR,
                exponent(Measure.NANOS_BY_PAYLOAD, 8_192)));
        targets.add(Target.atMost(
                "growth of a call's time with the places, 1 to 100,000, exponent",
                Unit.RATIO,
                LINEAR,
                exponent(Measure.NANOS_BY_CAPACITY, 1)));
    }

    /** Of the power by which the time of a call grows, from some size to the largest. */
    private Optional<Spread> exponent(Measure measure, long from) {
        if (samples.valuesOfAt(measure).isEmpty()) {
            return Optional.empty();
        }
        long to = samples.valuesOfAt(measure).last();
        return samples.ratio(new Figure(TURNSTILE, measure, to), new Figure(TURNSTILE, measure, from))
                .map(factor -> factor.map(f -> Math.log(f) / Math.log((double) to / from)));
    }

    /** To a tenth of a percent. */
    private static double roundedShare(double nanos, long seconds) {
        return Math.rint(nanos / 1e9 / seconds * 1_000) / 1_000;
    }
}
