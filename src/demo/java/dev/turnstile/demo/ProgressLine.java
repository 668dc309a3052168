package dev.turnstile.demo;

import dev.turnstile.TurnstileStats;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows how far a crowd is: calls per second, pending, waiting. On a terminal it is one line that changes; elsewhere a new
 * line now and then.
 */
final class ProgressLine implements AutoCloseable {
    private static final boolean ON_TERMINAL = Boolean.getBoolean("turnstile.demo.terminal");
    private static final int INTERVAL_MS = ON_TERMINAL ? 100 : 1000;
    private static final ThreadFactory DAEMON =
            Thread.ofPlatform().daemon().name("progress").factory();

    private final Report report;
    private final Supplier<TurnstileStats> stats;
    private final long expected;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(DAEMON);
    private final long begin = System.nanoTime();

    // Of the last time it was shown; used by the clock's thread only.
    private long shownAt = begin;
    private long shownCalls;

    /** Makes the line for a crowd that will make this many calls. */
    ProgressLine(Report report, Supplier<TurnstileStats> stats, long expected) {
        this.report = report;
        this.stats = stats;
        this.expected = expected;
    }

    /** Shows the progress from now on, until this is closed. */
    void start() {
        var unused = clock.scheduleAtFixedRate(this::show, INTERVAL_MS, INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    private void show() {
        TurnstileStats now = stats.get();
        long time = System.nanoTime();
        String line = String.format(
                Locale.ROOT,
                "  %,9d of %,d calls  %,8d calls/s  %,4d pending  %,6d waiting",
                now.completed(),
                expected,
                perSecond(now.completed() - shownCalls, time - shownAt),
                now.pending(),
                now.waiting());
        shownAt = time;
        shownCalls = now.completed();
        if (ON_TERMINAL) {
            report.overwrite(line);
        } else {
            report.line("%s", line);
        }
    }

    private static long perSecond(long calls, long nanos) {
        return Math.round(calls * 1e9 / nanos);
    }

    /** Stops, and leaves the total. */
    @Override
    public void close() {
        clock.close();
        long nanos = System.nanoTime() - begin;
        long calls = stats.get().completed();
        if (ON_TERMINAL) {
            report.line("");
        }
        report.line("  %,d calls in %.1f s: %,d calls/s", calls, nanos / 1e9, perSecond(calls, nanos));
    }
}
