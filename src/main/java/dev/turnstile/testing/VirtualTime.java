package dev.turnstile.testing;

import dev.turnstile.TimeSource;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A time that stands still until the test {@linkplain #advance advances} it: limits of calls, fan-outs and closing pass by it, and so do the
 * latencies of a {@link ScriptedPlugin}. It is given to a gate by its {@linkplain
 * dev.turnstile.TurnstileOptions#withTimeSource options}, or to a {@code ScriptedPlugin}; several may share one.
 *
 * <p>What falls due in one step comes in any order, as it may in life. So a test that wants a limit to pass before an answer advances to the
 * limit first. The JDK's own timers, {@link java.util.concurrent.CompletableFuture#orTimeout} for one, know nothing of this time.
 *
 * <p>Any thread may use it.
 */
public final class VirtualTime implements TimeSource {
    // Nothing here waits for a lock: whoever parks must not use up the unpark that is to end its wait (TimeSource).
    // Whoever parks adds itself, then looks at the time; whoever advances sets the time, then looks who is there:
    // one of them sees the other. In the same way those who park and those in awaitParked see each other.

    private final AtomicLong now = new AtomicLong();
    private final ConcurrentLinkedQueue<Sleeper> sleepers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Thread> observers = new ConcurrentLinkedQueue<>();

    record Sleeper(Thread thread, Object blocker, long until) {
        boolean isCaller() {
            return !(blocker instanceof ScriptedPlugin);
        }
    }

    /** Makes a time that stands still. */
    public VirtualTime() {
        parkUntil(this, now.get()); // the first time loads classes, and that may wait for locks
    }

    /**
     * Moves the time, and wakes whoever waits for a point in it that has come. Does not wait for what they do then.
     *
     * @param by how far; zero is allowed and wakes nobody
     * @throws IllegalArgumentException if the time would run backward
     */
    public void advance(Duration by) {
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
     * Waits until so many threads wait in a gate with a limit at once: callers, in the line or outside, owners of fan-outs in {@code join}, whoever
     * closes a gate, and for each future with a limit one of the library's own threads. The latencies of a {@link ScriptedPlugin} do
     * not count, nor do callers without a limit.
     *
     * @param threads at least how many
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
        Sleeper sleeper = new Sleeper(Thread.currentThread(), blocker, nanoTime);
        if (fallsAsleep(sleeper)) {
            LockSupport.park(blocker);
        }
        sleepers.remove(sleeper);
    }

    /** From here on it is woken; says whether there is something to wait for. */
    boolean fallsAsleep(Sleeper sleeper) {
        sleepers.add(sleeper);
        for (Thread observer : observers) {
            LockSupport.unpark(observer);
        }
        return !hasCome(sleeper.until);
    }

    @Override
    public boolean await(CountDownLatch latch, long nanoTime) throws InterruptedException {
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

    /** Returns how far the test has advanced the time, and who waits for it. */
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
