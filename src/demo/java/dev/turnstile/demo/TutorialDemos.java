package dev.turnstile.demo;

import dev.turnstile.demo.Messages.Ask;
import dev.turnstile.demo.Messages.Echo;
import dev.turnstile.demo.Messages.Probe;
import dev.turnstile.demo.Messages.Say;
import dev.turnstile.demo.Messages.Sleep;
import dev.turnstile.demo.Messages.Slept;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.LongStream;

/** The four demonstrations of the rustbridge tutorial, with its lines, on a line of five places. */
final class TutorialDemos {
    private static final int CAPACITY = 5;

    private final Stage stage;
    private final Report report;
    private final SynchronizedPlugin plugin;

    private TutorialDemos(Stage stage, SynchronizedPlugin plugin) {
        this.stage = stage;
        this.report = stage.report();
        this.plugin = plugin;
    }

    static void run(Stage stage) throws InterruptedException {
        try (SynchronizedPlugin plugin = stage.open(CAPACITY)) {
            TutorialDemos demos = new TutorialDemos(stage, plugin);
            demos.sequential();
            demos.concurrent();
            demos.backpressure();
            demos.futures();
        }
    }

    private void sequential() throws InterruptedException {
        report.line("Demo 1: Sequential calls");
        int right = 0;
        for (int i = 0; i < 3; i++) {
            Say request = new Say("Message " + i);
            Echo response = plugin.call("echo", request, Echo.class);
            report.line("  Echo: %s (len=%d)", response.message(), response.length());
            if (response.message().equals(request.message())) {
                right++;
            }
        }
        report.check(right == 3, "3 answers, each to its own request");
    }

    private void concurrent() throws InterruptedException {
        int callers = 10;
        int sleepMs = stage.scaled(100);
        report.line("%nDemo 2: Concurrent calls (observe serialization)");
        Stopwatch watch = new Stopwatch();
        Callers.startInOrder(plugin, callers, caller -> {
                    report.line("  [%d] Submitting (queue: %d)", caller, plugin.pendingCount());
                    Slept response = plugin.call("sleep", new Sleep(sleepMs), Slept.class);
                    report.line("  [%d] Completed after %dms", caller, watch.ms());
                    return response;
                })
                .join();
        long total = watch.ms();
        report.line("%nTotal time: %dms", total);
        report.line("  (Expected ~%dms for %d x %dms if serialized)", callers * sleepMs, callers, sleepMs);
        checkSerialized(total, callers, sleepMs);
    }

    private void checkSerialized(long totalMs, int calls, int sleepMs) {
        int least = calls * sleepMs;
        report.check(totalMs >= least, "not less than %d x %dms: no two calls at once", calls, sleepMs);
    }

    private void backpressure() throws InterruptedException {
        int callers = 20;
        int sleepMs = stage.scaled(50);
        report.line("%nDemo 3: Backpressure (queue size = %d)", plugin.capacity());
        LongAccumulator mostPending = new LongAccumulator(Math::max, 0);
        LongAccumulator mostWaiting = new LongAccumulator(Math::max, 0);
        Stopwatch watch = new Stopwatch();
        Callers.start(callers, caller -> {
                    long submitted = watch.ms();
                    Slept response = plugin.call("sleep", new Sleep(sleepMs), Slept.class);
                    report.line("  [%02d] Submit@%dms, Complete@%dms", caller, submitted, watch.ms());
                    mostPending.accumulate(plugin.pendingCount());
                    mostWaiting.accumulate(plugin.waitingCount());
                    return response;
                })
                .join();
        long total = watch.ms();
        report.line("%nTotal time: %dms", total);
        report.line("  (up to %d callers waited outside for a place)", mostWaiting.get());
        report.check(mostPending.get() <= CAPACITY, "never more than %d pending (saw %d)", CAPACITY, mostPending.get());
        checkSerialized(total, callers, sleepMs);
    }

    private void futures() throws InterruptedException {
        report.line("%nDemo 4: Async with futures");
        List<String> names = List.of("Alice", "Bob", "Charlie");
        List<CompletableFuture<Echo>> echoes = new ArrayList<>();
        for (String name : names) {
            echoes.add(plugin.submit("echo", new Say(name), Echo.class));
        }
        echoes.forEach(echo -> report.line("  Echo: %s", echo.join().message()));
        report.check(
                echoes.stream().map(echo -> echo.join().message()).toList().equals(names),
                "each future has its own answer");

        // The plugin numbers its calls. With more of them than places, submit waits; the order stays.
        List<CompletableFuture<Probe>> probes = new ArrayList<>();
        for (int i = 0; i < 4 * CAPACITY; i++) {
            probes.add(plugin.submit("probe", new Ask(), Probe.class));
        }
        List<Long> order = probes.stream().map(probe -> probe.join().calls()).toList();
        List<Long> asSubmitted = LongStream.range(0, probes.size())
                .map(i -> order.get(0) + i)
                .boxed()
                .toList();
        report.check(
                order.equals(asSubmitted),
                "%d futures through %d places: run in the order of submitting, says the plugin",
                probes.size(),
                CAPACITY);
    }

    /** Runs from its creation on. */
    private static final class Stopwatch {
        private final long begin = System.nanoTime();

        long ms() {
            return Duration.ofNanos(System.nanoTime() - begin).toMillis();
        }
    }
}
