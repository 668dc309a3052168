package dev.turnstile.bench.gate;

import static dev.turnstile.bench.gate.Contestant.DIRECT;
import static dev.turnstile.bench.gate.Contestant.TURNSTILE;

import dev.turnstile.bench.gate.Samples.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The figures of one run for people: tables, plots, CSV. The table of the targets comes first. */
final class Report {
    /** The file with every figure. */
    static final String SAMPLES = "samples.csv";

    private static final String NONE = "";

    private final Samples samples;
    private final Machine machine;
    private final Extent extent;
    private final CallTables calls;
    private final PoolReport pool;
    private final IsolationReport isolation;

    Report(Samples samples, Machine machine, Extent extent) {
        this.samples = samples;
        this.machine = machine;
        this.extent = extent;
        this.calls = new CallTables(samples);
        this.pool = new PoolReport(samples);
        this.isolation = new IsolationReport(samples);
    }

    Machine machine() {
        return machine;
    }

    /** Everything into a directory: {@code report.md}, {@code samples.csv}, {@code summary.csv}, the plots. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.md"), screen());
        Files.write(directory.resolve(SAMPLES), samples.csv());
        Files.write(directory.resolve("summary.csv"), samples.summary());
        plots().write(directory, NONE);
    }

    Plots plots() {
        return new Plots(samples);
    }

    String screen() {
        return (extent.isQuick() ? "A quick run: " : "") + machine.sentence() + ".\n"
                + (machine.isBusy() ? "**The machine was busy with other work: do not trust the times.**\n" : NONE)
                + "Medians, with the least and the largest of " + extent.rounds() + " rounds.\n\n" + tables();
    }

    String tables() {
        StringBuilder text = new StringBuilder(targets().toString());
        section(text, "Throughput in a closed loop, by callers", closedLoop(this::throughput));
        section(text, "Latency p50 / p99 / longest, the same loops", closedLoop(this::latency));
        section(text, "CPU time and bytes allocated for each call, the same loops", closedLoop(this::costs));
        section(
                text,
                "Latency of a lone caller, and of 1,000 callers at a fixed rate, counted from when each was due",
                paced());
        text.append(calls.tables());
        section(text, "Callers who wait, and a gate that nobody calls", waiting());
        section(text, "Growing: time for each call, and for cancels", growing());
        section(text, "Futures and forks: 200,000 calls by one thread, all joined", joined());
        section(text, "Programs in a new JVM, from their start to their end", starts());
        section(text, "The binding, one thread", binding());
        text.append(pool.tables());
        text.append(isolation.tables());
        return text.toString();
    }

    /** Writes nothing if nothing was measured. */
    static void section(StringBuilder text, String title, Table table) {
        if (!table.isEmpty()) {
            text.append("\n").append(title).append(":\n\n").append(table);
        }
    }

    private Table targets() {
        Table table = new Table("what", "to reach", "measured", "");
        for (Target target : new Targets(samples).list()) {
            table.add(List.of(
                    target.what(),
                    target.goal(),
                    target.measured(),
                    target.verdict().toString()));
        }
        return table;
    }

    // ---- the load ----

    @FunctionalInterface
    private interface Cell {
        Optional<String> of(Contestant contestant, long callers);
    }

    private Table closedLoop(Cell cell) {
        List<String> head = new ArrayList<>(List.of("contestant"));
        Extent.CALLERS.forEach(callers -> head.add(Unit.COUNT.format(callers)));
        Table table = new Table(head.toArray(String[]::new));
        for (Contestant contestant : Contestant.values()) {
            List<String> row = new ArrayList<>(List.of(contestant.label()));
            boolean measured = false;
            for (int callers : Extent.CALLERS) {
                Optional<String> text = cell.of(contestant, callers);
                measured |= text.isPresent();
                row.add(text.orElse(NONE));
            }
            if (measured) {
                table.add(row);
            }
        }
        return table;
    }

    private Optional<String> throughput(Contestant contestant, long callers) {
        Figure ceiling = new Figure(DIRECT, Measure.CALLS_PER_SECOND, 1);
        Optional<String> share = samples.ratio(new Figure(contestant, Measure.CALLS_PER_SECOND, callers), ceiling)
                .map(ratio -> ", " + Math.round(ratio.median() * 100) + " %");
        return samples.spread(contestant, Measure.CALLS_PER_SECOND, callers)
                .map(spread -> Unit.CALLS_PER_SECOND.format(spread) + share.orElse(NONE));
    }

    private Optional<String> latency(Contestant contestant, long callers) {
        return join(List.of(
                median(contestant, Measure.P50_NANOS, callers, Unit.NANOS),
                median(contestant, Measure.P99_NANOS, callers, Unit.NANOS),
                samples.spread(contestant, Measure.LONGEST_NANOS, callers)
                        .map(spread -> Unit.NANOS.format(spread.largest()))));
    }

    private Optional<String> costs(Contestant contestant, long callers) {
        return join(List.of(
                median(contestant, Measure.CPU_NANOS_PER_CALL, callers, Unit.NANOS),
                median(contestant, Measure.BYTES_PER_CALL, callers, Unit.BYTES)));
    }

    private Table paced() {
        Table table = new Table(
                "contestant",
                "lone, again and again: p50",
                "p99",
                "lone, once a millisecond: p50",
                "p99",
                "1,000 at a fixed rate: p50",
                "p99",
                "p99.9",
                "longest");
        for (Contestant contestant : Contestant.values()) {
            Optional<Spread> lone = samples.spread(contestant, Measure.P50_NANOS, 1);
            if (lone.isEmpty()) {
                continue;
            }
            long rate = samples.valuesOfAt(Measure.PACED_P50_NANOS).stream()
                    .findFirst()
                    .orElse(0L);
            table.add(List.of(
                    contestant.label(),
                    Unit.NANOS.format(lone.get()),
                    median(contestant, Measure.P99_NANOS, 1, Unit.NANOS).orElse(NONE),
                    median(contestant, Measure.SELDOM_P50_NANOS, 1, Unit.NANOS).orElse(NONE),
                    median(contestant, Measure.SELDOM_P99_NANOS, 1, Unit.NANOS).orElse(NONE),
                    median(contestant, Measure.PACED_P50_NANOS, rate, Unit.NANOS)
                            .orElse(NONE),
                    median(contestant, Measure.PACED_P99_NANOS, rate, Unit.NANOS)
                            .orElse(NONE),
                    median(contestant, Measure.PACED_P999_NANOS, rate, Unit.NANOS)
                            .orElse(NONE),
                    samples.spread(contestant, Measure.PACED_LONGEST_NANOS, rate)
                            .map(spread -> Unit.NANOS.format(spread.largest()))
                            .orElse(NONE)));
        }
        return table;
    }

    // ---- what waits ----

    private Table waiting() {
        Table table = new Table("what", "whose", "figure");
        List<String> subjects = new ArrayList<>(List.of(BlockedProgram.BARE_PARK));
        Stream.of(Contestant.values()).forEach(contestant -> subjects.add(contestant.name()));
        for (String subject : subjects) {
            for (long callers : samples.valuesOfAt(Measure.HEAP_PER_CALLER)) {
                samples.spread(subject, Measure.HEAP_PER_CALLER, callers)
                        .ifPresent(spread -> table.add(List.of(
                                "heap for each of " + Unit.COUNT.format(callers) + " blocked callers, thread included",
                                label(subject),
                                Unit.BYTES.format(spread))));
            }
            samples.spread(subject, Measure.HEAP_OF_ALL, Bench.MILLION)
                    .ifPresent(spread -> table.add(List.of(
                            "live heap of one million blocked callers, of 1 GiB",
                            label(subject),
                            Unit.BYTES.format(spread))));
            for (long seconds : samples.valuesOfAt(Measure.IDLE_THREADS_NANOS)) {
                samples.spread(subject, Measure.IDLE_THREADS_NANOS, seconds)
                        .ifPresent(spread -> table.add(List.of(
                                "CPU time of all Java threads in " + seconds + " s without calls; of the whole JVM",
                                label(subject),
                                Unit.NANOS.format(spread) + "; "
                                        + samples.text(subject, Measure.IDLE_PROCESS_NANOS, seconds, Unit.NANOS))));
            }
        }
        return table;
    }

    private static String label(String subject) {
        return subject.equals(BlockedProgram.BARE_PARK)
                ? "virtual threads that park"
                : Contestant.valueOf(subject).label();
    }

    // ---- growing ----

    private Table growing() {
        Table table = new Table("of what", "how much", "Turnstile", "direct");
        addGrowing(table, "callers", Measure.NANOS_BY_CALLERS);
        addGrowing(table, "bytes of the message, lone caller", Measure.NANOS_BY_PAYLOAD);
        addGrowing(table, "places, 10,000 callers", Measure.NANOS_BY_CAPACITY);
        for (Measure order : List.of(
                Measure.CANCEL_OLDEST_FIRST_NANOS, Measure.CANCEL_NEWEST_FIRST_NANOS, Measure.CANCEL_SHUFFLED_NANOS)) {
            samples.spread(TURNSTILE, order, CancelProgram.CALLS)
                    .ifPresent(spread -> table.add(List.of(
                            "100,000 cancels in all",
                            order.name()
                                    .replace("CANCEL_", "")
                                    .replace("_NANOS", "")
                                    .replace('_', ' ')
                                    .toLowerCase(Locale.ROOT),
                            Unit.NANOS.format(spread),
                            NONE)));
        }
        return table;
    }

    private Table joined() {
        Table table = new Table("what", "by a platform thread", "by a virtual thread");
        for (Joined way : Joined.values()) {
            samples.spread(way.name(), Measure.JOINED_PER_SECOND, FuturesProgram.PLATFORM)
                    .ifPresent(spread -> table.add(List.of(
                            way.label(),
                            Unit.CALLS_PER_SECOND.format(spread),
                            samples.text(
                                    way.name(),
                                    Measure.JOINED_PER_SECOND,
                                    FuturesProgram.VIRTUAL,
                                    Unit.CALLS_PER_SECOND))));
        }
        return table;
    }

    private Table starts() {
        Table table = new Table("what", "time", "CPU time");
        for (Start start : Start.values()) {
            samples.spread(start.name(), Measure.START_NANOS, 0)
                    .ifPresent(spread -> table.add(List.of(
                            start.label(),
                            Unit.NANOS.format(spread),
                            samples.text(start.name(), Measure.START_CPU_NANOS, 0, Unit.NANOS))));
        }
        return table;
    }

    private void addGrowing(Table table, String what, Measure measure) {
        for (long at : samples.valuesOfAt(measure)) {
            table.add(List.of(
                    what,
                    Unit.COUNT.format(at),
                    median(TURNSTILE, measure, at, Unit.NANOS).orElse(NONE),
                    median(DIRECT, measure, at, Unit.NANOS).orElse(NONE)));
        }
    }

    // ---- the binding ----

    private Table binding() {
        Table table = new Table("call", "time", "allocated");
        samples.subjectsOf(Measure.BINDING_NANOS)
                .forEach(subject -> table.add(List.of(
                        subject,
                        samples.text(subject, Measure.BINDING_NANOS, 0, Unit.NANOS),
                        samples.text(subject, Measure.BINDING_BYTES, 0, Unit.BYTES))));
        return table;
    }

    private Optional<String> median(Contestant contestant, Measure measure, long at, Unit unit) {
        return samples.spread(contestant, measure, at).map(spread -> unit.format(spread.median()));
    }

    private static Optional<String> join(List<Optional<String>> parts) {
        if (parts.stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        return Optional.of(parts.stream().map(Optional::orElseThrow).collect(Collectors.joining(" / ")));
    }
}
