package dev.turnstile.bench.gate;

import dev.turnstile.bench.gate.Samples.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.function.UnaryOperator;

/** What the report says of pools, swaps, restarts and lanes. */
final class PoolReport {
    private static final String NONE = "";

    private final Samples samples;

    PoolReport(Samples samples) {
        this.samples = samples;
    }

    String tables() {
        StringBuilder text = new StringBuilder();
        section(
                text,
                "Calls of a pool by its instances",
                throughput(),
                Unit.COUNT.format(PoolProgram.SLEEP_CALLERS) + " virtual callers of `sleep`, 1 ms, and "
                        + Unit.COUNT.format(PoolProgram.ECHO_CALLERS)
                        + " of `echo`, each instance from a private copy of the library. A sleep takes no processor:"
                        + " the instances set the limit, until the processors have enough to do with waking workers"
                        + " and callers. An echo takes nothing else: on two processors a second instance takes the"
                        + " place of callers.");
        section(
                text,
                "A plugin that is swapped again and again under " + Unit.COUNT.format(SwapProgram.CALLERS)
                        + " callers, " + SwapProgram.KEYS + " keys",
                swaps(),
                "All calls have one of the keys, and are numbered as they come to the line: out of order is whatever"
                    + " does not start next after its key's number before it. A swap loads a private copy for each"
                    + " instance. No copy is ever unloaded, since a plugin may have threads of its own, so the JVM"
                    + " maps more of them with each swap. The native side's counts are those of all copies together,"
                    + " also of those that are gone; files are those in the directory of the copies, and open ones"
                    + " below it.");
        section(
                text,
                "A plugin that panics again and again under " + Unit.COUNT.format(PanicProgram.CALLERS) + " callers",
                panics(),
                "Recovery is from the failure of the call that panicked to the next answer of that instance, whose"
                        + " call is the first in its line. Attempts are made at once here; by default the first one is"
                        + " made after 100 ms."
                        + withoutRust());
        section(
                text,
                "The lowest lane under a flood: " + LanesProgram.LOW_CALLERS + " callers of `LOW`, "
                        + Unit.COUNT.format(LanesProgram.HIGH_CALLERS) + " of `HIGH`",
                lanes(),
                "Counted by the resource, which takes " + Unit.NANOS.format(LanesProgram.WORK_NANOS)
                        + " for a call, from when a call is the first of its lane until it starts. All have a place in"
                        + " the line.");
        return text.toString();
    }

    private static void section(StringBuilder text, String title, Table table, String note) {
        Report.section(text, title, table);
        if (!table.isEmpty()) {
            text.append("\n").append(note).append("\n");
        }
    }

    private Table throughput() {
        Table table = new Table("what", "instances", "calls per second", "beside one");
        addThroughput(table, "`sleep`", Measure.POOL_SLEEPS_PER_SECOND);
        addThroughput(table, "`echo`", Measure.POOL_ECHOES_PER_SECOND);
        return table;
    }

    private void addThroughput(Table table, String what, Measure measure) {
        Figure one = new Figure(PoolProgram.SUBJECT, measure, 1);
        for (long instances : samples.valuesOfAt(measure)) {
            table.add(List.of(
                    what,
                    Unit.COUNT.format(instances),
                    samples.text(PoolProgram.SUBJECT, measure, instances, Unit.COUNT),
                    samples.ratio(new Figure(PoolProgram.SUBJECT, measure, instances), one)
                            .map(Unit.RATIO::format)
                            .orElse(NONE)));
        }
    }

    private Table swaps() {
        return bySubject(
                "swaps",
                subject -> Guarded.valueOf(subject).label(),
                List.of(
                        new Row("calls made", Measure.SWAP_CALLS, Unit.COUNT),
                        new Row("calls seen by the native side", Measure.SWAP_NATIVE_CALLS, Unit.COUNT),
                        new Row("failed", Measure.SWAP_FAILED, Unit.COUNT),
                        new Row("lost", Measure.SWAP_LOST, Unit.COUNT),
                        new Row("out of order in their key", Measure.SWAP_OUT_OF_ORDER, Unit.COUNT),
                        new Row("calls at once in an instance", Measure.SWAP_OVERLAPS, Unit.COUNT),
                        new Row("instances left after closing", Measure.SWAP_INSTANCES_LEFT, Unit.COUNT),
                        new Row("native buffers left", Measure.SWAP_BUFFERS_LEFT, Unit.COUNT),
                        new Row("files left", Measure.SWAP_FILES_LEFT, Unit.COUNT),
                        new Row("a swap: p50", Measure.SWAP_P50_NANOS, Unit.NANOS),
                        new Row("a swap: p99", Measure.SWAP_P99_NANOS, Unit.NANOS),
                        new Row("a caller's longest wait", Measure.SWAP_LONGEST_WAIT_NANOS, Unit.NANOS)));
    }

    private Table panics() {
        return bySubject(
                "calls that panicked",
                PanicProgram::label,
                List.of(
                        new Row("calls made by the others", Measure.PANIC_CALLS, Unit.COUNT),
                        new Row("calls failed in all", Measure.PANIC_FAILED, Unit.COUNT),
                        new Row("of these, of the others", Measure.PANIC_OTHERS_FAILED, Unit.COUNT),
                        new Row("restarts", Measure.PANIC_RESTARTS, Unit.COUNT),
                        new Row("recovery: p50", Measure.PANIC_RECOVERY_P50_NANOS, Unit.NANOS),
                        new Row("recovery: longest", Measure.PANIC_RECOVERY_LONGEST_NANOS, Unit.NANOS)));
    }

    private record Row(String what, Measure measure, Unit unit) {}

    /** A column for each subject; the first row says how often what was done to them. */
    private Table bySubject(String times, UnaryOperator<String> label, List<Row> rows) {
        Measure first = rows.getFirst().measure();
        SortedSet<String> subjects = samples.subjectsOf(first);
        if (subjects.isEmpty()) {
            return new Table(times);
        }
        long at = samples.valuesOfAt(first).first();
        List<String> head = new ArrayList<>(List.of("what"));
        List<String> counts = new ArrayList<>(List.of(times));
        for (String subject : subjects) {
            head.add(label.apply(subject));
            counts.add(Unit.COUNT.format(at));
        }
        Table table = new Table(head.toArray(String[]::new));
        table.add(counts);
        for (Row row : rows) {
            List<String> cells = new ArrayList<>(List.of(row.what));
            subjects.forEach(subject -> cells.add(samples.text(subject, row.measure, at, row.unit)));
            table.add(cells);
        }
        return table;
    }

    private String withoutRust() {
        boolean isThere = samples.subjectsOf(Measure.PANIC_CALLS).stream()
                .anyMatch(subject -> subject.endsWith(PanicProgram.RUST));
        return isThere
                ? NONE
                : " The plugin in Rust was not built, and is not here: `sh src/demo/rust/build.sh target/native`"
                        + " builds it.";
    }

    private Table lanes() {
        Table table = new Table(
                "`overtakes`",
                "calls",
                "of `LOW`, counted",
                "others before one, at most",
                "stated",
                "wait: p50",
                "longest");
        for (long overtakes : samples.valuesOfAt(Measure.LANES_STARTS)) {
            table.add(List.of(
                    Unit.COUNT.format(overtakes),
                    samples.text(LanesProgram.SUBJECT, Measure.LANES_STARTS, overtakes, Unit.COUNT),
                    samples.text(LanesProgram.SUBJECT, Measure.LANES_LOW_STARTS, overtakes, Unit.COUNT),
                    samples.text(LanesProgram.SUBJECT, Measure.LANES_LOW_OVERTAKEN, overtakes, Unit.COUNT),
                    Unit.COUNT.format(overtakes + LanesProgram.OTHER_LANES),
                    samples.text(LanesProgram.SUBJECT, Measure.LANES_LOW_WAIT_P50_NANOS, overtakes, Unit.NANOS),
                    samples.text(LanesProgram.SUBJECT, Measure.LANES_LOW_WAIT_LONGEST_NANOS, overtakes, Unit.NANOS)));
        }
        return table;
    }
}
