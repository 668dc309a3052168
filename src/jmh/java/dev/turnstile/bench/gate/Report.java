package dev.turnstile.bench.gate;

import static dev.turnstile.bench.gate.Contestant.DIRECT;
import static dev.turnstile.bench.gate.Contestant.TURNSTILE;

import dev.turnstile.bench.gate.Samples.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The figures of one run for people: tables, plots, CSV. The table of the targets comes first. */
final class Report {
    private static final String NONE = "";

    private final Samples samples;
    private final Machine machine;
    private final Extent extent;
    private final PoolReport pool;

    Report(Samples samples, Machine machine, Extent extent) {
        this.samples = samples;
        this.machine = machine;
        this.extent = extent;
        this.pool = new PoolReport(samples);
    }

    Machine machine() {
        return machine;
    }

    /** Everything into a directory: {@code report.md}, {@code samples.csv}, {@code summary.csv}, the plots. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.md"), screen());
        Files.write(directory.resolve("samples.csv"), samples.csv());
        Files.write(directory.resolve("summary.csv"), samples.summary());
        for (Map.Entry<String, Plot> plot : plots().entrySet()) {
            Files.writeString(
                    directory.resolve(plot.getKey() + ".svg"), plot.getValue().svg());
        }
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
        section(text, "Callers who wait, and a gate that nobody calls", waiting());
        section(text, "Growing: time for each call, and for cancels", growing());
        section(text, "The binding, one thread", binding());
        text.append(pool.tables());
        return text.toString();
    }

    static void section(StringBuilder text, String title, Optional<Table> table) {
        table.ifPresent(rows -> text.append("\n").append(title).append(":\n\n").append(rows));
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

    private Optional<Table> closedLoop(Cell cell) {
        List<String> head = new ArrayList<>(List.of("contestant"));
        Extent.CALLERS.forEach(callers -> head.add(Unit.COUNT.format(callers)));
        Table table = new Table(head.toArray(String[]::new));
        boolean any = false;
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
                any = true;
            }
        }
        return any ? Optional.of(table) : Optional.empty();
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

    private Optional<Table> paced() {
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
        boolean any = false;
        for (Contestant contestant : Contestant.values()) {
            Optional<Spread> lone = samples.spread(contestant, Measure.P50_NANOS, 1);
            if (lone.isEmpty()) {
                continue;
            }
            any = true;
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
        return any ? Optional.of(table) : Optional.empty();
    }

    // ---- what waits ----

    private Optional<Table> waiting() {
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
                                        + samples.spread(subject, Measure.IDLE_PROCESS_NANOS, seconds)
                                                .map(Unit.NANOS::format)
                                                .orElse(NONE))));
            }
        }
        return table.isEmpty() ? Optional.empty() : Optional.of(table);
    }

    private static String label(String subject) {
        return subject.equals(BlockedProgram.BARE_PARK)
                ? "virtual threads that park"
                : Contestant.valueOf(subject).label();
    }

    // ---- growing ----

    private Optional<Table> growing() {
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
        return table.isEmpty() ? Optional.empty() : Optional.of(table);
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

    private Optional<Table> binding() {
        Table table = new Table("call", "time", "allocated");
        samples.subjectsOf(Measure.BINDING_NANOS)
                .forEach(subject -> table.add(List.of(
                        subject,
                        samples.spread(subject, Measure.BINDING_NANOS, 0)
                                .map(Unit.NANOS::format)
                                .orElse(NONE),
                        samples.spread(subject, Measure.BINDING_BYTES, 0)
                                .map(Unit.BYTES::format)
                                .orElse(NONE))));
        return table.isEmpty() ? Optional.empty() : Optional.of(table);
    }

    // ---- plots ----

    /** By the names of their files; those that have anything to show. */
    Map<String, Plot> plots() {
        Plot throughput = new Plot("Calls per second over callers", "callers", Unit.CALLS_PER_SECOND);
        Plot latency = new Plot("Latency over callers: p50, and p99 dashed", "callers", Unit.NANOS);
        for (Contestant contestant : Contestant.values()) {
            int colour = colour(contestant);
            throughput.add(contestant.label(), colour, false, points(contestant, Measure.CALLS_PER_SECOND));
            latency.add(contestant.label(), colour, false, points(contestant, Measure.P50_NANOS));
            latency.add("", colour, true, points(contestant, Measure.P99_NANOS));
        }
        Plot payload = new Plot("Time for a call over its payload, lone caller", "bytes of the message", Unit.NANOS);
        Plot capacity =
                new Plot("Time for each call over the places in the line, 10,000 callers", "places", Unit.NANOS);
        Plot crowd = new Plot("Time for each call over callers", "callers", Unit.NANOS);
        for (Contestant contestant : List.of(DIRECT, TURNSTILE)) {
            int colour = colour(contestant);
            payload.add(contestant.label(), colour, false, points(contestant, Measure.NANOS_BY_PAYLOAD));
            capacity.add(contestant.label(), colour, false, points(contestant, Measure.NANOS_BY_CAPACITY));
            crowd.add(contestant.label(), colour, false, points(contestant, Measure.NANOS_BY_CALLERS));
        }
        Map<String, Plot> plots = new LinkedHashMap<>();
        plots.put("throughput", throughput);
        plots.put("latency", latency);
        plots.put("payload", payload);
        plots.put("capacity", capacity);
        plots.put("callers", crowd);
        plots.put("instances", pool.throughputPlot());
        plots.values().removeIf(Plot::isEmpty);
        return plots;
    }

    private static int colour(Contestant contestant) {
        return List.of(Contestant.values()).indexOf(contestant);
    }

    private List<Plot.Point> points(Contestant contestant, Measure measure) {
        List<Plot.Point> points = new ArrayList<>();
        for (long at : samples.valuesOfAt(measure)) {
            samples.spread(contestant, measure, at)
                    .filter(spread -> spread.median() > 0) // a clock may be too coarse for a short call
                    .ifPresent(spread -> points.add(new Plot.Point(at, spread.median())));
        }
        return points;
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
