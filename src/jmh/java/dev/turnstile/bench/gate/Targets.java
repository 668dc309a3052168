package dev.turnstile.bench.gate;

import static dev.turnstile.bench.gate.Contestant.TURNSTILE;
import static dev.turnstile.bench.gate.Measure.BINDING_BYTES;
import static dev.turnstile.bench.gate.Measure.BINDING_NANOS;
import static dev.turnstile.bench.gate.Measure.START_NANOS;

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
        List<Target> targets = new ArrayList<>(new CallTargets(samples).list());
        addBinding(targets);
        addWaiting(targets);
        addGrowth(targets);
        addJoined(targets);
        addStart(targets);
        targets.addAll(new IsolationReport(samples).targets());
        return targets;
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
                1.4,
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

    private void addJoined(List<Target> targets) {
        addJoined(
                targets,
                "`submit` with 100 places / fair `Semaphore` and executor",
                Joined.SUBMIT,
                Joined.SEMAPHORE,
                1);
        addJoined(targets, "`submit` with room for all / `supplyAsync`", Joined.SUBMIT_ALL, Joined.EXECUTOR_ALL, 1);
        addJoined(targets, "the same / one thread in a loop", Joined.SUBMIT_ALL, Joined.LOOP, 0.6);
        addJoined(targets, "with a stage each / the executor's", Joined.SUBMIT_STAGE, Joined.EXECUTOR_STAGE, 0.8);
        addJoined(targets, "a block of forks / one thread in a loop", Joined.FORKS, Joined.LOOP, 0.85);
    }

    /** For each kind of thread that makes the calls. */
    private void addJoined(List<Target> targets, String what, Joined way, Joined other, double ratio) {
        for (long thread : List.of(FuturesProgram.PLATFORM, FuturesProgram.VIRTUAL)) {
            targets.add(Target.atLeast(
                    "200,000 calls by one " + (thread == FuturesProgram.VIRTUAL ? "virtual" : "platform") + " thread: "
                            + what,
                    Unit.RATIO,
                    ratio,
                    samples.ratio(joined(way, thread), joined(other, thread))));
        }
    }

    private static Figure joined(Joined way, long thread) {
        return new Figure(way.name(), Measure.JOINED_PER_SECOND, thread);
    }

    private void addStart(List<Target> targets) {
        targets.add(Target.atMost(
                "a new JVM opens a signed bundle, over an empty program",
                Unit.NANOS,
                120e6,
                samples.relation(start(Start.OPEN), start(Start.EMPTY), (open, empty) -> open - empty)));
        targets.add(Target.atMost(
                Start.INSPECT.label(), Unit.NANOS, 0.3e9, samples.spread(Start.INSPECT.name(), START_NANOS, 0)));
        targets.add(Target.atMost(
                Start.CALL.label(), Unit.NANOS, 0.5e9, samples.spread(Start.CALL.name(), START_NANOS, 0)));
    }

    private static Figure start(Start start) {
        return new Figure(start.name(), START_NANOS, 0);
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
