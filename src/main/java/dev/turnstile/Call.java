package dev.turnstile;

import dev.turnstile.internal.CarriedContext;
import dev.turnstile.internal.Decoder;
import dev.turnstile.internal.PrefetchableAction;
import dev.turnstile.internal.Prefetched;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One call: its action, its state and its outcome.
 *
 * <p>The state moves only under the monitor of the {@link Line}; any thread may read it. The worker writes result and failure
 * before the state that announces them. {@link #wake()} tells the owner (a thread that waits, or a future) of a change,
 * always outside the monitor.
 */
abstract class Call<R, T extends @Nullable Object> {
    private final Action<? super R, ? extends T, ?> action;
    private final byte lane;
    private final short share;
    private final @Nullable CallGroup group;
    private int slotNumber;

    /** Whether its place is, or was, a reserved one. Under the monitor. */
    boolean reserved;

    private boolean first;

    /** For {@link Dispatch}: the call with the smaller number became pending first. */
    int order;

    /** Neighbours in {@link Waiters}; {@code next} also chains calls whose owners are to be woken, {@code previous} those that got a place. */
    @Nullable
    Call<R, ?> previous;

    @Nullable
    Call<R, ?> next;

    /** In the {@link Inbox}: how many calls after it will surely get a place. */
    int roomAfter;

    private volatile CallState state = CallState.NEW;
    private long since;
    private @Nullable CarriedContext context;
    private @Nullable CallTrace trace;
    private @Nullable Prefetched prefetched;
    private boolean accepted;
    private boolean hasActed;
    private boolean started;
    private CallState endAfterReturn = CallState.REFUSED;

    /** The result, or what the action threw: the state says which. */
    private @Nullable Object outcome;

    private @Nullable Refusal refusal;

    Call(Action<? super R, ? extends T, ?> action) {
        this.action = action;
        this.lane = (byte) action.lane().index();
        this.share = (short) KeyShares.share(action.key());
        this.group = action.group();
    }

    /** Returns the number of its {@link Lane}. */
    final int lane() {
        return lane;
    }

    /** Returns the share of its key, see {@link KeyShares}. */
    final int share() {
        return share;
    }

    /** Returns the group with which it can be cancelled; {@code null} for none. */
    final @Nullable CallGroup group() {
        return group;
    }

    /** Says whether it was cancelled. */
    final boolean isCancelled() {
        CallState now = state; // once: it may move on from the one to the other
        return now == CallState.CANCELLED || (now == CallState.ABANDONED && endAfterReturn == CallState.CANCELLED);
    }

    /** Lets it run at one slot only. */
    final void meantFor(int number) {
        slotNumber = number;
    }

    /** Returns the number of the slot that it is meant for, 0 for none. */
    final int slotNumber() {
        return slotNumber;
    }

    /** Notes whether no other call was on its way when it arrived. */
    final void comesToNobody(boolean nobody) {
        first = nobody;
    }

    final boolean cameToNobody() {
        return first;
    }

    /** Notes when the call comes to the line, what surrounds its caller, and what observers want to know. On the caller's thread. Throws what a carrier throws. */
    final void comes(Observers observers, Surroundings surroundings) {
        context = surroundings.capture();
        trace = observers.begin(action, context);
        since = System.nanoTime();
    }

    /** Returns when the call came, by {@link System#nanoTime()}. */
    final long since() {
        return since;
    }

    /** Returns what surrounded its caller; {@code null} if there was nothing to carry. */
    final @Nullable CarriedContext context() {
        return context;
    }

    final @Nullable CallTrace trace() {
        return trace;
    }

    final @Nullable String tag() {
        return action.tag();
    }

    /** Returns the exception for an owner whose deadline has passed. */
    final CallTimeoutException timeout(Deadline deadline) {
        return new CallTimeoutException(deadline, tagOrNull(), started);
    }

    /** Returns the tag for a message; {@code null} if the action's own method throws. */
    final @Nullable String tagOrNull() {
        try {
            return action.tag();
        } catch (Throwable silent) {
            return null;
        }
    }

    /** Returns the decoder that turns its end into what the owner gets; {@code null} if there is none. A passed decoder must return a {@code T}. */
    @SuppressWarnings("unchecked")
    final @Nullable Decoder<Object, T> decoder() {
        return action instanceof Decoder<?, ?> decoder ? (Decoder<Object, T>) decoder : null;
    }

    /** Tells the owner that its call moved on. Never runs user code on the calling thread, never throws. */
    abstract void wake();

    /** Does {@link #wake()}. If there is no memory to schedule this owner's thread, the other owners must still be told. */
    final void wakeOrLog() {
        try {
            wake();
        } catch (Throwable thrown) {
            GateLog.error(
                    "{}: the owner of a call could not be woken",
                    Thread.currentThread().getName(),
                    thrown);
        }
    }

    /** Says whether the owner is to be woken when its call, which stood outside, gets a place. */
    boolean wakesForPlace() {
        return true;
    }

    /** Tells the owner, on the worker, how the action ended; before the call ends and before the next one starts. */
    void ran(CallState end) {}

    /** How the call ends if it must not run when its turn comes; {@code null} if it may run. Asked under the monitor. */
    @Nullable
    CallState endInsteadOfRunning() {
        return null;
    }

    /**
     * Returns when the call may start at the latest if the resource is handed it before its turn; {@code null} if it may not be, because
     * {@link #endInsteadOfRunning} depends on more than that.
     */
    @Nullable
    Deadline prefetchLimit() {
        return Deadline.NEVER;
    }

    /** Hands the request over to the resource, if both can; the worker comes for the outcome later. Under the monitor, as are the next two. */
    @SuppressWarnings("unchecked") // the action is one for this resource
    final boolean prefetch(R resource) {
        if (context != null && context.hasCaptured()) {
            return false; // it must not run if that cannot be put in place
        }
        Deadline limit = prefetchLimit();
        if (limit != null && limit.isInSystemTime() && action instanceof PrefetchableAction<?> prefetchable) {
            boolean isStarting = state == CallState.RUNNING; // in time
            try {
                prefetched =
                        ((PrefetchableAction<R>) prefetchable).prefetch(resource, isStarting ? 0 : limit.systemNanos());
            } catch (Throwable noMemory) {
                return false; // it is handed over when its turn comes
            }
        }
        return prefetched != null;
    }

    /** Says whether the resource has it, or had it before the call started. */
    final boolean isPrefetched() {
        return prefetched != null;
    }

    /** Its turn has come. Returns {@code false} if the resource had it, and has found that its limit has passed. */
    final boolean confirm() {
        return prefetched == null || prefetched.confirm();
    }

    /** Takes it back from the resource; {@code false} if that has begun it. */
    final boolean takeBack() {
        if (prefetched != null && !prefetched.takeBack()) {
            return false;
        }
        prefetched = null;
        return true;
    }

    /** Says whether the owner's thread must go on waiting. */
    boolean isAwaited() {
        return !state.isSettled();
    }

    /** Says whether it is a virtual thread that {@link #wake()} schedules, which the {@link Waker} does for less than the worker. */
    boolean isOwnedByVirtualThread() {
        return false;
    }

    final CallState state() {
        return state;
    }

    /** Notes whether it has a place although it is not in its queue yet. */
    final void accept(boolean hasPlace) {
        accepted = hasPlace;
    }

    /** Says whether the call ever had a place. */
    final boolean accepted() {
        return accepted;
    }

    /** Says whether the resource ever began the call. */
    final boolean started() {
        return started;
    }

    final void moveTo(CallState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("A call cannot go from " + state + " to " + next);
        }
        accepted |= next == CallState.PENDING;
        started |= next == CallState.RUNNING;
        state = next;
    }

    /** The caller leaves while the call runs; the call counts as {@code end} when it has returned. */
    final void abandon(CallState end) {
        endAfterReturn = end;
        moveTo(CallState.ABANDONED);
    }

    final CallState endAfterReturn() {
        return endAfterReturn;
    }

    /** Runs the action on the worker. Whatever it throws is the call's failure and affects no other call. */
    final CallState run(R resource) {
        Thread.interrupted(); // an interrupt left by the source's own methods
        CallState end;
        try {
            runInContext(resource);
            end = CallState.COMPLETED;
        } catch (Throwable thrown) {
            outcome = thrown;
            end = CallState.FAILED;
        } finally {
            // An action that interrupts its own thread must not disturb the next call.
            Thread.interrupted();
        }
        ran(end);
        return end;
    }

    private void runInContext(R resource) throws Throwable {
        try {
            if (prefetched != null) {
                prefetched.isNext();
            }
            if (context == null) {
                act(resource);
            } else {
                context.runAction(new Acting(resource));
            }
        } finally {
            try {
                clearContext();
            } finally {
                if (prefetched != null) {
                    prefetched.isOver();
                }
            }
        }
    }

    /** Says whether the action was begun: it is not if its context cannot be put in place. */
    final boolean hasActed() {
        return hasActed;
    }

    private void act(R resource) throws Exception {
        hasActed = true;
        T returned = action.run(resource);
        if (trace != null) {
            trace.returned(size(returned));
        }
        outcome = returned;
    }

    /** The action, in its caller's context. */
    private final class Acting implements CarriedContext.Code<Exception> {
        private final R resource;

        Acting(R resource) {
            this.resource = resource;
        }

        @Override
        public void run() throws Exception {
            act(resource);
        }
    }

    /** Asks the action, which is in the worker's cache; the trace is not. Throws nothing. */
    @SuppressWarnings("unchecked") // it is the action's own result
    private long size(@Nullable Object returned) {
        try {
            return ((Action<?, @Nullable Object, ?>) action).responseSize(returned);
        } catch (Throwable thrown) {
            GateLog.error(
                    "{}: an action cannot tell the size of its result",
                    action.getClass().getName(),
                    thrown);
            return -1;
        }
    }

    /** Clears the MDC, including what the action put there. */
    static void clearContext() {
        try {
            MDC.clear();
        } catch (Throwable thrown) {
            GateLog.error(
                    "{}: the MDC could not be cleared", Thread.currentThread().getName(), thrown);
            MDC.setContextMap(Map.of()); // otherwise the next call would see it
        }
    }

    /** There was no memory to queue it. */
    final void fail(Throwable cause) {
        outcome = cause;
    }

    /** Says whether there was no memory for a call that never ran. */
    final boolean hasFailed() {
        return outcome != null;
    }

    /** Records why the gate refuses it. */
    final void refuse(Refusal why) {
        refusal = why;
    }

    /** Returns why the gate refused it; {@code null} if it did not. */
    final @Nullable Refusal refusal() {
        return refusal;
    }

    /** Drops a result that nobody will fetch. */
    final void dropResult() {
        outcome = null;
    }

    /** Returns the result of a call that completed. */
    @SuppressWarnings({"unchecked", "NullAway"}) // what the action returned: null only if T allows that
    final T result() {
        return (T) outcome;
    }

    /** Returns what a call that failed threw. */
    final Throwable failure() {
        return (Throwable) Objects.requireNonNull(outcome);
    }

    /**
     * Waits on the current thread while the call {@linkplain #isAwaited() is awaited}. Leaves the line on an interrupt, or
     * when the deadline has passed or its time source throws. If the call ends at the same time, its end counts.
     */
    final void await(Line<R> line, Deadline deadline) throws CallInterruptedException {
        while (isAwaited()) {
            if (Thread.interrupted()) {
                if (!line.leave(this, CallState.CANCELLED)) {
                    Thread.currentThread().interrupt();
                    return;
                }
                throw new CallInterruptedException(started);
            }
            boolean hasPassed;
            try {
                hasPassed = deadline.hasPassed();
                if (!hasPassed) {
                    deadline.park(this);
                }
            } catch (Throwable byTheTime) { // the user's time source failed, so the limit cannot be kept
                if (!line.leave(this, CallState.CANCELLED)) {
                    return;
                }
                throw byTheTime;
            }
            if (hasPassed) {
                if (!line.leave(this, CallState.EXPIRED)) {
                    return;
                }
                throw timeout(deadline);
            }
        }
    }
}
