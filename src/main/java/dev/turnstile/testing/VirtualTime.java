package dev.turnstile.testing;

import dev.turnstile.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A clock that stands still until the test {@linkplain #advance advances} it. It measures the limits of calls, fan-outs and closing, and the
 * latencies of a {@link ScriptedPlugin}. Give it to a gate in its {@linkplain dev.turnstile.TurnstileOptions#withTimeSource options}, or to a
 * {@code ScriptedPlugin}; several may share one.
 *
 * <p>Events that fall due in one step come in any order, as in reality. So a test that wants a limit to pass before an answer advances to the
 * limit first. The JDK's own timers, for example {@link java.util.concurrent.CompletableFuture#orTimeout}, do not use this clock.
 *
 * <p>Any thread may use it.
 */
public final class VirtualTime implements TimeSource {
    // Nothing here waits for a lock: a thread that parks must not use up the unpark that ends its wait (TimeSource).
    // A thread that parks adds itself, then looks at the time; a thread that advances sets the time, then looks for
    // parked threads: one of them sees the other. Threads that park and those in awaitParked see each other likewise.

    private final AtomicLong now = new AtomicLong();
    private final ConcurrentLinkedQueue<Sleeper> sleepers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Thread> observers = new ConcurrentLinkedQueue<>();

    record Sleeper(Thread thread, Object blocker, long until) {
        boolean isCaller() {
            return !(blocker instanceof ScriptedPlugin);
        }
    }

    /** Makes a clock that stands still. */
    public VirtualTime() {
        parkUntil(this, now.get()); // the first call loads classes, which may wait for locks
    }

    /**
     * Moves the time, and wakes the threads that wait for a point in time that has come. Does not wait for what they do then.
     *
     * @param by how far; zero is allowed and wakes no thread
     * @throws IllegalArgumentException if the time would run backward
     */
    public void advance(Duration by) {
        Objects.requireNonNull(by, "by");
        if (by.isNegative()) {
            throw new IllegalArgumentException("Time does not run backward: by is " + by + ", but must be 0 or more");
        }
        now.addAndGet(by.toNanos());
        for (Sleeper sleeper : sleepers) {
            if (hasCome(sleeper.until) && sleepers.remove(sleeper)) {
                LockSupport.unpark(sleeper.thread);
            }
        }
    }

    /**
     * Waits until at least {@code threads} threads wait in gates with a limit at once: callers in the line or outside, owners of fan-outs in {@code
     * join}, threads that close a gate, and for each future with a limit one thread of the library. The latencies of a {@link ScriptedPlugin} do
     * not count, nor do callers without a limit.
     *
     * @param threads how many
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public void awaitParked(int threads) throws InterruptedException {
        Thread observer = Thread.currentThread();
        observers.add(observer);
        try {
            while (sleepers.stream().filter(Sleeper::isCaller).count() < threads) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.park(this);
            }
        } finally {
            observers.remove(observer);
        }
    }

    /** Returns how far the test has advanced the time, in nanoseconds. */
    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void parkUntil(Object blocker, long nanoTime) {
        Objects.requireNonNull(blocker, "blocker");
        Sleeper sleeper = new Sleeper(Thread.currentThread(), blocker, nanoTime);
        if (fallsAsleep(sleeper)) {
            LockSupport.park(blocker);
        }
        sleepers.remove(sleeper);
    }

    /** From here on the sleeper is woken; says whether there is still something to wait for. */
    boolean fallsAsleep(Sleeper sleeper) {
        sleepers.add(sleeper);
        for (Thread observer : observers) {
            LockSupport.unpark(observer);
        }
        return !hasCome(sleeper.until);
    }

    @Override
    public boolean await(CountDownLatch latch, long nanoTime) throws InterruptedException {
        Objects.requireNonNull(latch, "latch");
        Thread waiter = Thread.currentThread();
        Thread.ofVirtual().name("turnstile-virtual-time").start(() -> unparkWhenOpen(latch, waiter));
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (latch.getCount() == 0 || hasCome(nanoTime)) {
                return latch.getCount() == 0;
            }
            parkUntil(latch, nanoTime);
        }
    }

    /** Returns how far the test has advanced the time, and how many threads wait for it. */
    @Override
    public String toString() {
        return "VirtualTime[" + Duration.ofNanos(now.get()) + ", " + sleepers.size() + " threads wait]";
    }

    private boolean hasCome(long nanoTime) {
        return nanoTime - now.get() <= 0;
    }

    private static void unparkWhenOpen(CountDownLatch latch, Thread waiter) {
        try {
            latch.await();
        } catch (InterruptedException impossible) {
            throw new IllegalStateException("Nobody knows this thread", impossible);
        }
        LockSupport.unpark(waiter);
    }
}
