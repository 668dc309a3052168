package dev.turnstile;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one short lock of a gate, and the work that follows its release. Under the lock no thread waits and no user code runs. Wake-ups and reports are only
 * noted, as links in the calls themselves, which needs no memory. The thread that releases the lock carries them out right after: it wakes a worker, reports
 * ended calls, wakes callers that got a place, and wakes the owners of ended calls. If they were woken earlier, they would run into the lock.
 */
final class Monitor<R> {
    /** How often to try the lock before parking. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

    private final ReentrantLock lock = new ReentrantLock();
    private final Observers observers;

    /** Ended calls whose owners are to be woken. */
    private @Nullable Call<R, ?> settled;

    /** Calls that got a place for which their owners wait. */
    private @Nullable Call<R, ?> placed;

    private @Nullable Thread roused;
    private @Nullable CallTrace ended;

    Monitor(Observers observers) {
        this.observers = observers;
    }

    /**
     * Takes the lock. It is held for only a fraction of a microsecond, so trying again costs less than to park and be woken; for the worker a hundred times
     * less.
     */
    void lock() {
        for (int i = 0; i < SPINS; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    /** Releases the lock, and carries out what was noted. */
    void unlock() {
        unlock(null);
    }

    /** @param waker wakes the owners of ended calls, if it is not {@code null} and takes them */
    void unlock(@Nullable Waker<R> waker) {
        Call<R, ?> withAPlace = placed;
        Call<R, ?> call = settled;
        CallTrace traced = ended;
        Thread worker = roused;
        placed = null;
        settled = null;
        ended = null;
        roused = null;
        lock.unlock();
        LockSupport.unpark(worker);
        if (traced != null) {
            observers.ended(traced);
        }
        while (withAPlace != null) {
            Call<R, ?> others = withAPlace.previous;
            withAPlace.previous = null;
            withAPlace.wakeOrLog();
            withAPlace = others;
        }
        while (call != null) {
            Call<R, ?> others = call.next;
            call.next = null;
            if (waker == null || !waker.offer(call)) {
                call.wakeOrLog();
            }
            call = others;
        }
    }

    // ---- under the lock ----

    /** Notes that the owner of a call is to be woken at its end. A call ends once, so it is in one chain only. */
    void settle(Call<R, ?> call) {
        call.next = settled;
        settled = call;
    }

    /** Notes that the owner of a call is to be woken for its place. */
    void place(Call<R, ?> call) {
        if (call.wakesForPlace()) {
            call.previous = placed;
            placed = call;
        }
    }

    /** Notes a worker to wake. If one is noted already, that one is woken at once. */
    void rouse(@Nullable Thread worker) {
        LockSupport.unpark(roused);
        roused = worker;
    }

    /** Notes that observers are to be told of an end. */
    void report(CallTrace trace) {
        trace.next = ended;
        ended = trace;
    }
}
