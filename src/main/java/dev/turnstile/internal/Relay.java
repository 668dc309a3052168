package dev.turnstile.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries elements from the threads that offer them to a receiver of the user, which runs on another thread.
 *
 * <p>The protocol: {@link #offer} never blocks. It puts the element into a bounded queue, or counts it as dropped, and starts a
 * virtual thread if none is delivering. That thread delivers until the queue is empty, then gives up its turn and looks
 * once more for an element that came in between. So there is at most one delivering thread, and none while there is nothing to do. {@link
 * #flush} puts a mark into the queue: when it is reached, all that came before has been received.
 *
 * @param <E> the type of the elements
 */
public abstract class Relay<E> {
    /** How many elements may wait for the receiver. */
    public static final int CAPACITY = 8192;

    private final String threadName;
    private final LinkedBlockingQueue<Entry<E>> entries = new LinkedBlockingQueue<>(CAPACITY);
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
     * Logs that elements were dropped since the last such report.
     *
     * @param count how many
     */
    protected abstract void dropped(long count);

    /**
     * Leaves an element to be delivered, or counts it as dropped if too many wait. Never blocks.
     *
     * @param element the element
     * @param context the {@link MDC} that is in place while it is received
     */
    public void offer(E element, @Nullable Map<String, String> context) {
        if (!entries.offer(new Entry<>(element, context, null))) {
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
        if (entries.isEmpty() && !delivering.get()) { // in this order: who has taken the last one is still delivering
            return true;
        }
        long start = System.nanoTime();
        CountDownLatch reached = new CountDownLatch(1);
        Entry<E> mark = new Entry<>(null, null, reached);
        if (!entries.offer(mark, nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            deliverIfNobodyDoes();
            return reached.await(nanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
        } finally {
            if (reached.getCount() > 0) {
                var unused = entries.remove(mark); // it would take a place
            }
        }
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
                for (Entry<E> entry = entries.poll(); entry != null; entry = entries.poll()) {
                    deliver(entry);
                }
                long count = lost.getAndSet(0);
                if (count > 0) {
                    dropped(count);
                }
            } finally {
                deliverer = null;
                delivering.set(false);
            }
        } while (!entries.isEmpty() && delivering.compareAndSet(false, true));
    }

    private void deliver(Entry<E> entry) {
        E element = entry.element;
        if (element == null) {
            Objects.requireNonNull(entry.reached).countDown();
            return;
        }
        try {
            if (entry.context != null) {
                MDC.setContextMap(entry.context);
            }
            receive(element);
        } catch (Throwable thrown) {
            threw(element, thrown);
        } finally {
            MDC.clear();
        }
    }

    /** An element, or a mark. */
    private record Entry<E>(
            @Nullable E element,
            @Nullable Map<String, String> context,
            @Nullable CountDownLatch reached) {}
}
