package dev.turnstile.bench.gate;

import static dev.turnstile.bench.gate.Measure.BYTES_PER_CALL;
import static dev.turnstile.bench.gate.Measure.CALLS_PER_SECOND;
import static dev.turnstile.bench.gate.Measure.CPU_NANOS_PER_CALL;
import static dev.turnstile.bench.gate.Measure.LONGEST_NANOS;
import static dev.turnstile.bench.gate.Measure.P50_NANOS;
import static dev.turnstile.bench.gate.Measure.P99_NANOS;
import static dev.turnstile.bench.gate.Measure.PACED_LONGEST_NANOS;
import static dev.turnstile.bench.gate.Measure.PACED_P50_NANOS;
import static dev.turnstile.bench.gate.Measure.PACED_P999_NANOS;
import static dev.turnstile.bench.gate.Measure.PACED_P99_NANOS;
import static dev.turnstile.bench.gate.Measure.SELDOM_P50_NANOS;
import static dev.turnstile.bench.gate.Measure.SELDOM_P99_NANOS;

import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.List;

/** In a JVM of its own: one contestant under every load. */
final class LoadProgram {
    private static final int PACED_CALLERS = 1_000;

    /** What all contestants can bear. */
    private static final int PACED_PER_SECOND = 20_000;

    private final Extent extent;
    private final Output output;

    private LoadProgram(Extent extent, Output output) {
        this.extent = extent;
        this.output = output;
    }

    public static void main(String[] arguments) throws Exception {
        Contestant contestant = Contestant.valueOf(arguments[0]);
        Output output = new Output(contestant.name(), Integer.parseInt(arguments[1]));
        LoadProgram program = new LoadProgram(Extent.of(List.of(arguments)), output);
        if (contestant == Contestant.DIRECT) {
            program.measureDirectCalls();
        } else {
            program.measure(contestant.open(), Extent.callers(contestant));
        }
        System.exit(0); // whatever threads a contestant has left
    }

    private void measureDirectCalls() throws Exception {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            DirectLoop loop = new DirectLoop(plugin, Question.ofCaller(0));
            extent.warmUp().repeat(() -> {
                loop.run(Duration.ofMillis(200));
                loop.runTimed(Duration.ofMillis(200));
            });
            putLatency(Window.quiet(() -> loop.runTimed(extent.window())), 1);
            putCosts(Window.quiet(() -> loop.run(extent.window())), 1);
        }
    }

    private void measure(Entrance entrance, List<Integer> numbersOfCallers) throws Exception {
        extent.warmUp().of(entrance);
        for (int callers : numbersOfCallers) {
            Window window = Window.quiet(() -> new ClosedLoop(entrance, callers).run(extent.settle(), extent.window()));
            putCosts(window, callers);
            putLatency(window, callers);
        }
        Window seldom = Window.quiet(() -> new SeldomLoop(entrance).run(extent.window()));
        output.put(SELDOM_P50_NANOS, 1, seldom.latencyNanos(50));
        output.put(SELDOM_P99_NANOS, 1, seldom.latencyNanos(99));
        Window paced =
                Window.quiet(() -> new PacedLoop(entrance, PACED_CALLERS, PACED_PER_SECOND).run(extent.window()));
        output.put(PACED_P50_NANOS, PACED_PER_SECOND, paced.latencyNanos(50));
        output.put(PACED_P99_NANOS, PACED_PER_SECOND, paced.latencyNanos(99));
        output.put(PACED_P999_NANOS, PACED_PER_SECOND, paced.latencyNanos(99.9));
        output.put(PACED_LONGEST_NANOS, PACED_PER_SECOND, paced.latencyNanos(100));
    }

    private void putLatency(Window window, int callers) {
        output.put(P50_NANOS, callers, window.latencyNanos(50));
        output.put(P99_NANOS, callers, window.latencyNanos(99));
        output.put(LONGEST_NANOS, callers, window.latencyNanos(100));
    }

    private void putCosts(Window window, int callers) {
        output.put(CALLS_PER_SECOND, callers, window.callsPerSecond());
        output.put(CPU_NANOS_PER_CALL, callers, window.cpuNanosPerCall());
        output.put(BYTES_PER_CALL, callers, window.bytesPerCall());
    }
}
