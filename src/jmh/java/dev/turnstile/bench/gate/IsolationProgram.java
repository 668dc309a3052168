package dev.turnstile.bench.gate;

import dev.turnstile.InstanceStats;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.PluginKilledException;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/** In a JVM of its own: the demo plugin in one of the places of {@link Isolated}, and what calls, starts and kills cost there. */
final class IsolationProgram {
    /** Bytes of the message of a lone caller's call. */
    static final List<Integer> SIZES = List.of(20, 100_000, 10_000_000);

    static final List<Integer> CALLERS = List.of(1, 16, 1_000);

    static final int STARTS = 5;
    static final Duration KILL_AFTER = Duration.ofMillis(200);

    private final Isolated where;
    private final Extent extent;
    private final Output output;

    private IsolationProgram(Isolated where, Extent extent, Output output) {
        this.where = where;
        this.extent = extent;
        this.output = output;
    }

    public static void main(String[] arguments) throws Exception {
        Isolated where = Isolated.valueOf(arguments[0]);
        Output output = new Output(where.name(), Integer.parseInt(arguments[1]));
        IsolationProgram program = new IsolationProgram(where, Extent.of(List.of(arguments)), output);
        program.measureCalls();
        program.measureStarts();
        if (where.isolation().isProcess()) {
            program.measureKills();
        }
        System.exit(0);
    }

    private void measureCalls() throws Exception {
        try (SynchronizedPlugin plugin = where.open()) {
            Entrance entrance = plugin::call;
            extent.warmUp().of(entrance);
            for (int callers : CALLERS) {
                Window window =
                        Window.quiet(() -> new ClosedLoop(entrance, callers).run(extent.settle(), extent.window()));
                output.put(Measure.ISOLATED_CALLS_PER_SECOND, callers, window.callsPerSecond());
                output.put(Measure.ISOLATED_CPU_NANOS_PER_CALL, callers, window.cpuNanosPerCall());
            }
            if (where.isolation().isProcess()) {
                output.put(Measure.ISOLATED_PSS_BYTES, 0, proportionalBytes(plugin.instances()));
            }
            for (int size : SIZES) {
                Question question = Question.of("x".repeat(size));
                ClosedLoop loop = new ClosedLoop(entrance, 1, caller -> question);
                Window window = loop.run(extent.settle(), extent.window());
                output.put(Measure.ISOLATED_P50_NANOS, size, window.latencyNanos(50));
            }
        }
    }

    /** Of the process, what it has alone, and its share of what it has together with others. */
    private static long proportionalBytes(List<InstanceStats> instances) throws IOException {
        long pid = instances.getFirst().process().orElseThrow().pid();
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            String[] pss = lines.filter(line -> line.startsWith("Pss:"))
                    .findFirst()
                    .orElseThrow()
                    .split("\\s+", -1);
            return Long.parseLong(pss[1]) * 1_024;
        }
    }

    /** Until the first answer, each time in a new process. */
    private void measureStarts() throws Exception {
        Histogram starts = new Histogram(ClosedLoop.LONGEST_NANOS, 3);
        for (int start = 0; start < STARTS; start++) {
            long begun = System.nanoTime();
            try (SynchronizedPlugin plugin = where.open()) {
                Question.ofCaller(start).ask(plugin::call);
                starts.recordValue(System.nanoTime() - begun);
            }
        }
        output.put(Measure.ISOLATED_START_NANOS, 0, starts.getValueAtPercentile(50));
    }

    /** By how much a caller waits longer than the limit says. */
    private void measureKills() throws Exception {
        Isolation limited = where.isolation().withKillAfter(KILL_AFTER);
        Histogram over = new Histogram(ClosedLoop.LONGEST_NANOS, 3);
        try (SynchronizedPlugin plugin = where.open(limited)) {
            for (int kill = 0; kill < STARTS; kill++) {
                Question.ofCaller(kill).ask(plugin::call); // by then its process is there
                long begun = System.nanoTime();
                try {
                    Question.ofSleep(60_000).ask(plugin::call);
                    throw new IllegalStateException("It was not killed");
                } catch (PluginKilledException killed) {
                    over.recordValue(Math.max(0, System.nanoTime() - begun - KILL_AFTER.toNanos()));
                }
            }
        }
        output.put(Measure.KILL_OVER_NANOS, KILL_AFTER.toMillis(), over.getValueAtPercentile(50));
    }
}
