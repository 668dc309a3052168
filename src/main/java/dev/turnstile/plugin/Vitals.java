package dev.turnstile.plugin;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether an instance is alive, as far as its answers show to its worker, or to the workers that share it.
 *
 * <p>A plugin that panicked answers each further call with an error. So if a call begins after an answer that may have been a panic, and
 * succeeds, there was no panic. A call that was in the plugin by then shows nothing.
 */
class Vitals {
    private final AtomicInteger suspicions = new AtomicInteger();
    private volatile boolean dead;

    /** Returns how many answers may have been a panic; to be asked before a call. */
    int suspicions() {
        return suspicions.get();
    }

    /**
     * A call has succeeded.
     *
     * @param before the {@link #suspicions} before it
     */
    void succeeded(int before) {
        if (before != 0) {
            suspicions.compareAndSet(before, 0);
        }
    }

    /** Notes that it may have panicked; says whether that was suspected before. */
    boolean suspect() {
        return suspicions.getAndIncrement() > 0;
    }

    boolean isSuspected() {
        return suspicions.get() > 0;
    }

    /** No call of it will succeed any more. */
    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }
}
