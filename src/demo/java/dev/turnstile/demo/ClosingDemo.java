package dev.turnstile.demo;

import dev.turnstile.CloseReport;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileStats;
import dev.turnstile.demo.Messages.Sleep;
import dev.turnstile.demo.Messages.Slept;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The plugin is closed while it is in use, with less time than the calls in the line take; every caller gets an answer. */
final class ClosingDemo {
    private static final int CAPACITY = 20;
    private static final int CALLERS = 60;
    private static final int RESULTS_BEFORE = 5;

    private ClosingDemo() {}

    /** What became of a caller. */
    private enum End {
        RESULT,
        REFUSED,
        REFUSED_WHILE_RUNNING
    }

    static void run(Stage stage) throws InterruptedException {
        Report report = stage.report();
        Sleep request = new Sleep(stage.scaled(10));
        Duration limit = Duration.ofMillis(stage.scaled(100));
        report.line(
                "%nDemo 8: Closing within %dms, under %d callers of %dms each",
                limit.toMillis(), CALLERS, request.durationMs());
        try (SynchronizedPlugin plugin = stage.open(CAPACITY)) {
            CountDownLatch firstEnds = new CountDownLatch(RESULTS_BEFORE);
            Callers<End> callers = Callers.start(CALLERS, caller -> {
                try {
                    return end(plugin, request);
                } finally {
                    firstEnds.countDown();
                }
            });
            firstEnds.await();
            CloseReport closing = plugin.close(limit);
            List<End> ends = callers.join();
            boolean ended = plugin.awaitTermination(Duration.ofSeconds(30));
            print(report, closing);
            check(report, closing, ends, plugin);
            report.check(ended, "the plugin is shut down");
            report.check(end(plugin, request) == End.REFUSED, "a caller who comes now is refused");
        }
    }

    private static End end(SynchronizedPlugin plugin, Sleep request) throws InterruptedException {
        try {
            plugin.call("sleep", request, Slept.class);
            return End.RESULT;
        } catch (TurnstileClosedException refused) {
            return refused.started() ? End.REFUSED_WHILE_RUNNING : End.REFUSED;
        }
    }

    private static void print(Report report, CloseReport closing) {
        report.line(
                "  CloseReport: drained %d, refused %d, turned away %d, abandoned %d, %dms, resource closed: %s",
                closing.drained(),
                closing.refused(),
                closing.notAdmitted(),
                closing.abandoned(),
                closing.elapsed().toMillis(),
                closing.resourceClosed() ? "yes" : "not yet");
    }

    private static void check(Report report, CloseReport closing, List<End> ends, SynchronizedPlugin plugin) {
        int results = Collections.frequency(ends, End.RESULT);
        int refused = Collections.frequency(ends, End.REFUSED);
        int whileRunning = Collections.frequency(ends, End.REFUSED_WHILE_RUNNING);
        report.check(
                results + refused + whileRunning == CALLERS,
                "%d results + %d refused + %d refused while running = %d callers",
                results,
                refused,
                whileRunning,
                CALLERS);
        TurnstileStats counted = plugin.stats();
        report.check(
                counted.completed() == results && counted.refused() + counted.notAdmitted() == refused + whileRunning,
                "the gate counted the same");
        report.check(whileRunning == closing.abandoned(), "the report knows who was refused while running");
    }
}
