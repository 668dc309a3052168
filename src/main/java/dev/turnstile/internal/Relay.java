package dev.turnstile.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries elements from the threads that offer them to a receiver of the user, which runs on another thread.
 *
 * <p>The protocol: {@link #offer} never blocks. It adds the element to a bounded chain, or counts it as dropped, and starts a virtual thread if none is
 * delivering. To start a thread costs more than most elements are worth; so the thread that delivers waits a moment for others when it has
 * delivered, and gives up its turn only when none have come. Then it looks once more for an element that came in between. So there is at most one
 * delivering thread, and none while there is nothing to do. {@link #flush} adds a mark and ends the moment: when the mark is reached, all that
 * came before has been received.
 *
 * @param <E> the type of the elements
 */
public abstract class Relay<E> {
    /** How many elements may wait for the receiver. */
    public static final int CAPACITY = 8192;

    /** For how long the delivering thread waits for more. */
    private static final long MOMENT_NANOS = 500_000;

    private final String threadName;
    /** What has come since the delivering thread has looked, latest first. */
    private final AtomicReference<@Nullable Entry<E>> latest = new AtomicReference<>();

    /** How many elements were added. Each is counted before it is in the chain, so that {@link #finished} is never ahead. */
    private final AtomicLong added = new AtomicLong();

    /** How many of them the receiver was given. */
    private final AtomicLong received = new AtomicLong();

    /** How many of them the receiver is done with. */
    private final AtomicLong finished = new AtomicLong();

    /** A count of received elements that may be out of date: who adds reads the other one, which changes all the time, only if this one leaves no room. */
    private volatile long receivedBefore;

    /** What the delivering thread has taken, and not yet delivered. */
    private @Nullable Entry<E> taken;

    private final AtomicBoolean delivering = new AtomicBoolean();
    private final AtomicLong lost = new AtomicLong();

    /** The thread that is delivering, as long as it may be inside the receiver. */
    private volatile @Nullable Thread deliverer;

    /** Created early: the first use of a lambda takes a deep stack, which an offering thread may not have. */
    private final Runnable delivery = this::deliver;

    /**
     * Makes a relay that has no thread yet.
     *
     * @param threadName the name of the delivering thread
     */
    protected Relay(String threadName) {
        this.threadName = threadName;
    }

    /**
     * Hands an element to the receiver, on the delivering thread: one at a time, in order.
     *
     * @param element the element
     */
    protected abstract void receive(E element);

    /**
     * Logs what the receiver threw.
     *
     * @param element the element that it threw on
     * @param thrown what it threw
     */
    protected abstract void threw(E element, Throwable thrown);

    /**
     * Says that elements were dropped since it said so last; on the delivering thread.
     *
     * @param count how many
     */
    protected abstract void dropped(long count);

    /**
     * Leaves an element to be delivered, or counts it as dropped if too many wait. Never blocks.
     *
     * @param element the element
     * @param context what is in place while it is received; {@code null} for nothing
     */
    public void offer(E element, @Nullable CarriedContext context) {
        if (hasRoom()) {
            Entry<E> entry = new Entry<>(element, context, null);
            added.getAndIncrement();
            add(entry);
        } else {
            lost.incrementAndGet();
        }
        deliverIfNobodyDoes();
    }

    /**
     * Waits until each element that was offered before has been received, or was dropped.
     *
     * @param limit how long; zero or less does not wait
     * @return {@code false} if the limit passed first
     * @throws InterruptedException if the thread is interrupted, now or before
     * @throws IllegalStateException if the receiver calls this, which would wait for itself
     */
    public boolean flush(Duration limit) throws InterruptedException {
        long nanos = TimeUnit.NANOSECONDS.convert(Objects.requireNonNull(limit, "limit"));
        if (Thread.currentThread() == deliverer) {
            throw new IllegalStateException("The receiver of " + threadName
                    + " itself waits until it has received everything: it would wait for itself; have another"
                    + " thread wait");
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (finished.get() == added.get()) {
            return true;
        }
        Entry<E> last = latest.get();
        CountDownLatch reached = last == null ? null : last.reached; // if another one waits for the same already
        if (reached == null) {
            reached = new CountDownLatch(1);
            add(new Entry<>(null, null, reached));
        }
        deliverIfNobodyDoes();
        LockSupport.unpark(deliverer);
        return reached.await(nanos, TimeUnit.NANOSECONDS);
    }

    private boolean hasRoom() {
        long count = added.get();
        if (count - receivedBefore >= CAPACITY) {
            receivedBefore = received.get();
        }
        return count - receivedBefore < CAPACITY;
    }

    private void add(Entry<E> entry) {
        Entry<E> before;
        do {
            before = latest.get();
            entry.next = before;
        } while (!latest.compareAndSet(before, entry));
    }

    /** Takes all, chained by {@code next}, oldest first. */
    private @Nullable Entry<E> takeAll() {
        Entry<E> entry = latest.getAndSet(null);
        Entry<E> first = null;
        while (entry != null) {
            Entry<E> before = entry.next;
            entry.next = first;
            first = entry;
            entry = before;
        }
        return first;
    }

    private void deliverIfNobodyDoes() {
        if (delivering.compareAndSet(false, true)) {
            boolean started = false;
            try {
                // It inherits nothing: some MDCs would hand it the context of the caller that starts it.
                Thread.ofVirtual()
                        .name(threadName)
                        .inheritInheritableThreadLocals(false)
                        .start(delivery);
                started = true;
            } finally {
                if (!started) {
                    delivering.set(false);
                }
            }
        }
    }

    private void deliver() {
        do {
            deliverer = Thread.currentThread();
            try {
                while (deliverAll()) {
                    LockSupport.parkNanos(this, MOMENT_NANOS);
                }
            } finally {
                deliverer = null;
                delivering.set(false);
            }
        } while (latest.get() != null && delivering.compareAndSet(false, true));
    }

    /** Says whether there was anything. */
    private boolean deliverAll() {
        if (taken == null) {
            taken = takeAll();
        }
        boolean isAny = taken != null;
        while (taken != null) {
            Entry<E> entry = taken;
            taken = entry.next;
            deliver(entry);
        }
        long count = lost.getAndSet(0);
        if (count > 0) {
            try {
                dropped(count);
            } finally {
                leaveNothing();
            }
        }
        return isAny;
    }

    private void deliver(Entry<E> entry) {
        E element = entry.element;
        if (element == null) {
            Objects.requireNonNull(entry.reached).countDown();
            return;
        }
        received.setRelease(received.getPlain() + 1);
        try {
            if (entry.context == null) {
                receive(element);
            } else {
                entry.context.runAnyway(new Receiving(element));
            }
        } catch (Throwable thrown) {
            threw(element, thrown);
        } finally {
            finished.setRelease(finished.getPlain() + 1);
            leaveNothing();
        }
    }

    /** What the receiver left on this thread, the next element must not find. */
    private static void leaveNothing() {
        MDC.clear();
        Thread.interrupted();
    }

    /** No lambda: it is linked before there is a caller. */
    private final class Receiving implements CarriedContext.Code<RuntimeException> {
        private final E element;

        Receiving(E element) {
            this.element = element;
        }

        @Override
        public void run() {
            receive(element);
        }
    }

    /** An element, or a mark. */
    private static final class Entry<E> {
        private final @Nullable E element;
        private final @Nullable CarriedContext context;
        private final @Nullable CountDownLatch reached;

        /** The one that came before; once taken, the one that came after. */
        private @Nullable Entry<E> next;

        Entry(@Nullable E element, @Nullable CarriedContext context, @Nullable CountDownLatch reached) {
            this.element = element;
            this.context = context;
            this.reached = reached;
        }
    }
}
