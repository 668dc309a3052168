package dev.turnstile.bench.gate;

import dev.turnstile.bench.gate.Samples.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** What the report says of plugins in processes of their own. */
final class IsolationReport {
    private static final String NONE = "";

    private final Samples samples;

    IsolationReport(Samples samples) {
        this.samples = samples;
    }

    /** None if this part was left out. */
    List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        if (samples.subjectsOf(Measure.ISOLATED_CALLS_PER_SECOND).isEmpty()) {
            return targets;
        }
        for (Isolated host : List.of(Isolated.NATIVE_HOST, Isolated.JVM)) {
            String label = host.label();
            targets.add(Target.atMost(
                    label + ": a lone caller's call of 20 B",
                    Unit.NANOS,
                    10_000,
                    spread(host, Measure.ISOLATED_P50_NANOS, 20)));
            targets.add(Target.atMost(
                    label + ": the same / pipes",
                    Unit.RATIO,
                    1,
                    ratio(host, Isolated.PIPES, Measure.ISOLATED_P50_NANOS, 20)));
            targets.add(Target.atMost(
                    label + ": 100 KB / this process",
                    Unit.RATIO,
                    2,
                    ratio(host, Isolated.THIS_PROCESS, Measure.ISOLATED_P50_NANOS, 100_000)));
            targets.add(Target.atMost(
                    label + ": 10 MB / this process",
                    Unit.RATIO,
                    1.2,
                    ratio(host, Isolated.THIS_PROCESS, Measure.ISOLATED_P50_NANOS, 10_000_000)));
            targets.add(Target.atLeast(
                    label + ": calls of 1,000 callers / this process",
                    Unit.RATIO,
                    0.6,
                    ratio(host, Isolated.THIS_PROCESS, Measure.ISOLATED_CALLS_PER_SECOND, 1_000)));
            boolean isJvm = host == Isolated.JVM;
            targets.add(Target.atMost(
                    label + ": load, until the first answer",
                    Unit.NANOS,
                    isJvm ? 250e6 : 10e6,
                    spread(host, Measure.ISOLATED_START_NANOS, 0)));
            targets.add(Target.atMost(
                    label + ": memory, with a share of what is shared",
                    Unit.BYTES,
                    isJvm ? 40e6 : 0.5e6,
                    spread(host, Measure.ISOLATED_PSS_BYTES, 0)));
            targets.add(Target.atMost(
                    label + ": a call that hangs is killed, over its limit",
                    Unit.NANOS,
                    20e6,
                    spread(host, Measure.KILL_OVER_NANOS, IsolationProgram.KILL_AFTER.toMillis())));
        }
        addRecovery(targets, Isolated.NATIVE_HOST, 15e6);
        addRecovery(targets, Isolated.NATIVE_HOST_SPARE, 100e6);
        addRecovery(targets, Isolated.JVM_SPARE, 100e6);
        return targets;
    }

    private void addRecovery(List<Target> targets, Isolated host, double nanos) {
        targets.add(Target.atMost(
                host.label() + ": from a crash under 1,000 callers to the next answer",
                Unit.NANOS,
                nanos,
                samples.valuesOfAt(Measure.CRASH_RECOVERY_P50_NANOS).stream()
                        .findFirst()
                        .flatMap(crashes -> spread(host, Measure.CRASH_RECOVERY_P50_NANOS, crashes))));
    }

    private Optional<Spread> spread(Isolated host, Measure measure, long at) {
        return samples.spread(host.name(), measure, at);
    }

    private Optional<Spread> ratio(Isolated host, Isolated other, Measure measure, long at) {
        return samples.ratio(new Figure(host.name(), measure, at), new Figure(other.name(), measure, at));
    }

    String tables() {
        StringBuilder text = new StringBuilder();
        Report.section(text, "A plugin in a process of its own, behind the same gate", calls());
        Report.section(
                text,
                "A plugin in a process of its own that crashes again and again under "
                        + Unit.COUNT.format(CrashProgram.CALLERS) + " callers",
                crashes());
        return text.toString();
    }

    private Table calls() {
        List<String> head = new ArrayList<>(List.of("where"));
        IsolationProgram.SIZES.forEach(size -> head.add("lone caller, " + Unit.BYTES.format(size)));
        IsolationProgram.CALLERS.forEach(callers -> head.add("calls of " + Unit.COUNT.format(callers)));
        head.addAll(List.of("until the first answer", "memory"));
        Table table = new Table(head.toArray(String[]::new));
        SortedSet<String> measured = samples.subjectsOf(Measure.ISOLATED_CALLS_PER_SECOND);
        for (Isolated where : Isolated.values()) {
            if (measured.contains(where.name())) {
                List<String> cells = new ArrayList<>(List.of(where.label()));
                IsolationProgram.SIZES.forEach(
                        size -> cells.add(text(where, Measure.ISOLATED_P50_NANOS, size, Unit.NANOS)));
                IsolationProgram.CALLERS.forEach(callers ->
                        cells.add(text(where, Measure.ISOLATED_CALLS_PER_SECOND, callers, Unit.CALLS_PER_SECOND)));
                cells.add(text(where, Measure.ISOLATED_START_NANOS, 0, Unit.NANOS));
                cells.add(text(where, Measure.ISOLATED_PSS_BYTES, 0, Unit.BYTES));
                table.add(cells);
            }
        }
        return table;
    }

    private Table crashes() {
        Table table = new Table(
                "where",
                "crashes",
                "failed calls",
                "of these, of the others",
                "until the next answer: p50",
                "longest",
                "answers before");
        for (long crashes : samples.valuesOfAt(Measure.CRASH_FAILED)) {
            for (Isolated where : Isolated.values()) {
                if (spread(where, Measure.CRASH_FAILED, crashes).isPresent()) {
                    table.add(List.of(
                            where.label(),
                            Unit.COUNT.format(crashes),
                            text(where, Measure.CRASH_FAILED, crashes, Unit.COUNT),
                            text(where, Measure.CRASH_OTHERS_FAILED, crashes, Unit.COUNT),
                            text(where, Measure.CRASH_RECOVERY_P50_NANOS, crashes, Unit.NANOS),
                            spread(where, Measure.CRASH_RECOVERY_LONGEST_NANOS, crashes)
                                    .map(spread -> Unit.NANOS.format(spread.largest()))
                                    .orElse(NONE),
                            text(where, Measure.CRASH_ANSWERS_BEFORE_PER_SECOND, crashes, Unit.CALLS_PER_SECOND)));
                }
            }
        }
        return table;
    }

    private String text(Isolated where, Measure measure, long at, Unit unit) {
        return samples.text(where.name(), measure, at, unit);
    }
}
