package dev.turnstile.bench.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Virtual threads that call at a fixed rate, whatever the answers take. A latency counts from the instant at which the call
 * was due, so a stall counts for all calls that it delayed, also for those that could not even begin (coordinated omission).
 * What the JVM takes to wake a caller that is due is in it, for all contestants alike.
 */
final class PacedLoop {
    private final Entrance entrance;
    private final int callers;
    private final long interval;

    /** @param rate calls per second of all callers together */
    PacedLoop(Entrance entrance, int callers, int rate) {
        this.entrance = entrance;
        this.callers = callers;
        this.interval = 1_000_000_000L * callers / rate;
    }

    /** Every call that is due in the window is made, however late. */
    Window run(Duration window) throws InterruptedException {
        Histogram latency = new ConcurrentHistogram(ClosedLoop.LONGEST_NANOS, 3);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>(callers);
        Costs before = Costs.soFar();
        long start = System.nanoTime() + interval;
        long end = start + window.toNanos();
        for (int i = 0; i < callers; i++) {
            Question question = Question.ofCaller(i);
            long first = start + interval * i / callers;
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    for (long due = first; due - end < 0 && failure.get() == null; due += interval) {
                        awaitTime(due);
                        question.ask(entrance);
                        latency.recordValue(System.nanoTime() - due);
                    }
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("A call failed", failure.get());
        }
        return new Window(latency.getTotalCount(), Costs.soFar().minus(before), latency);
    }

    private static void awaitTime(long due) {
        long wait;
        while ((wait = due - System.nanoTime()) > 0) {
            LockSupport.parkNanos(wait);
        }
    }
}
