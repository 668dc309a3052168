package dev.turnstile;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the callers of ended calls for the worker, which has the next call to run. To schedule a virtual thread costs a
 * platform thread like the worker more than a short call, but another virtual thread a fraction of that. If this thread
 * cannot be started, the worker wakes all callers itself; nothing is lost.
 */
final class Waker<R> implements Runnable, AutoCloseable {
    private final Inbox<R> ended = new Inbox<>();
    private volatile boolean closed;
    private volatile boolean hasEnded;
    private @Nullable Thread thread;
    private boolean cannotStart;

    // ---- the worker ----

    /** Leaves a call to the waker, which starts with the first one; {@code false} if the worker must wake the owner itself. */
    boolean offer(Call<R, ?> call) {
        boolean takes = call.isOwnedByVirtualThread() && isStarted();
        if (takes) {
            add(call);
        }
        return takes;
    }

    /** Without memory for a thread the worker wakes all owners itself, which is only slower. */
    private boolean isStarted() {
        if (thread == null && !cannotStart) {
            try {
                thread = Thread.ofVirtual()
                        .name("turnstile-waker")
                        .inheritInheritableThreadLocals(false)
                        .start(this);
            } catch (Throwable noThread) {
                cannotStart = true;
                GateLog.warn(
                        "{}: no thread to wake callers on; the worker does it",
                        Thread.currentThread().getName(),
                        noThread);
            }
        }
        return thread != null;
    }

    void add(Call<R, ?> call) {
        if (!ended.add(call)) {
            rouse();
        }
        if (hasEnded) {
            wakeEveryone();
        }
    }

    /** Ends the waker when it has woken all owners. */
    @Override
    public void close() {
        closed = true;
        rouse();
    }

    private void rouse() {
        ended.setPolled(true); // once is enough
        try {
            LockSupport.unpark(thread);
        } catch (Throwable notScheduled) { // no memory: it sleeps on, and this thread does its work for now
            ended.setPolled(false);
            wakeEveryone();
        }
    }

    // ---- the waker ----

    @Override
    public void run() {
        try {
            ended.setPolled(true);
            while (wakeEveryone()) {
                if (fallsAsleep()) {
                    LockSupport.park(this);
                }
                ended.setPolled(true);
            }
        } finally {
            // If it was not closed, memory has run out: the worker, which adds first and then looks, wakes the owners.
            hasEnded = true;
            wakeEveryone();
        }
    }

    /** Wakes the owners of all calls in the inbox; {@code false} if no more will come. */
    boolean wakeEveryone() {
        boolean goesOn = !closed; // read first: every call added before the end is seen
        Call<R, ?> call = ended.takeAll();
        while (call != null) {
            Call<R, ?> others = call.next;
            call.next = null;
            call.wakeOrLog();
            call = others;
        }
        return goesOn;
    }

    boolean isAsleep() {
        return !ended.isPolled();
    }

    /** Says whether there is still nothing to do, after asking for a wake-up when a call is added. */
    boolean fallsAsleep() {
        ended.setPolled(false);
        return ended.isEmpty() && !closed;
    }
}
