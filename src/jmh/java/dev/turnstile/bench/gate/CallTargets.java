package dev.turnstile.bench.gate;

import static dev.turnstile.bench.gate.Contestant.BARE;
import static dev.turnstile.bench.gate.Contestant.DIRECT;
import static dev.turnstile.bench.gate.Contestant.EXECUTOR;
import static dev.turnstile.bench.gate.Contestant.TURNSTILE;
import static dev.turnstile.bench.gate.Contestant.TUTORIAL;
import static dev.turnstile.bench.gate.Measure.CALLS_PER_SECOND;
import static dev.turnstile.bench.gate.Measure.CPU_NANOS_PER_CALL;
import static dev.turnstile.bench.gate.Measure.LENGTH_CALLS_PER_SECOND;
import static dev.turnstile.bench.gate.Measure.LENGTH_CPU_NANOS_PER_CALL;
import static dev.turnstile.bench.gate.Measure.LENGTH_P50_NANOS;
import static dev.turnstile.bench.gate.Measure.P50_NANOS;
import static dev.turnstile.bench.gate.Measure.P99_NANOS;

import dev.turnstile.bench.gate.Samples.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What calls that wait for their answer are to reach: short calls, calls of set length, observed ones, and refused ones. */
final class CallTargets {
    /** At which Turnstile is held against the best of its peers. */
    static final List<Integer> FEW = List.of(4, 16, 64, 256);

    private static final List<Integer> MANY = List.of(1_000, 10_000, 100_000);

    private final Samples samples;
    private final List<Target> targets = new ArrayList<>();

    CallTargets(Samples samples) {
        this.samples = samples;
        addBesideTheDirectCall();
        FEW.forEach(this::addBesideTheBest);
        MANY.forEach(this::addBesideBare);
        addEvenness();
        Length.LONE.forEach(this::addLone);
        addSeldom();
        for (Length length : Length.CROWDED) {
            Extent.full().crowds().forEach(callers -> addCrowd(length, callers));
        }
        Extent.full().crowds().forEach(this::addPool);
        addObserved();
        addRefusals();
    }

    List<Target> list() {
        return targets;
    }

    private void addBesideTheDirectCall() {
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
    }

    private void addBesideTheBest(int callers) {
        targets.add(Target.atLeast(
                Unit.COUNT.format(callers)
                        + " callers, throughput / the best of bare queue, tutorial, executor, semaphore",
                Unit.RATIO,
                1,
                samples.largest(peers(CALLS_PER_SECOND, callers))
                        .flatMap(best -> samples.ratio(new Figure(TURNSTILE, CALLS_PER_SECOND, callers), best))));
        targets.add(
                Target.atMost("the same, CPU for each call", Unit.RATIO, 1, toTheLeast(CPU_NANOS_PER_CALL, callers)));
        targets.add(Target.atMost("the same, p99", Unit.RATIO, 1, toTheLeast(P99_NANOS, callers)));
    }

    private Optional<Spread> toTheLeast(Measure measure, int callers) {
        return samples.least(peers(measure, callers))
                .flatMap(best -> samples.ratio(new Figure(TURNSTILE, measure, callers), best));
    }

    private static List<Figure> peers(Measure measure, int callers) {
        return Contestant.PEERS.stream()
                .map(peer -> new Figure(peer, measure, callers))
                .toList();
    }

    private void addBesideBare(int callers) {
        targets.add(Target.atLeast(
                Unit.COUNT.format(callers) + " callers, throughput / bare queue",
                Unit.RATIO,
                0.95,
                samples.ratio(
                        new Figure(TURNSTILE, CALLS_PER_SECOND, callers),
                        new Figure(BARE, CALLS_PER_SECOND, callers))));
    }

    private void addEvenness() {
        targets.add(Target.atMost("10,000 callers, p99 / p50", Unit.RATIO, 2, unevenness(10_000)));
        targets.add(Target.atMost("100,000 callers, p99 / p50", Unit.RATIO, 2, unevenness(100_000)));
        targets.add(Target.atMost(
                "CPU for each call at 1,000 callers",
                Unit.NANOS,
                1_200,
                samples.spread(TURNSTILE, CPU_NANOS_PER_CALL, 1_000)));
    }

    private Optional<Spread> unevenness(int callers) {
        return samples.ratio(new Figure(TURNSTILE, P99_NANOS, callers), new Figure(TURNSTILE, P50_NANOS, callers));
    }

    private void addLone(Length length) {
        targets.add(Target.atMost(
                "lone caller, calls of " + length.label() + ", p50 over the direct call",
                Unit.NANOS,
                5_000,
                samples.relation(
                        new Figure(length.subject(TURNSTILE), LENGTH_P50_NANOS, 1),
                        new Figure(length.subject(DIRECT), LENGTH_P50_NANOS, 1),
                        (gate, direct) -> gate - direct)));
        targets.add(Target.atMost(
                "the same, CPU for each call / executor",
                Unit.RATIO,
                1,
                toExecutor(length, LENGTH_CPU_NANOS_PER_CALL, 1)));
    }

    private void addSeldom() {
        targets.add(Target.atMost(
                "lone caller, once a millisecond, p50 / executor",
                Unit.RATIO,
                0.9,
                samples.ratio(
                        new Figure(TURNSTILE, Measure.SELDOM_P50_NANOS, 1),
                        new Figure(EXECUTOR, Measure.SELDOM_P50_NANOS, 1))));
    }

    private void addCrowd(Length length, int callers) {
        targets.add(Target.atLeast(
                crowd(length, callers) + ", throughput / executor",
                Unit.RATIO,
                1,
                // To a hundredth: a call that sleeps sets the same limit to both.
                toExecutor(length, LENGTH_CALLS_PER_SECOND, callers)
                        .map(spread -> spread.map(ratio -> Math.rint(ratio * 100) / 100))));
        targets.add(Target.atMost(
                "the same, CPU for each call", Unit.RATIO, 1, toExecutor(length, LENGTH_CPU_NANOS_PER_CALL, callers)));
    }

    private void addPool(int callers) {
        targets.add(Target.atLeast(
                crowd(Length.SPIN_20, callers) + ", throughput of a pool of 2 / one instance",
                Unit.RATIO,
                1.8,
                samples.ratio(
                        new Figure(
                                Length.SPIN_20.subject(Contestant.TURNSTILE_POOL_OF_2),
                                LENGTH_CALLS_PER_SECOND,
                                callers),
                        new Figure(Length.SPIN_20.subject(TURNSTILE), LENGTH_CALLS_PER_SECOND, callers))));
    }

    private static String crowd(Length length, int callers) {
        return "calls of " + length.label() + ", " + Unit.COUNT.format(callers) + " callers";
    }

    private Optional<Spread> toExecutor(Length length, Measure measure, int callers) {
        return samples.ratio(
                new Figure(length.subject(TURNSTILE), measure, callers),
                new Figure(length.subject(EXECUTOR), measure, callers));
    }

    private void addObserved() {
        addObserved(
                "JFR's default settings / the same without our event",
                Contestant.TURNSTILE_JFR,
                Contestant.TURNSTILE_JFR_WITHOUT,
                0.97);
        addObserved("every call recorded / unobserved", Contestant.TURNSTILE_RECORDED, TURNSTILE, 0.85);
        addObserved("a listener / unobserved", Contestant.TURNSTILE_LISTENED, TURNSTILE, 0.85);
        addObserved("Micrometer's timers / unobserved", Contestant.TURNSTILE_MICROMETER, TURNSTILE, 0.8);
    }

    private void addObserved(String what, Contestant observed, Contestant other, double ratio) {
        targets.add(Target.atLeast(
                Unit.COUNT.format(Extent.OBSERVED_CALLERS) + " callers, throughput: " + what,
                Unit.RATIO,
                ratio,
                samples.ratio(observed(observed), observed(other))));
    }

    private static Figure observed(Contestant contestant) {
        return new Figure(contestant, Measure.OBSERVED_CALLS_PER_SECOND, Extent.OBSERVED_CALLERS);
    }

    private void addRefusals() {
        addRefusal("tryCall", Measure.TRY_CALL_REFUSAL_NANOS);
        addRefusal("trySubmit", Measure.TRY_SUBMIT_REFUSAL_NANOS);
    }

    private void addRefusal(String verb, Measure measure) {
        targets.add(Target.atMost(
                "`" + verb + "` on a full line, a refusal",
                Unit.NANOS,
                500,
                samples.spread(TURNSTILE, measure, RefusedProgram.PLACES)));
    }
}
