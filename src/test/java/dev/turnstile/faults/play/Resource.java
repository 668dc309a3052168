package dev.turnstile.faults.play;

import java.util.concurrent.atomic.AtomicInteger;

/** Sees who uses it. */
final class Resource {
    private final String version;
    private final Thread worker = Thread.currentThread();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger closes = new AtomicInteger();
    private volatile String misuse;

    Resource(String version) {
        this.version = version;
    }

    String version() {
        return version;
    }

    void enter() {
        if (inside.getAndIncrement() != 0) {
            misuse = "two at once";
        }
        if (Thread.currentThread() != worker) {
            misuse = "used on " + Thread.currentThread();
        }
        if (closes.get() > 0) {
            misuse = "used after it was closed";
        }
    }

    void leave() {
        inside.decrementAndGet();
    }

    void close() {
        if (inside.get() != 0) {
            misuse = "closed under a call";
        }
        if (Thread.currentThread() != worker) {
            misuse = "closed on " + Thread.currentThread();
        }
        closes.incrementAndGet();
    }

    int closes() {
        return closes.get();
    }

    /** Returns what was wrong with its use; {@code null} if nothing was. */
    String misuse() {
        return misuse;
    }
}
