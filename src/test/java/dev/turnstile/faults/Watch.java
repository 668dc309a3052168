package dev.turnstile.faults;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Watches one play: which threads take part, which points they pass, and whether anything still moves. Throws at one of them if it is armed.
 */
public final class Watch {
    private static final long CALM_NANOS = 300_000;
    private static final long WAKING_NANOS = 300_000_000;
    private static final long SURELY_CALM_NANOS = 500_000_000;
    private static final long LONGEST_NANOS = 20_000_000_000L;

    private final int firstId;
    private final int points;
    private final Aim aim;
    private final int patience;

    /** What a latch's waiters are shown to be blocked by. */
    private static final class LatchSync {
        private final Field sync;

        LatchSync() {
            try {
                sync = CountDownLatch.class.getDeclaredField("sync");
                sync.setAccessible(true);
            } catch (NoSuchFieldException e) {
                throw new IllegalStateException(e);
            }
        }

        boolean isBlocker(CountDownLatch latch, Object blocker) {
            try {
                return blocker != null && sync.get(latch).equals(blocker);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final LatchSync LATCH = new LatchSync();

    /** Looks on from outside, and takes no part. */
    private final Thread conductor = Thread.currentThread();

    private final Map<Thread, Seen> threads = new ConcurrentHashMap<>();
    private final Map<Passage, AtomicInteger> passed = new ConcurrentHashMap<>();
    private final AtomicLong passes = new AtomicLong();
    private final AtomicInteger hits = new AtomicInteger();
    private volatile long lastPassing = System.nanoTime();
    private volatile boolean isOver;
    private volatile Throwable thrown;
    private volatile Thread thrownOn;
    private Map<Passage, Integer> passedAtOpening = Map.of();
    private boolean hasFoundHang;

    /**
     * Where to throw.
     *
     * @param nth at which passing, from 1 on
     * @param what what is called there
     */
    record Aim(Passage passage, int nth, Fault fault, Point what) {}

    private static final class Seen {
        final String kind;
        final AtomicLong passes = new AtomicLong();
        volatile long passesWhenUnparked = -1;
        volatile long unparkedAt;

        Seen(Thread thread) {
            this.kind = thread.getName().replaceAll("[-#]?[0-9]+", "");
        }
    }

    /**
     * @param aim {@code null} for only recording
     * @param patience how many times longer than usual nothing must move before something is said to hang
     */
    Watch(int firstId, int points, Aim aim, int patience) {
        this.patience = patience;
        this.firstId = firstId;
        this.points = points;
        this.aim = aim;
    }

    // ---- the gate's code ----

    void passes(int id) {
        int point = id - firstId;
        if (point < 0 || point >= points) {
            return; // left over from another play
        }
        if (Thread.currentThread() == conductor) {
            return;
        }
        Seen seen = see(Thread.currentThread());
        seen.passes.incrementAndGet();
        passes.incrementAndGet();
        lastPassing = System.nanoTime();
        if (isOver) {
            return;
        }
        if (aim == null) {
            passed.computeIfAbsent(new Passage(point, seen.kind), unused -> new AtomicInteger())
                    .incrementAndGet();
        } else if (aim.passage.point() == point
                && aim.passage.thread().equals(seen.kind)
                && hits.incrementAndGet() == aim.nth) {
            thrownOn = Thread.currentThread();
            thrown = aim.fault.make();
            throw Watch.<RuntimeException>asThrown(thrown);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X asThrown(Throwable thrown) throws X {
        throw (X) thrown;
    }

    private Seen see(Thread thread) {
        Seen seen = threads.get(thread);
        return seen != null ? seen : threads.computeIfAbsent(thread, Seen::new);
    }

    /** Keeps whoever is parked by it, unparked or not, as long as it is closed. */
    public interface Barrier {
        boolean isClosed();
    }

    /** A thread is about to be unparked: it moves, although it does not look as if it did. */
    public void unparks(Thread thread) {
        Seen seen = see(thread);
        boolean isKept = LockSupport.getBlocker(thread) instanceof Barrier barrier && barrier.isClosed();
        if (!thread.isVirtual() && !isKept) {
            seen.unparkedAt = System.nanoTime();
            seen.passesWhenUnparked = seen.passes.get();
        }
    }

    /** So are those who wait for a latch. */
    void opens(CountDownLatch latch) {
        for (Thread thread : threads.keySet()) {
            if (!thread.isVirtual() && LATCH.isBlocker(latch, LockSupport.getBlocker(thread))) {
                unparks(thread);
            }
        }
    }

    // ---- the play ----

    /** A thread takes part from here on. */
    public void takesPart(Thread thread) {
        see(thread);
    }

    /** From here on nothing is recorded, or thrown. */
    public void over() {
        isOver = true;
    }

    /** Returns what was thrown; {@code null} if nothing was. */
    public Throwable thrown() {
        return thrown;
    }

    public boolean threwOn(Thread thread) {
        return thread.equals(thrownOn);
    }

    /** Says whether it was thrown where a method of an interface or class of the gate's was called; without a method, any of them. */
    public boolean threwIn(String callee) {
        return thrown != null && (aim.what.callee() + ".").contains("." + callee + ".");
    }

    /** Says whose code was called where it was thrown; {@code null} if nothing was. */
    public Point.Role role() {
        return thrown == null ? null : aim.what.role();
    }

    public boolean threwOnWorker() {
        return thrown != null && aim.passage.thread().equals("turnstile-worker");
    }

    /** The gate is open. */
    public void opened() {
        passedAtOpening = passed();
    }

    /** Returns how often each point was passed. */
    Map<Passage, Integer> passed() {
        Map<Passage, Integer> counts = new HashMap<>();
        passed.forEach((passage, count) -> counts.put(passage, count.get()));
        return counts;
    }

    Map<Passage, Integer> passedAtOpening() {
        return passedAtOpening;
    }

    /** Waits until nothing moves: no point is passed for some time, and all threads are parked or have ended. */
    public void settle() {
        awaitCalm(patience * CALM_NANOS, () -> false);
    }

    /** Waits until something is so; {@code false} if it is not when nothing moves any more. */
    public boolean becomes(BooleanSupplier condition) {
        boolean is = awaitCalm(patience * (hasFoundHang ? SURELY_CALM_NANOS / 8 : SURELY_CALM_NANOS), condition);
        hasFoundHang |= !is;
        return is;
    }

    /** Waits for something that comes by itself after some milliseconds, if it comes. */
    public void becomesSoon(BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean() && System.nanoTime() - begun < 60_000_000) {
            LockSupport.parkNanos(100_000);
        }
    }

    private boolean awaitCalm(long calmNanos, BooleanSupplier condition) {
        long begun = System.nanoTime();
        long calmSince = begun;
        long before = -1;
        while (System.nanoTime() - begun < LONGEST_NANOS) {
            if (condition.getAsBoolean()) {
                return true;
            }
            long now = passes.get();
            if (now != before || !isQuiet()) {
                before = now;
                calmSince = System.nanoTime();
            } else if (System.nanoTime() - calmSince >= calmNanos) {
                return condition.getAsBoolean();
            }
            LockSupport.parkNanos(20_000);
        }
        return false;
    }

    private boolean isQuiet() {
        long now = System.nanoTime();
        for (Map.Entry<Thread, Seen> entry : threads.entrySet()) {
            if (entry.getKey() == conductor) {
                continue;
            }
            Seen seen = entry.getValue();
            switch (entry.getKey().getState()) {
                case WAITING, TIMED_WAITING -> {
                    if (isAtALock(entry.getKey()) && now - lastPassing < patience * WAKING_NANOS) {
                        return false;
                    }
                    if (seen.passesWhenUnparked == seen.passes.get()
                            && now - seen.unparkedAt < patience * WAKING_NANOS) {
                        return false;
                    }
                }
                case NEW, TERMINATED -> {}
                default -> {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whoever waits for a lock has it soon. */
    private static boolean isAtALock(Thread thread) {
        Object blocker = LockSupport.getBlocker(thread);
        return blocker != null && blocker.getClass().getName().contains("ReentrantLock$");
    }

    // ---- the end ----

    /** Returns the threads that still live. */
    public Collection<Thread> living() {
        List<Thread> living = new ArrayList<>();
        for (Thread thread : threads.keySet()) {
            if (thread != conductor
                    && thread.getState() != Thread.State.TERMINATED
                    && thread.getState() != Thread.State.NEW) {
                living.add(thread);
            }
        }
        return living;
    }

    public static String kind(Thread thread) {
        return new Seen(thread).kind;
    }
}
