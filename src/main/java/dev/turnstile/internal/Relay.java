package dev.turnstile.internal;

import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries things from the threads where they happen to a receiver of the user's, which runs elsewhere.
 *
 * <p>The protocol: {@link #offer} never blocks. It puts the thing into a bounded queue, or counts it as dropped, and starts a
 * virtual thread if none is delivering. That thread delivers until the queue is empty, then gives up its turn and looks
 * once more, for one that came in between. So there is at most one delivering thread, and none when all is quiet.
 *
 * @param <E> what is carried
 */
public abstract class Relay<E> {
    /** How many wait for the receiver at most. */
    public static final int CAPACITY = 8192;

    private final String threadName;
    private final LinkedBlockingQueue<Entry<E>> entries = new LinkedBlockingQueue<>(CAPACITY);
    private final AtomicBoolean delivering = new AtomicBoolean();
    private final AtomicLong lost = new AtomicLong();

    /**
     * Makes a relay, without a thread as yet.
     *
     * @param threadName the name of the delivering thread
     */
    protected Relay(String threadName) {
        this.threadName = threadName;
    }

    /**
     * Hands a thing to the receiver, on the delivering thread: one at a time, in order.
     *
     * @param element the thing
     */
    protected abstract void receive(E element);

    /**
     * Logs what the receiver threw.
     *
     * @param element what it threw on
     * @param thrown what it threw
     */
    protected abstract void threw(E element, Throwable thrown);

    /**
     * Logs that things were dropped since it was logged last.
     *
     * @param count how many
     */
    protected abstract void dropped(long count);

    /**
     * Leaves a thing to be delivered, or counts it as dropped where too many wait. Never blocks.
     *
     * @param element the thing
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
                // It inherits nothing: some MDCs would hand it the context of the caller whose thing starts it.
                Thread.ofVirtual()
                        .name(threadName)
                        .inheritInheritableThreadLocals(false)
                        .start(this::deliver);
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
