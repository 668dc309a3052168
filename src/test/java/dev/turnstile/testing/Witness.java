package dev.turnstile.testing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A resource that sees who uses it: overlaps, threads, the number of uses, whether and how often it was closed. */
public final class Witness implements AutoCloseable {
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private final AtomicInteger uses = new AtomicInteger();
    private final AtomicInteger closes = new AtomicInteger();
    private final AtomicInteger closedUnderCall = new AtomicInteger();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    public Witness() {
        threads.add(Thread.currentThread());
    }

    /** A use: counts itself, and passes its argument through. */
    public <T> T use(T value) {
        enter();
        uses.incrementAndGet();
        leave();
        return value;
    }

    /** A use that stays inside until the gate is opened; {@code entered} tells that it is there. */
    public void hold(CountDownLatch entered, CountDownLatch gate) {
        enter();
        uses.incrementAndGet();
        entered.countDown();
        try {
            Uninterruptibly.await(gate); // like a native call
        } finally {
            leave();
        }
    }

    private void enter() {
        threads.add(Thread.currentThread());
        if (inside.getAndIncrement() != 0) {
            overlaps.incrementAndGet();
        }
    }

    private void leave() {
        inside.decrementAndGet();
    }

    @Override
    public void close() {
        threads.add(Thread.currentThread());
        if (inside.get() != 0) {
            closedUnderCall.incrementAndGet();
        }
        closes.incrementAndGet();
    }

    public int overlaps() {
        return overlaps.get();
    }

    public int uses() {
        return uses.get();
    }

    public int closes() {
        return closes.get();
    }

    public int closedUnderCall() {
        return closedUnderCall.get();
    }

    public Set<Thread> threads() {
        return threads;
    }
}
