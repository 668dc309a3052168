package dev.turnstile.demo;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.demo.Messages.Echo;
import dev.turnstile.demo.Messages.Say;
import dev.turnstile.demo.Messages.Sleep;
import dev.turnstile.demo.Messages.Slept;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Callers give up while the plugin is busy with another call: by a time limit, a cancel, an interrupt. The plugin's own
 * count of calls shows that none of theirs reached it.
 */
final class GivingUpDemo {
    private static final Say REQUEST = new Say("nobody will hear this");

    private final Stage stage;
    private final Report report;
    private final SynchronizedPlugin plugin;

    private GivingUpDemo(Stage stage, SynchronizedPlugin plugin) {
        this.stage = stage;
        this.report = stage.report();
        this.plugin = plugin;
    }

    static void run(Stage stage) throws InterruptedException {
        try (SynchronizedPlugin plugin = stage.open(5)) {
            new GivingUpDemo(stage, plugin).run();
        }
    }

    /** How a caller gave up, and whether the plugin had begun its call by then. */
    private record GaveUp(String how, Exception exception, boolean started) {}

    private void run() throws InterruptedException {
        report.line("%nDemo 6: Giving up while the plugin is busy");
        // On a machine that stalls the plugin may be free again before all gave up: then once more, with more time.
        int busyMs = stage.scaled(500);
        while (!shown(busyMs)) {
            if (busyMs > 10_000) {
                report.check(false, "three callers gave up while the plugin was busy for %dms", busyMs);
                return;
            }
            busyMs *= 2;
        }
    }

    private boolean shown(int busyMs) throws InterruptedException {
        long callsBefore = Stage.probe(plugin).calls();
        long completedBefore = plugin.stats().completed();
        CompletableFuture<Slept> busy = plugin.submit("sleep", new Sleep(busyMs), Slept.class);
        List<GaveUp> gaveUp = new ArrayList<>();
        byTimeLimit(Duration.ofMillis(stage.scaled(50)), gaveUp);
        byCancel(gaveUp);
        byInterrupt(gaveUp);
        boolean wasBusy = plugin.stats().completed() == completedBefore;
        busy.join();
        long calls = Stage.probe(plugin).calls() - callsBefore;
        if (!wasBusy) {
            return false;
        }
        for (GaveUp one : gaveUp) {
            report.line(
                    "  %s: %s: %s",
                    one.how(),
                    one.exception().getClass().getSimpleName(),
                    one.exception().getMessage());
        }
        report.check(gaveUp.size() == 3, "all three gave up");
        report.check(gaveUp.stream().noneMatch(GaveUp::started), "each exception says that its call was not started");
        report.check(calls == 2, "the plugin saw %d calls: the one that kept it busy, and the question", calls);
        return true;
    }

    private void byTimeLimit(Duration limit, List<GaveUp> gaveUp) throws InterruptedException {
        try {
            plugin.call("echo", REQUEST, Echo.class, limit);
        } catch (CallTimeoutException late) {
            gaveUp.add(new GaveUp("A limit of " + limit.toMillis() + "ms", late, late.started()));
        }
    }

    private void byCancel(List<GaveUp> gaveUp) throws InterruptedException {
        CompletableFuture<Echo> future = plugin.submit("echo", REQUEST, Echo.class);
        future.cancel(true);
        Throwable end = future.handle((echo, thrown) -> thrown).join();
        if (end instanceof CallCancelledException cancelled) {
            gaveUp.add(new GaveUp("A cancelled future", cancelled, cancelled.started()));
        }
    }

    private void byInterrupt(List<GaveUp> gaveUp) throws InterruptedException {
        Thread caller = Callers.startAndAwaitArrival(plugin, () -> {
            try {
                plugin.call("echo", REQUEST, Echo.class);
            } catch (CallInterruptedException interrupted) {
                gaveUp.add(new GaveUp("An interrupt", interrupted, interrupted.started()));
            } catch (InterruptedException other) {
                throw new IllegalStateException(other);
            }
        });
        caller.interrupt();
        caller.join();
    }
}
