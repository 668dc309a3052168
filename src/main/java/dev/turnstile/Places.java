package dev.turnstile;

import java.util.concurrent.Semaphore;

/**
 * The places in a line, and the callers that wait outside for one. A permit of the semaphore is a free place; a call that gets one is put into its queue at
 * once. No place is free while a caller waits that may have it. Some places may be reserved for calls of the control lane. Guarded by the {@link Monitor};
 * the number of taken places may be asked without it.
 */
final class Places<R> {
    private static final int CONTROL = Lane.CONTROL.index();

    private final Monitor<R> monitor;
    private final Dispatch<R> dispatch;
    private final CallEnds<R> ends;
    private final CallCounts counts;
    private final int capacity;
    private final Semaphore free;
    private final Semaphore freeReserved;
    private final Waiters<R> waiters;

    Places(Monitor<R> monitor, Dispatch<R> dispatch, CallEnds<R> ends, CallCounts counts, TurnstileOptions options) {
        this.monitor = monitor;
        this.dispatch = dispatch;
        this.ends = ends;
        this.counts = counts;
        this.capacity = options.capacity();
        this.free = new Semaphore(capacity - options.reservedPlaces());
        this.freeReserved = new Semaphore(options.reservedPlaces());
        this.waiters = new Waiters<>(options.overtakes());
    }

    /** Gives a call a free place; {@code false} if there is none for it. */
    boolean take(Call<R, ?> call) {
        call.reserved = call.lane() == CONTROL && freeReserved.tryAcquire();
        if (!call.reserved && !free.tryAcquire()) {
            return false;
        }
        if (!enqueueOrFail(call)) {
            release(call);
        }
        return true;
    }

    /** The place of a call is free: the first caller outside that may have it gets it. */
    void passOn(Call<R, ?> leaving) {
        Call<R, ?> next;
        while ((next = leaving.reserved ? waiters.peek(CONTROL) : waiters.peek()) != null) {
            CallState end = next.endInsteadOfRunning();
            if (end != null) { // it needs no place and has had no turn: its block or its limit is over
                waiters.remove(next);
                ends.turnAway(next, end);
                continue;
            }
            if (leaving.reserved) { // other lanes are not passed over: they may not have this place
                waiters.remove(next);
            } else {
                waiters.serve(next);
            }
            next.reserved = leaving.reserved;
            if (enqueueOrFail(next)) {
                monitor.place(next);
                return;
            }
        }
        release(leaving);
    }

    /** Refuses all callers outside. */
    void refuseWaiters(Refusal why) {
        Call<R, ?> call;
        while ((call = waiters.peek()) != null) {
            waiters.remove(call);
            call.refuse(why);
            ends.turnAwayAndTell(call, CallState.REFUSED);
        }
    }

    private void release(Call<R, ?> call) {
        (call.reserved ? freeReserved : free).release();
    }

    /** Puts a call that has a place into its queue. Without memory the call fails, as if its own thread had found none, and frees its place. */
    private boolean enqueueOrFail(Call<R, ?> call) {
        try {
            dispatch.put(call);
        } catch (Throwable noMemory) {
            call.fail(noMemory);
            ends.turnAwayAndTell(call, CallState.FAILED);
            return false;
        }
        call.moveTo(CallState.PENDING);
        counts.accepted();
        return true;
    }

    Waiters<R> waiters() {
        return waiters;
    }

    int capacity() {
        return capacity;
    }

    /** Returns how many places are free for any call. */
    int free() {
        return free.availablePermits();
    }

    int taken() {
        return capacity - free.availablePermits() - freeReserved.availablePermits();
    }
}
