package dev.turnstile;

import java.util.concurrent.CountDownLatch;

/**
 * Where a gate has its time from: what its limits are measured by, and what its callers wait for them with. By default that is
 * {@link #system()}; a test may give a time that it moves itself.
 *
 * <p>The gate asks for the time in the midst of its work, on the worker and under its lock too. So no method may throw, use the gate,
 * or wait for anything but what it says.
 */
public interface TimeSource {
    /**
     * Returns the time that passes by itself: {@link System#nanoTime()}.
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
     * Parks the current thread until it is unparked or interrupted, or the time has come; at once if it has. It may return earlier,
     * as {@link java.util.concurrent.locks.LockSupport#park(Object)} may.
     *
     * <p>An unpark that comes before it parks must not be lost. So nothing in here may wait for a lock: that uses the unpark up.
     *
     * @param blocker what the thread waits for, to be shown in thread dumps
     * @param nanoTime until when, by {@link #nanoTime()}
     */
    void parkUntil(Object blocker, long nanoTime);

    /**
     * Waits until a latch is open, up to a time.
     *
     * @param latch what to wait for
     * @param nanoTime until when, by {@link #nanoTime()}
     * @return whether the latch is open; {@code false} if the time came first
     * @throws InterruptedException if the thread is interrupted meanwhile, or was when it came
     */
    boolean await(CountDownLatch latch, long nanoTime) throws InterruptedException;
}
