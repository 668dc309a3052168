package dev.turnstile.demo;

import dev.turnstile.CallListener;
import dev.turnstile.InstanceProcess;
import dev.turnstile.InstanceStats;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.demo.Messages.Ask;
import dev.turnstile.demo.Messages.Echo;
import dev.turnstile.demo.Messages.Say;
import dev.turnstile.plugin.PluginCrashedException;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The plugin in a process of its own, which crashes again and again: each crash is one lost call. */
final class ProcessDemo {
    private static final int CRASHES = 3;

    private ProcessDemo() {}

    static void run(Stage stage) throws InterruptedException {
        Report report = stage.report();
        int callers = stage.scaled(1_000);
        report.line(
                "%nDemo 12: The plugin in a process of its own crashes %d times, under %,d callers", CRASHES, callers);
        Semaphore replaced = new Semaphore(0);
        CallListener listener = new CallListener() {
            @Override
            public void onRestarted(int instance) {
                replaced.release();
            }
        };
        TurnstileOptions gate = TurnstileOptions.defaults()
                .withListeners(listener)
                .withRestarts(
                        RestartPolicy.limited(CRASHES, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO));
        try (SynchronizedPlugin plugin = stage.openIsolated(gate)) {
            List<Long> pids = new ArrayList<>(List.of(describe(plugin, report)));
            Load load = new Load(plugin, callers);
            boolean areReplaced = true;
            try {
                load.awaitAll();
                for (int i = 0; i < CRASHES; i++) {
                    load.crash();
                    areReplaced &= replaced.tryAcquire(30, TimeUnit.SECONDS);
                    pids.add(describe(plugin, report));
                }
            } finally {
                load.end();
            }
            long right = load.answered();
            List<PluginCrashedException> lost = load.lost();
            for (PluginCrashedException call : lost) {
                report.line(
                        "  Lost: %s, by %s%s in process %d",
                        call.target(),
                        call.reason(),
                        call.frame().map(frame -> " at " + frame).orElse(""),
                        call.pid());
            }
            report.check(lost.size() == CRASHES, "%d crashes, %d lost calls", CRASHES, lost.size());
            report.check(
                    right == plugin.stats().completed() && plugin.stats().failed() == load.failed(),
                    "all others had their own answers: %,d",
                    right);
            report.check(
                    areReplaced && pids.stream().distinct().count() == CRASHES + 1, "each time a fresh process came");
        }
    }

    private static long describe(SynchronizedPlugin plugin, Report report) {
        InstanceStats instance = plugin.instances().getFirst();
        OptionalLong bytes =
                instance.process().map(InstanceProcess::residentBytes).orElse(OptionalLong.empty());
        long pid = instance.process().map(InstanceProcess::pid).orElse(0L);
        report.line("  Process %d%s", pid, bytes.isPresent() ? ", " + bytes.getAsLong() / (1 << 20) + " MB" : "");
        return pid;
    }

    /** The callers: each calls until all crashes have been. */
    private static final class Load {
        private final SynchronizedPlugin plugin;
        private final CountDownLatch arrived;
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final List<PluginCrashedException> lost = Collections.synchronizedList(new ArrayList<>());
        private final Callers<Integer> callers;
        private int refusals;

        Load(SynchronizedPlugin plugin, int count) {
            this.plugin = plugin;
            this.arrived = new CountDownLatch(count);
            this.callers = Callers.start(count, this::callAgainAndAgain);
        }

        private int callAgainAndAgain(int caller) throws InterruptedException {
            int right = 0;
            boolean isLast;
            do {
                isLast = isOver.get();
                String message = "call " + right + " of caller " + caller;
                try {
                    Echo echo = plugin.call("echo", new Say(message), Echo.class);
                    right += echo.message().equals(message) ? 1 : 0;
                } catch (PluginCrashedException crashed) {
                    lost.add(crashed);
                }
                arrived.countDown();
            } while (!isLast);
            return right;
        }

        void awaitAll() throws InterruptedException {
            arrived.await();
        }

        /** The plugin in C has a call for that; the process of any other one is killed, as the system does when memory runs out. */
        void crash() throws InterruptedException {
            try {
                String answer = plugin.call("crash", new Ask(), String.class);
                throw new IllegalStateException("It should have crashed, and answered " + answer);
            } catch (PluginCrashedException asAsked) {
                lost.add(asAsked);
            } catch (PluginException unknown) {
                refusals++;
                long pid = plugin.instances()
                        .getFirst()
                        .process()
                        .map(InstanceProcess::pid)
                        .orElseThrow();
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        }

        void end() {
            isOver.set(true);
        }

        /** Waits for all callers; returns how many calls had their own answers. */
        long answered() throws InterruptedException {
            return callers.join().stream().mapToLong(Integer::longValue).sum();
        }

        List<PluginCrashedException> lost() {
            return List.copyOf(lost);
        }

        /** How many calls the gate must have counted as failed. */
        int failed() {
            return lost.size() + refusals;
        }
    }
}
