package dev.turnstile.bench.gate;

import dev.turnstile.bench.gate.Plot.Line;
import dev.turnstile.bench.gate.Plot.Point;
import dev.turnstile.bench.gate.Plot.Style;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The figures of one run as plots. */
final class Plots {
    private final Samples samples;

    Plots(Samples samples) {
        this.samples = samples;
    }

    /**
     * Draws those that have anything to show.
     *
     * @param suffix what the name of each file has before its extension
     * @return their names, each with that of its file
     */
    Map<String, String> write(Path directory, String suffix) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (Map.Entry<String, Plot> plot : all().entrySet()) {
            String file = plot.getKey() + suffix + ".svg";
            Files.writeString(directory.resolve(file), plot.getValue().svg());
            files.put(plot.getKey(), file);
        }
        return files;
    }

    /** Those that have anything to show, by their names. */
    Map<String, Plot> all() {
        Map<String, Plot> plots = new LinkedHashMap<>();
        plots.put("throughput", throughput());
        plots.put("latency", latency());
        plots.put(
                "payload",
                growing(
                        "Time for a call of a lone caller, by the size of its message",
                        "bytes of the message",
                        Measure.NANOS_BY_PAYLOAD));
        plots.put(
                "capacity",
                growing(
                        "Time for each call of 10,000 callers, by places in the line",
                        "places",
                        Measure.NANOS_BY_CAPACITY));
        plots.put("callers", growing("Time for each call, by callers", "callers", Measure.NANOS_BY_CALLERS));
        plots.put("instances", instances());
        plots.put("recovery", recovery());
        plots.values().removeIf(Plot::isEmpty);
        return plots;
    }

    private Plot throughput() {
        Plot plot = new Plot("Calls per second, by callers", "callers", Unit.CALLS_PER_SECOND);
        addOthers(plot, Measure.CALLS_PER_SECOND);
        plot.sayGrey("all other contestants of the tables");
        for (Highlight highlight : Highlight.values()) {
            plot.add(
                    highlight == Highlight.DIRECT
                            ? ceiling(highlight, Measure.CALLS_PER_SECOND)
                            : highlight.line(points(highlight.name(), Measure.CALLS_PER_SECOND)));
        }
        return plot;
    }

    /** What one thread makes, which no number of callers can make more. */
    private Line ceiling(Highlight highlight, Measure measure) {
        List<Point> points = samples.spread(highlight.name(), measure, 1)
                .map(one -> Stream.of(
                                samples.valuesOfAt(measure).first(),
                                samples.valuesOfAt(measure).last())
                        .map(callers -> new Point(callers, one.median()))
                        .toList())
                .orElse(List.of());
        return highlight.line(points).with(Style.CEILING);
    }

    private Plot latency() {
        Plot plot = new Plot("Latency of a call, by callers: p50, and p99 dashed", "callers", Unit.NANOS);
        addOthers(plot, Measure.P50_NANOS);
        plot.sayGrey("p50 of all other contestants of the tables");
        for (Highlight highlight : Highlight.values()) {
            if (highlight != Highlight.DIRECT) { // it has one caller only
                plot.add(highlight
                        .line(points(highlight.name(), Measure.P99_NANOS))
                        .with(Style.DASHED)
                        .withoutName());
                plot.add(highlight.line(points(highlight.name(), Measure.P50_NANOS)));
            }
        }
        return plot;
    }

    private void addOthers(Plot plot, Measure measure) {
        Arrays.stream(Contestant.values())
                .filter(contestant -> !Highlight.isOf(contestant))
                .forEach(contestant -> plot.add(Line.other(points(contestant.name(), measure))));
    }

    private Plot growing(String title, String across, Measure measure) {
        Plot plot = new Plot(title, across, Unit.NANOS);
        for (Highlight highlight : List.of(Highlight.DIRECT, Highlight.TURNSTILE)) {
            plot.add(highlight.line(points(highlight.name(), measure)));
        }
        return plot;
    }

    private Plot instances() {
        Plot plot = new Plot("Calls per second of a pool, by its instances", "instances", Unit.COUNT);
        plot.add(Highlight.EXECUTOR.line("echo", points(PoolProgram.SUBJECT, Measure.POOL_ECHOES_PER_SECOND)));
        plot.add(Highlight.TURNSTILE.line("sleep, 1 ms", points(PoolProgram.SUBJECT, Measure.POOL_SLEEPS_PER_SECOND)));
        return plot;
    }

    /** Where no answer came, there is no point. */
    private Plot recovery() {
        Plot plot =
                new Plot("Answers a second after a crash, 1,000 callers", "milliseconds since the crash", Unit.COUNT);
        plot.add(Highlight.BARE.line("JVM", points(Isolated.JVM.name(), Measure.CRASH_ANSWERS_PER_SECOND)));
        plot.add(Highlight.EXECUTOR.line(
                "JVM, spare ready", points(Isolated.JVM_SPARE.name(), Measure.CRASH_ANSWERS_PER_SECOND)));
        plot.add(Highlight.SEMAPHORE.line(
                "native, spare ready", points(Isolated.NATIVE_HOST_SPARE.name(), Measure.CRASH_ANSWERS_PER_SECOND)));
        plot.add(Highlight.TURNSTILE.line(
                "native host", points(Isolated.NATIVE_HOST.name(), Measure.CRASH_ANSWERS_PER_SECOND)));
        return plot;
    }

    private List<Point> points(String subject, Measure measure) {
        return samples.valuesOfAt(measure).stream()
                .flatMap(at -> samples
                        .spread(subject, measure, at)
                        .filter(spread -> spread.median() > 0) // a clock may be too coarse for a short call
                        .map(spread -> new Point(at, spread.median()))
                        .stream())
                .toList();
    }
}
