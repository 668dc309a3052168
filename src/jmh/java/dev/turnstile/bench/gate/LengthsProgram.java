package dev.turnstile.bench.gate;

import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.List;

/** In a JVM of its own: one contestant with calls of each set length. */
final class LengthsProgram {
    private static final Duration BURST = Duration.ofMillis(150);

    private final Extent extent;
    private final Contestant contestant;
    private final int round;

    private LengthsProgram(Extent extent, Contestant contestant, int round) {
        this.extent = extent;
        this.contestant = contestant;
        this.round = round;
    }

    public static void main(String[] arguments) throws Exception {
        Contestant contestant = Contestant.valueOf(arguments[0]);
        LengthsProgram program =
                new LengthsProgram(Extent.of(List.of(arguments)), contestant, Integer.parseInt(arguments[1]));
        switch (contestant) {
            case DIRECT -> program.measureDirectCalls();
            // A lone caller has no use for a second instance.
            case TURNSTILE_POOL_OF_2 -> program.measureCrowds(program.warm(), List.of(Length.SPIN_20));
            default -> {
                Entrance entrance = program.warm();
                program.measureLone(entrance);
                program.measureCrowds(entrance, Length.CROWDED);
            }
        }
        System.exit(0); // whatever threads a contestant has left
    }

    private void measureDirectCalls() throws Exception {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            extent.warmUp().repeat(() -> {
                for (Length length : Length.LONE) {
                    new DirectLoop(plugin, length.question()).runTimed(BURST);
                }
            });
            for (Length length : Length.LONE) {
                put(length, 1, Window.quiet(() -> new DirectLoop(plugin, length.question()).runTimed(extent.window())));
            }
        }
    }

    private Entrance warm() throws Exception {
        Entrance entrance = contestant.open();
        extent.warmUp().of(entrance);
        // What a short call has not compiled: a worker and callers that wait longer.
        extent.warmUp().brief().repeat(() -> {
            for (Length length : Length.LONE) {
                loop(entrance, length, 1).run(Duration.ZERO, BURST);
            }
        });
        return entrance;
    }

    private void measureLone(Entrance entrance) throws Exception {
        for (Length length : Length.LONE) {
            measure(entrance, length, 1);
        }
    }

    private void measureCrowds(Entrance entrance, List<Length> lengths) throws Exception {
        for (Length length : lengths) {
            for (int callers : extent.crowds()) {
                measure(entrance, length, callers);
            }
        }
    }

    private void measure(Entrance entrance, Length length, int callers) throws Exception {
        put(length, callers, Window.quiet(() -> loop(entrance, length, callers).run(extent.settle(), extent.window())));
    }

    private static ClosedLoop loop(Entrance entrance, Length length, int callers) {
        Question question = length.question();
        return new ClosedLoop(entrance, callers, caller -> question);
    }

    private void put(Length length, int callers, Window window) {
        Output output = new Output(length.subject(contestant), round);
        output.put(Measure.LENGTH_CALLS_PER_SECOND, callers, window.callsPerSecond());
        output.put(Measure.LENGTH_P50_NANOS, callers, window.latencyNanos(50));
        output.put(Measure.LENGTH_CPU_NANOS_PER_CALL, callers, window.cpuNanosPerCall());
    }
}
