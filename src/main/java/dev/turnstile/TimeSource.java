package dev.turnstile;

import java.util.concurrent.CountDownLatch;

/**
 * The clock of a gate: it measures the limits, and callers wait with it. By default it is {@link #system()}; a test may use a clock
 * that it moves itself.
 *
 * <p>The gate asks for the time in the middle of its work, also on the worker and under its lock. So no method may throw, use the
 * gate, or wait for anything but what its description says.
 */
public interface TimeSource {
    /**
     * Returns the system's clock: {@link System#nanoTime()}.
     *
     * @return the default
     */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }

    /**
     * Returns the time; never waits.
     *
     * @return nanoseconds since some origin; only differences mean something, as with {@link System#nanoTime()}
     */
    long nanoTime();

    /**
     * Parks the current thread until it is unparked or interrupted, or until the time comes; returns at once if the time has come. It may
     * return earlier, as {@link java.util.concurrent.locks.LockSupport#park(Object)} may.
     *
     * <p>An unpark that comes before the park must not be lost. So this method must not wait for a lock: that would use the unpark up.
     *
     * @param blocker what the thread waits for, shown in thread dumps
     * @param nanoTime until when, by {@link #nanoTime()}
     */
    void parkUntil(Object blocker, long nanoTime);

    /**
     * Waits until a latch is open, up to a time.
     *
     * @param latch what to wait for
     * @param nanoTime until when, by {@link #nanoTime()}
     * @return whether the latch is open; {@code false} if the time came first
     * @throws InterruptedException if the thread is interrupted, now or before
     */
    boolean await(CountDownLatch latch, long nanoTime) throws InterruptedException;
}
