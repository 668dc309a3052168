package dev.turnstile.internal;

import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries elements from the threads that offer them to a receiver of the user, which runs on another thread.
 *
 * <p>The protocol: {@link #offer} never blocks. It puts the element into a bounded queue, or counts it as dropped, and starts a
 * virtual thread if none is delivering. That thread delivers until the queue is empty, then gives up its turn and looks
 * once more for an element that came in between. So there is at most one delivering thread, and none while there is nothing to do.
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
        if (!entries.offer(new Entry<>(element, context))) {
            lost.incrementAndGet();
        }
        deliverIfNobodyDoes();
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
            try {
                for (Entry<E> entry = entries.poll(); entry != null; entry = entries.poll()) {
                    deliver(entry);
                }
                long count = lost.getAndSet(0);
                if (count > 0) {
                    dropped(count);
                }
            } finally {
                delivering.set(false);
            }
        } while (!entries.isEmpty() && delivering.compareAndSet(false, true));
    }

    private void deliver(Entry<E> entry) {
        try {
            if (entry.context != null) {
                MDC.setContextMap(entry.context);
            }
            receive(entry.element);
        } catch (Throwable thrown) {
            threw(entry.element, thrown);
        } finally {
            MDC.clear();
        }
    }

    private record Entry<E>(E element, @Nullable Map<String, String> context) {}
}
