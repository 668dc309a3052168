package dev.turnstile;

import dev.turnstile.internal.CarriedContext;
import dev.turnstile.internal.Decoder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A call whose owner is a {@link CallFuture}. Its submitter waits only for a place.
 *
 * <p>The thread that ends the call wakes those that wait for the future; they need no other thread. Dependent stages are user code, which must not run
 * on the worker, the timer or a waiting thread: {@link Completions} has threads for them.
 *
 * @param <T> what the future completes with: what the action returns, or what a {@link Decoder} makes of it
 */
final class FutureCall<R, T extends @Nullable Object> extends Call<R, T> implements CallGroup.Member {
    private final Line<R> line;
    private final CallFuture<T> future;

    /** The next one in {@link Completions}. */
    @Nullable
    FutureCall<?, ?> behind;

    private volatile @Nullable Thread submitter = Thread.currentThread();
    private volatile @Nullable Limit limit;

    FutureCall(Line<R> line, Action<? super R, ? extends T, ?> action) {
        super(action);
        this.line = line;
        this.future = new CallFuture<>(this, decoder());
    }

    CompletableFuture<T> future() {
        return future;
    }

    // ---- the submitter ----

    @Override
    boolean isAwaited() {
        return state() == CallState.WAITING;
    }

    /** Waits on the current thread for a place, and starts the limit once there is one. */
    CompletableFuture<T> awaitPlace(Deadline deadline) throws CallInterruptedException {
        joinGroup();
        boolean hasWaited = false;
        try {
            await(line, deadline);
            hasWaited = true;
        } finally {
            if (!hasWaited) {
                leaveGroup();
            }
        }
        return placed(deadline);
    }

    /** As {@link #awaitPlace}, for a call that does not wait. */
    CompletableFuture<T> placedAtOnce(Deadline deadline) {
        joinGroup();
        return placed(deadline);
    }

    private void joinGroup() {
        CallGroup group = group();
        if (group != null) {
            group.add(this);
        }
    }

    private void leaveGroup() {
        CallGroup group = group();
        if (group != null) {
            group.remove(this);
        }
    }

    /** Called by its group. */
    @Override
    public void cancel() {
        future.cancelWithGroup();
        LockSupport.unpark(submitter);
    }

    /** The submitter has its answer: from here on only the future is told. Returns the future, if the call was accepted. */
    CompletableFuture<T> placed(Deadline deadline) {
        submitter = null;
        boolean isKept = false;
        try {
            requireAccepted();
            if (deadline != Deadline.NEVER) {
                expireAt(deadline);
            }
            isKept = true;
        } finally {
            if (!isKept) {
                line.leave(this, CallState.CANCELLED); // the caller does not get the future
            }
            if (!isKept || state().isSettled()) { // whoever ended it may have looked before it was in the group
                leaveGroup();
            }
        }
        return future;
    }

    private void requireAccepted() {
        if (accepted()) {
            return;
        }
        if (isCancelled()) { // with its group
            throw new CallCancelledException(false);
        }
        throw state() == CallState.FAILED
                ? Turnstile.<RuntimeException>asThrown(failure())
                : line.refusals().of(this);
    }

    // ---- the limit ----

    /** If the deadline passes first, the accepted call leaves and the future fails. */
    void expireAt(Deadline deadline) {
        Limit begun = new Limit(deadline);
        begun.begin();
        limit = begun;
        if (state().isSettled()) { // the thread that ended it may have looked before
            begun.lift();
        }
    }

    /** Lifts the limit of an ended call, and has it leave its group. */
    void liftLimit() {
        leaveGroup();
        Limit begun = limit;
        if (begun != null) {
            begun.lift();
        }
    }

    /** Ends the future when its deadline has passed. */
    private final class Limit extends Alarm {
        /** Created early: the call leaves the line without memory, and the tag, which is user code, is not asked for on the timer. */
        private final SettlingFuture.GivingUp expiry;

        Limit(Deadline deadline) {
            super(deadline);
            this.expiry = SettlingFuture.GivingUp.after(deadline, tagOrNull());
        }

        @Override
        boolean isNeeded() {
            return !state().isSettled();
        }

        @Override
        void ring() {
            future.expire(expiry);
        }

        @Override
        void failByTime(Throwable thrown) {
            future.failByTime(thrown);
        }
    }

    // ---- the end ----

    /** Says whether stages wait for its end. */
    boolean hasStages() {
        return future.getNumberOfDependents() > 0;
    }

    /** A stage is about to be added: if the call has ended, it shall run now. */
    void hurry() {
        if (state().isSettled()) {
            line.completions().hurry();
        }
    }

    /** The future is given up: the call leaves the line. */
    void leave(CallState end) {
        line.leave(this, end);
    }

    /**
     * Says whether the call returned, failed or was refused. A thread that gives it up ends the future itself; a wake-up for the place that the call
     * got may come after that.
     */
    boolean isEndedByTheGate() {
        CallState state = state();
        return state == CallState.COMPLETED
                || state == CallState.FAILED
                || state == CallState.REFUSED
                || (state == CallState.ABANDONED && endAfterReturn() == CallState.REFUSED);
    }

    /** Returns the exception for a call that the gate refused. */
    RejectedExecutionException whyRefused() {
        return line.refusals().of(this);
    }

    /** On the thread that ends the call, which also wakes those who wait for the future: the waker needs a carrier, and the waiter may hold the last one. */
    @Override
    void wake() {
        try {
            LockSupport.unpark(submitter);
        } finally {
            if (accepted() && isEndedByTheGate()) {
                leaveGroup();
                future.ended();
            }
        }
    }

    /** Has the stages run on another thread: now, if there are any. */
    void startCompletion() {
        line.completions().add(this);
    }

    /** Runs the stages, which is user code, in the caller's context. */
    void complete() {
        liftLimit();
        try {
            CarriedContext carried = context();
            if (carried == null) {
                future.completeStages();
            } else {
                carried.runAnyway(new Stages());
            }
        } catch (Throwable noMemory) {
            GateLog.error(
                    "{}: a future could not be completed; trying again",
                    Thread.currentThread().getName(),
                    noMemory);
            future.completeStages();
        }
    }

    private final class Stages implements CarriedContext.Code<RuntimeException> {
        @Override
        public void run() {
            future.completeStages();
        }
    }
}
