package dev.turnstile;

import dev.turnstile.internal.PrefetchingResource;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The steps of the worker at one {@link Slot}. It waits for a call and starts it; when the call has returned, it ends it and starts the next one in one go.
 * If there is none, it looks for one for a moment and then sleeps until it is woken.
 */
final class WorkerSteps<R> {
    /** In multiples of the longest spin. Not 1: a caller that has just been woken needs longer than a spin to come again. */
    private static final long SOON = 10;

    private final Line<R> line;
    private final Dispatch<R> dispatch;
    private final Slot<R> slot;

    /** What may be handed calls before their turn; {@code null} if it may not. */
    private final @Nullable R prefetching;

    /** The worker has left the slot: there is nothing more to do. */
    private boolean isToGo;

    /** A replacement for a lost resource is to come. */
    private boolean isToBeReplaced;

    /** What another slot has lost its resource by, while the worker must check whether its own is lost as well. */
    private @Nullable Throwable suspicion;

    /** The worker does not look for calls: it begins, or checks its resource. */
    private boolean hasSomethingElseToDo = true;

    /** Spinning is not worth it: there is something else to do than calls. */
    private boolean isCalledAway;

    private final SpinCredit spinCredit = new SpinCredit();

    /** The last call came so soon that it is worth looking for the next one. Otherwise the caller that was just woken may need the processor. */
    private boolean comeSoon = true;

    WorkerSteps(Line<R> line, Slot<R> slot, R resource) {
        this.line = line;
        this.dispatch = line.dispatch();
        this.slot = slot;
        this.prefetching = resource instanceof PrefetchingResource able && able.prefetches() ? resource : null;
    }

    /** Waits for the next call, spinning for up to {@code spinNanos} before it sleeps, and starts it; {@code null} if there is something else to do. */
    @Nullable
    Call<R, ?> await(long spinNanos) {
        Call<R, ?> call = look();
        if (call == null) {
            line.completions().begin();
            long atRestSince = System.nanoTime();
            if (spinNanos > 0 && comeSoon && !isCalledAway && spinCredit.allows()) {
                call = spin(atRestSince, spinNanos);
                if (call == null) {
                    spinCredit.didNotPay();
                } else {
                    spinCredit.paid();
                }
            }
            if (call == null) {
                call = sleep();
            }
            comeSoon = call == null || call.since() - atRestSince < SOON * spinNanos;
        }
        return call;
    }

    private @Nullable Call<R, ?> look() {
        long now = System.nanoTime();
        line.lockAndAdmit();
        try {
            isCalledAway = slot.isSuspected() || !line.isOpen() || slot.state() != SlotState.SERVING;
            return startAndPoll(now);
        } finally {
            line.unlock();
        }
    }

    private @Nullable Call<R, ?> spin(long since, long spinNanos) {
        Call<R, ?> call = null;
        do {
            Thread.onSpinWait();
            if (line.mayHaveCallFor(slot)) {
                call = look();
            }
        } while (call == null && !isCalledAway && System.nanoTime() - since < spinNanos);
        return call;
    }

    private @Nullable Call<R, ?> sleep() {
        Call<R, ?> call = lookOnceMore();
        while (call == null && !isToGo && suspicion == null) {
            while (slot.isIdle()) {
                LockSupport.park(this);
                Thread.interrupted(); // nobody ends a worker by an interrupt
            }
            call = lookOnceMore();
        }
        return call;
    }

    /**
     * The last look before the worker sleeps. From here on arriving callers put their calls into the queue themselves and wake this thread. As it takes
     * the monitor, it also waits for a thread that is just admitting calls.
     */
    @Nullable
    Call<R, ?> lookOnceMore() {
        long now = System.nanoTime();
        line.lock();
        try {
            line.pollNoMore();
            Call<R, ?> call = startAndPoll(now);
            suspicion = call == null ? slot.takeSuspicion() : null;
            if (suspicion != null) {
                hasSomethingElseToDo = true;
                dispatch.pauses(slot);
            } else if (call == null && line.slots().departures().isToDepart(slot)) {
                isToGo = true;
                isToBeReplaced = line.slots().departures().depart(slot);
            } else if (call == null) {
                slot.fallAsleep(Thread.currentThread());
                dispatch.sleeps(slot);
            }
            return call;
        } finally {
            line.unlock();
        }
    }

    /** Says, after a look, whether the worker has left the slot for good. */
    boolean isToGo() {
        return isToGo;
    }

    /** Says, when the worker has left, whether a replacement for a lost resource is to come. */
    boolean isToBeReplaced() {
        return isToBeReplaced;
    }

    /** Returns, after a look, what another slot has lost its resource by; {@code null} if the worker need not check its own. */
    @Nullable
    Throwable suspicion() {
        return suspicion;
    }

    /**
     * The running call has returned or thrown; starts the next one, if there is one, and returns it.
     *
     * @param waker wakes the owners of ended calls if this thread has a next call to run
     */
    @Nullable
    Call<R, ?> end(Call<R, ?> call, CallState outcome, @Nullable Waker<R> waker) {
        Call<R, ?> next = null;
        long now = System.nanoTime();
        line.lock();
        try {
            end(call, outcome, now);
            next = startNext(now);
            if (next == null) {
                line.admit();
                next = startNext(now);
            }
            line.offerRoom();
        } finally {
            line.unlock(next == null ? null : waker);
        }
        return next;
    }

    // ---- under the monitor ----

    private @Nullable Call<R, ?> startAndPoll(long now) {
        Call<R, ?> call = startNext(now);
        if (call != null) {
            line.poll();
            line.offerRoom();
        }
        return call;
    }

    /** Takes out the next call, starts it, and hands its place on to the next caller; {@code null} if there is none to run. */
    private @Nullable Call<R, ?> startNext(long now) {
        if (hasSomethingElseToDo) {
            hasSomethingElseToDo = false;
            dispatch.looks(slot);
        }
        Call<R, ?> call;
        while ((call = take()) != null) {
            slot.take(call);
            if (call.state() == CallState.ABANDONED) { // started early
                slot.started(now);
                dispatch.started(slot, call);
                return call;
            }
            CallState end = line.isRefusing() ? CallState.REFUSED : call.endInsteadOfRunning();
            if (end == null ? call.confirm() : !call.takeBack()) {
                start(call, now);
                return call;
            }
            slot.putDown();
            if (end == null) {
                end = CallState.EXPIRED;
            }
            if (end == CallState.REFUSED) {
                line.refuseAsClosed(call);
            } else { // its owner need not be told: its block or its limit is over
                line.ends().finish(call, end);
                line.places().passOn(call);
            }
        }
        return null;
    }

    /** Takes out the next call; {@code null} if there is none. */
    private @Nullable Call<R, ?> take() {
        if (prefetching != null && !slot.prefetch().isEmpty()) {
            if (isToRecall()) {
                slot.prefetch().recall();
            }
            Call<R, ?> call = slot.prefetch().next();
            if (call != null && call.state() == CallState.PENDING) {
                dispatch.takePrefetched(call);
            }
            if (call != null) {
                return call;
            }
        }
        return slot.isSuspected() ? null : dispatch.next(slot);
    }

    /** Says whether something else than the first ordinary call may be next. */
    private boolean isToRecall() {
        return slot.state() != SlotState.SERVING || !dispatch.isNextOrdinary() || line.isRefusing();
    }

    private void start(Call<R, ?> call, long now) {
        call.moveTo(CallState.RUNNING);
        long waited = Math.max(0, now - call.since()); // it may have come after the worker read the clock
        slot.started(call.since() + waited);
        line.counts().started(waited);
        dispatch.started(slot, call);
        line.places().passOn(call);
        if (prefetching != null && !isToRecall()) {
            dispatch.prefetch(slot, call, prefetching);
        }
    }

    /** Ends a call. Also admits the calls that have arrived, if they may go before pending ones. */
    private void end(Call<R, ?> call, CallState outcome, long now) {
        long ran = slot.returned(now);
        line.counts().returned(ran);
        line.callerSpin().ran(ran);
        line.ends().returned(call, outcome, slot.number(), slot.runningSince(), now);
        dispatch.looks(slot);
        if (!dispatch.isPlain()) {
            line.admit();
        }
    }

    // ---- others ----

    /** Says whether a call is in the resource. */
    boolean isRunning() {
        line.lockAndAdmit();
        try {
            return slot.isRunning();
        } finally {
            line.unlock();
        }
    }

    /** Returns the call in the resource; {@code null} if there is none. */
    @Nullable
    InFlight inFlight() {
        line.lockAndAdmit();
        try {
            Call<R, ?> call = slot.running();
            return call == null
                    ? null
                    : new InFlight(call, slot.runningSince(), line.pendingCount(), line.waitingCount());
        } finally {
            line.unlock();
        }
    }

    /**
     * A call in the resource.
     *
     * @param since when it was started, by {@link System#nanoTime()}
     */
    record InFlight(Call<?, ?> call, long since, int pending, int waiting) {}
}
