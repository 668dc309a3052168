package dev.turnstile;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for a {@link CallFuture}. Links are immutable, so looking at all of them and unparking their threads takes neither memory nor
 * a lock.
 */
final class FutureWaiters {
    private static final AtomicReferenceFieldUpdater<FutureWaiters, @Nullable Link> LINKS =
            AtomicReferenceFieldUpdater.newUpdater(FutureWaiters.class, Link.class, "links");

    /** Reached through {@link #LINKS}: an object less for each future. */
    private volatile @Nullable Link links;

    /** A thread that waits; it says itself when it stops. */
    abstract static class Waiter implements ForkJoinPool.ManagedBlocker {
        private final Thread thread = Thread.currentThread();
        private volatile boolean hasLeft;

        /** Needs no memory; removing it does. */
        final void leave() {
            hasLeft = true;
        }
    }

    /** A waiter and the others. */
    private static final class Link {
        private final Waiter waiter;
        private final @Nullable Link next;

        Link(Waiter waiter, @Nullable Link next) {
            this.waiter = waiter;
            this.next = next;
        }
    }

    boolean isEmpty() {
        for (Link link = links; link != null; link = link.next) {
            if (!link.waiter.hasLeft) {
                return false;
            }
        }
        return true;
    }

    /** Returns how many have been added and not removed. */
    int size() {
        int size = 0;
        for (Link link = links; link != null; link = link.next) {
            size++;
        }
        return size;
    }

    void add(Waiter waiter) {
        Link others;
        do {
            others = links;
        } while (!LINKS.compareAndSet(this, others, new Link(waiter, others)));
    }

    void remove(Waiter waiter) {
        Link all;
        do {
            all = links;
        } while (!LINKS.compareAndSet(this, all, without(waiter, all)));
    }

    /** Copies the links that come before the one of the waiter. */
    private static @Nullable Link without(Waiter waiter, @Nullable Link all) {
        Link found = all;
        while (found != null && !found.waiter.equals(waiter)) {
            found = found.next;
        }
        if (found == null) {
            return all;
        }
        Link kept = found.next;
        for (Link other = all; other != found && other != null; other = other.next) {
            kept = new Link(other.waiter, kept);
        }
        return kept;
    }

    void unpark() {
        unpark(links);
    }

    /** Removes all, and unparks them. */
    void removeAll() {
        if (links != null) {
            unpark(LINKS.getAndSet(this, null));
        }
    }

    private static void unpark(@Nullable Link all) {
        for (Link link = all; link != null; link = link.next) {
            if (!link.waiter.hasLeft && link.waiter.thread != Thread.currentThread()) {
                LockSupport.unpark(link.waiter.thread);
            }
        }
    }
}
