package dev.turnstile.bench.gate;

import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** In a JVM of its own: what a call through Turnstile costs as callers, payloads and the line grow. */
final class ScalingProgram {
    private static final int FEWEST_CALLERS = 1;
    private static final int MOST_CALLERS = 1_000_000;
    private static final int SMALLEST_PAYLOAD = 16;
    private static final int PAYLOAD_STEP = 8;
    private static final int LARGEST_CAPACITY = 100_000;
    private static final int CALLERS_BY_CAPACITY = 10_000;

    private final Extent extent;
    private final Output output;

    private ScalingProgram(Extent extent, Output output) {
        this.extent = extent;
        this.output = output;
    }

    public static void main(String[] arguments) throws Exception {
        new ScalingProgram(
                        Extent.of(List.of(arguments)),
                        new Output(Contestant.TURNSTILE.name(), Integer.parseInt(arguments[1])))
                .measure();
        System.exit(0);
    }

    private void measure() throws Exception {
        try (SynchronizedPlugin plugin = SynchronizedPlugin.load(TestPlugins.demo())) {
            extent.warmUp().of(plugin::call);
            byPayload(plugin::call);
            for (int callers = FEWEST_CALLERS; callers <= MOST_CALLERS; callers *= extent.growingStep()) {
                output.put(Measure.NANOS_BY_CALLERS, callers, nanosPerCall(plugin::call, callers));
            }
        }
        for (int capacity : capacities()) {
            PluginOptions options = PluginOptions.defaults().withCapacity(capacity);
            try (SynchronizedPlugin plugin =
                    SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), options)) {
                output.put(Measure.NANOS_BY_CAPACITY, capacity, nanosPerCall(plugin::call, CALLERS_BY_CAPACITY));
            }
        }
    }

    /** The smallest and the largest are always among them. */
    private List<Integer> capacities() {
        List<Integer> capacities = new ArrayList<>();
        for (int capacity = 1; capacity < LARGEST_CAPACITY; capacity *= extent.growingStep()) {
            capacities.add(capacity);
        }
        capacities.add(LARGEST_CAPACITY);
        return capacities;
    }

    private double nanosPerCall(Entrance entrance, int callers) throws Exception {
        return Window.quiet(() -> new ClosedLoop(entrance, callers).run(extent.settle(), extent.window()))
                .nanosPerCall();
    }

    /** By one caller, and by the owner of a plugin directly. */
    private void byPayload(Entrance entrance) throws Exception {
        try (NativePlugin direct = NativePlugin.load(TestPlugins.demo())) {
            Output directOutput = output.of(Contestant.DIRECT);
            for (int bytes = SMALLEST_PAYLOAD; bytes <= extent.largestPayload(); bytes *= PAYLOAD_STEP) {
                Question question = Question.of("x".repeat(bytes));
                DirectLoop loop = new DirectLoop(direct, question);
                extent.warmUp().brief().repeat(() -> {
                    loop.run(extent.settle());
                    nanosPerCall(entrance, question, extent.settle());
                });
                output.put(Measure.NANOS_BY_PAYLOAD, bytes, nanosPerCall(entrance, question, extent.window()));
                Window window = Window.quiet(() -> loop.run(extent.window()));
                directOutput.put(Measure.NANOS_BY_PAYLOAD, bytes, window.nanosPerCall());
            }
        }
    }

    private static double nanosPerCall(Entrance entrance, Question question, Duration window) {
        CompletableFuture<Double> nanos = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                long calls = 0;
                long start = System.nanoTime();
                long now;
                do {
                    question.ask(entrance);
                    calls++;
                    now = System.nanoTime();
                } while (now - start < window.toNanos());
                nanos.complete((double) (now - start) / calls);
            } catch (Throwable thrown) {
                nanos.completeExceptionally(thrown);
            }
        });
        return nanos.join();
    }
}
