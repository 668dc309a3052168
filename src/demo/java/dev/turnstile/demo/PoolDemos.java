package dev.turnstile.demo;

import dev.turnstile.CallListener;
import dev.turnstile.InstanceState;
import dev.turnstile.InstanceStats;
import dev.turnstile.RestartPolicy;
import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.demo.Messages.Ask;
import dev.turnstile.demo.Messages.Echo;
import dev.turnstile.demo.Messages.Probe;
import dev.turnstile.demo.Messages.Say;
import dev.turnstile.demo.Messages.Sleep;
import dev.turnstile.demo.Messages.Slept;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** More than one instance: calls at once, one that dies and is replaced, and another plugin in the place of one that is in use. */
final class PoolDemos {
    private static final int CAPACITY = 100;
    private static final int INSTANCES = 4;

    private PoolDemos() {}

    static void run(Stage stage) throws InterruptedException {
        pool(stage);
        poison(stage);
        swap(stage);
    }

    private static void pool(Stage stage) throws InterruptedException {
        Report report = stage.report();
        int calls = 40;
        Sleep request = new Sleep(stage.scaled(20));
        report.line(
                "%nDemo 9: A pool of %d beside one instance, %d calls of %dms each",
                INSTANCES, calls, request.durationMs());
        try (SynchronizedPlugin one = stage.open(CAPACITY);
                PluginPool pool = stage.openPool(INSTANCES, TurnstileOptions.defaults())) {
            report.line("  One instance:  %dms", timed(one, calls, request));
            report.line("  %d instances:   %dms", INSTANCES, timed(pool, calls, request));
            List<Long> each =
                    pool.instances().stream().map(InstanceStats::returned).toList();
            report.line("  Calls that each of them ran: %s", each);
            report.check(each.stream().mapToLong(Long::longValue).sum() == calls, "each call was run once: %d", calls);

            List<Probe> seen = new ArrayList<>();
            for (int key = 0; key < 4 * INSTANCES; key++) { // a key's calls are run by one and the same instance
                seen.add(pool.withKey(key).call("probe", new Ask(), Probe.class));
            }
            report.check(
                    seen.stream().allMatch(probe -> probe.overlaps() == 0 && probe.threads() == 1),
                    "no instance saw two calls at once, or a second thread");
        }
    }

    /** Returns the time for all calls, in milliseconds. */
    private static long timed(GuardedPlugin plugin, int calls, Sleep request) throws InterruptedException {
        long begin = System.nanoTime();
        Callers.start(calls, caller -> plugin.call("sleep", request, Slept.class))
                .join();
        return millisSince(begin);
    }

    private static long millisSince(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin).toMillis();
    }

    private static void poison(Stage stage) throws InterruptedException {
        Report report = stage.report();
        int callers = 40;
        report.line("%nDemo 10: A poison call among %d callers", callers);
        CountDownLatch replaced = new CountDownLatch(1);
        CallListener listener = new CallListener() {
            @Override
            public void onRestarted(int instance) {
                replaced.countDown();
            }
        };
        TurnstileOptions options = TurnstileOptions.defaults()
                .withListeners(listener)
                .withRestarts(RestartPolicy.limited(3, Duration.ofMinutes(1))
                        .withDelays(Duration.ofMillis(10), Duration.ofSeconds(1)));
        Sleep request = new Sleep(stage.scaled(20));
        try (PluginPool pool = stage.openPool(2, options)) {
            Callers<Integer> others = Callers.start(
                    callers, caller -> pool.call("sleep", request, Slept.class).sleptMs());
            long begin = System.nanoTime();
            try {
                String payload = pool.call("panic", new Ask(), String.class);
                report.check(false, "panic fails, but it answered %s", payload);
            } catch (PluginException dead) {
                report.line("  %s", dead.getMessage());
                report.check(dead.errorCode().equals(ErrorCode.INTERNAL), "the poison call failed, once");
            }
            int right = Collections.frequency(others.join(), request.durationMs());
            report.check(right == callers, "%d others have their answers", right);
            boolean isReplaced = replaced.await(30, TimeUnit.SECONDS);
            report.line("  A fresh instance works, %dms after the poison was given", millisSince(begin));
            List<InstanceStats> instances = pool.instances();
            report.check(
                    isReplaced
                            && instances.stream().allMatch(one -> one.state() == InstanceState.SERVING)
                            && instances.stream()
                                            .mapToLong(InstanceStats::restarts)
                                            .sum()
                                    == 1,
                    "one of two instances was replaced: %s",
                    pool.health().reason());
        }
    }

    private static void swap(Stage stage) throws InterruptedException {
        Report report = stage.report();
        int callers = stage.scaled(1_000);
        report.line("%nDemo 11: Another plugin takes over, under %,d callers", callers);
        CountDownLatch isUnderLoad = new CountDownLatch(callers);
        AtomicBoolean isSwapped = new AtomicBoolean();
        try (SynchronizedPlugin plugin = stage.open(CAPACITY)) {
            Callers<Integer> loads = Callers.start(callers, caller -> {
                int calls = 0;
                boolean isLast;
                do {
                    isLast = isSwapped.get();
                    String message = "call " + calls + " of caller " + caller;
                    if (plugin.call("echo", new Say(message), Echo.class)
                            .message()
                            .equals(message)) {
                        calls++;
                    }
                    isUnderLoad.countDown();
                } while (!isLast);
                return calls;
            });
            isUnderLoad.await();
            Probe before = Stage.probe(plugin);
            try {
                SwapReport swap = stage.swap(plugin);
                report.line(
                        "  SwapReport: switched %d, waiting %d, %dms",
                        swap.switched(), swap.waiting(), swap.elapsed().toMillis());
                report.check(swap.switched() == 1, "the new one has taken over");
            } catch (SwapException kept) {
                report.check(false, "the new one takes over, but: %s", kept.getMessage());
            } finally {
                isSwapped.set(true);
            }
            int right = loads.join().stream().mapToInt(Integer::intValue).sum();
            Probe after = Stage.probe(plugin);
            long completed = plugin.stats().completed();
            report.line("  The old plugin saw %,d calls or more, the new one %,d", before.calls(), after.calls());
            report.check(right == completed - 2, "no call failed, each had its own answer: %,d", right);
            report.check(
                    after.calls() - 1 <= completed - before.calls(), // it alone has seen the warm-up
                    "the new one saw none of those before");
        }
    }
}
