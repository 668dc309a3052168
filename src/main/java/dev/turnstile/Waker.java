package dev.turnstile;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the callers of ended calls in the worker's stead, while that has the next call to run: to schedule a virtual thread
 * costs a platform thread like the worker more than a short call, and another virtual thread a fraction of that. If this thread
 * cannot be had, the worker wakes everyone itself; nothing is lost.
 */
final class Waker<R> implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);

    private final Inbox<R> ended = new Inbox<>();
    private volatile boolean closed;
    private @Nullable Thread thread;
    private boolean cannotStart;

    // ---- the worker ----

    /** Leaves a call to the waker, which starts to work with the first one; {@code false} if the worker has to wake its owner. */
    boolean offer(Call<R, ?> call) {
        boolean takes = call.isOwnedByVirtualThread() && isStarted();
        if (takes) {
            add(call);
        }
        return takes;
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

    void add(Call<R, ?> call) {
        if (!ended.add(call)) {
            rouse();
        }
    }

    /** Ends the waker when it has woken everyone. */
    @Override
    public void close() {
        closed = true;
        rouse();
    }

    private void rouse() {
        ended.setAttended(true); // once is enough
        LockSupport.unpark(thread);
    }

    // ---- the waker ----

    @Override
    public void run() {
        ended.setAttended(true);
        while (wakeEveryone()) {
            if (fallsAsleep()) {
                LockSupport.park(this);
            }
            ended.setAttended(true);
        }
    }

    /** Wakes who is there; {@code false} if nobody comes after them. */
    boolean wakeEveryone() {
        boolean goesOn = !closed; // before the look: whoever was added before the end is seen
        Call<R, ?> call = ended.takeAll();
        while (call != null) {
            Call<R, ?> others = call.next;
            call.next = null;
            Line.wakeOrLog(call);
            call = others;
        }
        return goesOn;
    }

    boolean isAsleep() {
        return !ended.isAttended();
    }

    /** Says whether there is still nothing to do, now that whoever comes is going to rouse this thread. */
    boolean fallsAsleep() {
        ended.setAttended(false);
        return ended.isEmpty() && !closed;
    }
}
