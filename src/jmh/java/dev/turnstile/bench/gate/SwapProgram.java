package dev.turnstile.bench.gate;

import dev.turnstile.SwapReport;
import dev.turnstile.Turnstile;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.plugin.ConfinedPlugin;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginGate;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginWarmUp;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * In a JVM of its own: a plugin is swapped again and again under callers, and what the callers, the native side and the file
 * system saw of it.
 *
 * <p>The calls of a key are numbered as they come to the line, which the key's lock makes an order, and look at their number when
 * they are started.
 */
final class SwapProgram {
    static final int CALLERS = 1_000;
    static final int KEYS = 100;

    private final Extent extent;
    private final Output output;
    private final Key[] keys = new Key[KEYS];
    private final LongAdder outOfOrder = new LongAdder();

    private SwapProgram(Extent extent, Output output) {
        this.extent = extent;
        this.output = output;
        for (int key = 0; key < KEYS; key++) {
            keys[key] = new Key(key);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Guarded guarded = Guarded.valueOf(arguments[0]);
        new SwapProgram(Extent.of(List.of(arguments)), new Output(guarded.name(), Integer.parseInt(arguments[1])))
                .measure(guarded);
        System.exit(0);
    }

    private void measure(Guarded guarded) throws Exception {
        Path place = Files.createTempDirectory("turnstile-bench").toRealPath();
        System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, place.toString());
        Copies copies = new Copies(place);
        Histogram elapsed = new Histogram(ClosedLoop.LONGEST_NANOS, 3);
        Crowd crowd;
        try (GuardedPlugin plugin = guarded.load(TestPlugins.demo(), PluginOptions.defaults())) {
            extent.warmUp().of(plugin::call);
            copies.look();
            long before = copies.count("calls");
            Turnstile<ConfinedPlugin> gate = PluginGate.of(plugin);
            crowd = Crowd.start(CALLERS, caller -> keys[caller % KEYS].call(gate, Question.ofCaller(caller)));
            for (int swap = 0; swap < extent.swaps(); swap++) {
                elapsed.recordValue(swap(plugin));
                copies.look();
            }
            crowd.stop();
            put(Measure.SWAP_NATIVE_CALLS, copies.count("calls") - before);
        }
        put(Measure.SWAP_CALLS, crowd.made());
        put(Measure.SWAP_FAILED, crowd.failed());
        put(Measure.SWAP_LOST, crowd.lost());
        put(Measure.SWAP_OUT_OF_ORDER, outOfOrder.sum());
        put(Measure.SWAP_OVERLAPS, copies.count("overlaps"));
        put(Measure.SWAP_INSTANCES_LEFT, copies.count("live_instances"));
        put(Measure.SWAP_BUFFERS_LEFT, copies.count("outstanding_buffers"));
        put(
                Measure.SWAP_FILES_LEFT,
                filesBelow(place) + Leftovers.openFiles(place).size());
        put(Measure.SWAP_P50_NANOS, elapsed.getValueAtPercentile(50));
        put(Measure.SWAP_P99_NANOS, elapsed.getValueAtPercentile(99));
        put(Measure.SWAP_LONGEST_WAIT_NANOS, crowd.longestWaitNanos());
        Files.deleteIfExists(place); // which says so if something is left
    }

    private void put(Measure measure, long value) {
        output.put(measure, extent.swaps(), value);
    }

    private static long swap(GuardedPlugin plugin) throws Exception {
        SwapReport report =
                plugin.swap(TestPlugins.demo(), PluginConfig.defaults(), PluginWarmUp.none(), Crowd.LOST_AFTER);
        if (report.switched() != plugin.instances().size()) {
            throw new IllegalStateException("Not all instances were switched: " + report);
        }
        return report.elapsed().toNanos();
    }

    private static long filesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.count() - 1; // itself
        }
    }

    private final class Key {
        private final int number;
        private final ReentrantLock lock = new ReentrantLock();
        private int come;
        private final Turns started = new Turns();

        Key(int number) {
            this.number = number;
        }

        void call(Turnstile<ConfinedPlugin> gate, Question question) throws Exception {
            CompletableFuture<String> answer = submit(gate, question);
            question.check(answer.get(Crowd.LOST_AFTER.toNanos(), TimeUnit.NANOSECONDS));
        }

        private CompletableFuture<String> submit(Turnstile<ConfinedPlugin> gate, Question question)
                throws InterruptedException {
            lock.lock();
            try {
                int turn = ++come;
                return gate.request((ConfinedPlugin plugin) -> {
                            if (!started.isNext(turn)) {
                                outOfOrder.increment();
                            }
                            return ((NativePlugin) plugin).call(question.tag(), question.request());
                        })
                        .withKey(number)
                        .submit();
            } finally {
                lock.unlock();
            }
        }
    }

    /** The calls of a key as they are started. */
    static final class Turns {
        /** Of one thread at a time, if the gate keeps its word. */
        private final AtomicInteger last = new AtomicInteger();

        boolean isNext(int turn) {
            return last.getAndSet(turn) == turn - 1;
        }
    }
}
