package dev.turnstile;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the callers of ended calls in the worker's stead, while that has the next call to run: to schedule a virtual thread
 * costs a platform thread like the worker more than a short call, and another virtual thread a fraction of that.
 *
 * <p>A ring between the two threads. The worker writes a call into the next slot if that is empty, the waker empties it;
 * each has its own index. When the waker finds nothing it says that it is {@code idle} and then looks once more, while the
 * worker writes first and then looks at {@code idle}: one of them sees the other. Whom the ring has no slot for, the worker
 * wakes itself; nothing is lost if this thread never comes to run.
 */
final class Waker implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);

    /** A power of two. */
    private static final int SLOTS = 1024;

    private final AtomicReferenceArray<@Nullable Call<?, ?>> ring = new AtomicReferenceArray<>(SLOTS);
    private int written;
    private int read;
    private volatile boolean idle;
    private volatile boolean closed;
    private @Nullable Thread thread;
    private boolean cannotStart;

    // ---- the worker ----

    /** Leaves a call to the waker, which starts to work with the first one; {@code false} if the worker has to wake its owner. */
    boolean offer(Call<?, ?> call) {
        return call.isOwnedByVirtualThread() && isStarted() && add(call);
    }

    /** Without memory for a thread the worker wakes everyone: slower, and no more. */
    private boolean isStarted() {
        if (thread == null && !cannotStart) {
            try {
                thread = Thread.ofVirtual()
                        .name("turnstile-waker")
                        .inheritInheritableThreadLocals(false)
                        .start(this);
            } catch (Throwable noThread) {
                cannotStart = true;
                log.warn("No thread to wake callers on; the worker does it", noThread);
            }
        }
        return thread != null;
    }

    boolean add(Call<?, ?> call) {
        if (ring.get(written) != null) {
            return false;
        }
        ring.set(written, call);
        written = (written + 1) % SLOTS;
        rouse();
        return true;
    }

    /** Ends the waker when it has woken everyone. */
    @Override
    public void close() {
        closed = true;
        rouse();
    }

    private void rouse() {
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
    }

    // ---- the waker ----

    @Override
    public void run() {
        while (wakeEveryone()) {
            if (fallsAsleep()) {
                LockSupport.park(this);
            }
            idle = false;
        }
    }

    /** Wakes who is there; {@code false} if nobody comes after them. */
    boolean wakeEveryone() {
        boolean goesOn = !closed; // before the last look: whoever was offered before the end is seen
        Call<?, ?> call;
        while ((call = ring.get(read)) != null) {
            ring.set(read, null);
            read = (read + 1) % SLOTS;
            Line.wakeOrLog(call);
        }
        return goesOn;
    }

    boolean isIdle() {
        return idle;
    }

    /** Says whether there is still nothing to do, now that the worker is going to rouse this thread when there is. */
    boolean fallsAsleep() {
        idle = true;
        return ring.get(read) == null && !closed;
    }
}
