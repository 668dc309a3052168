package dev.turnstile.bench.gate;

import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** In a JVM of its own: how long it takes to cancel a long line of queued calls, one by one. */
final class CancelProgram {
    static final int CALLS = 100_000;

    private static final int NATIVE_GATE = 0;
    private static final int TIMES = 3;

    private final SynchronizedPlugin plugin;
    private final NativeProbe probe = new NativeProbe(TestPlugins.demo());

    private CancelProgram(SynchronizedPlugin plugin) {
        this.plugin = plugin;
    }

    public static void main(String[] arguments) throws Exception {
        Output output = new Output(Contestant.TURNSTILE.name(), Integer.parseInt(arguments[1]));
        PluginOptions options = TestPlugins.IN_PLACE.withCapacity(CALLS);
        try (SynchronizedPlugin plugin =
                SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), options)) {
            CancelProgram program = new CancelProgram(plugin);
            // The first time in a JVM that is not warm; nobody waits for it to be.
            for (int time = 0; time < TIMES; time++) {
                output.put(Measure.CANCEL_SHUFFLED_NANOS, CALLS, program.cancel(Order.SHUFFLED));
                output.put(Measure.CANCEL_OLDEST_FIRST_NANOS, CALLS, program.cancel(Order.OLDEST_FIRST));
                output.put(Measure.CANCEL_NEWEST_FIRST_NANOS, CALLS, program.cancel(Order.NEWEST_FIRST));
            }
        }
        System.exit(0);
    }

    private enum Order {
        OLDEST_FIRST,
        NEWEST_FIRST,
        SHUFFLED
    }

    private long cancel(Order order) throws Exception {
        probe.closeGate(NATIVE_GATE);
        CompletableFuture<String> running = plugin.submit("block", "{\"gate\":" + NATIVE_GATE + "}");
        probe.awaitEntered(NATIVE_GATE, 1);
        Question question = Question.ofCaller(0);
        List<CompletableFuture<String>> line = new ArrayList<>(CALLS);
        for (int i = 0; i < CALLS; i++) {
            line.add(plugin.submit(Question.TAG, question.request()));
        }
        switch (order) {
            case OLDEST_FIRST -> {}
            case NEWEST_FIRST -> Collections.reverse(line);
            case SHUFFLED -> Collections.shuffle(line, new Random(1));
        }
        long start = System.nanoTime();
        int cancelled = 0;
        for (CompletableFuture<String> call : line) {
            if (call.cancel(false)) {
                cancelled++;
            }
        }
        int left = plugin.pendingCount();
        long nanos = System.nanoTime() - start;
        if (cancelled != CALLS || left != 0) {
            throw new IllegalStateException(cancelled + " of " + CALLS + " calls cancelled, " + left + " left");
        }
        probe.openGate(NATIVE_GATE);
        running.join();
        return nanos;
    }
}
