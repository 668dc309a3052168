package dev.turnstile;

import dev.turnstile.internal.Decoder;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How the future of a submitted call gets its outcome (from the end of the call, from a thread that gives it up, or by force) and how threads wait for it. What
 * follows from the outcome is in {@link CallFuture}.
 */
abstract class SettlingFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    // The protocol.
    //
    // The end of the call is the end of the future. The call's state decides what has ended it; it moves under the
    // line's monitor and is settled once. The outcome follows from it:
    // - The gate has ended the call: the outcome is what the action returned or threw (decoded, if there is a
    //   decoder), or a refusal.
    // - A thread has given it up: the outcome is what that thread says. It puts its GivingUp into `step` before the
    //   call leaves the line. The first GivingUp counts: a thread that finds another one there makes the call leave
    //   with that one. So all is decided when any of these threads returns.
    // So isDone() can always tell at once whether there is an outcome.
    //
    // `step` goes from null or a GivingUp, perhaps through a Decoding, to an Outcome, which only obtrude… changes. The
    // first thread that needs the outcome works it out and publishes it there; but not what an action returned or threw
    // if there is no decoder: the call itself has that, the same for all. The decoder is user code, takes time,
    // and is called once, by the thread that puts its Decoding there; other threads wait for it. (If that thread's
    // stack overflows in the decoder, it takes its Decoding back and another thread calls the decoder: the stack is
    // its own, the outcome is everybody's.)
    //
    // A waiter adds itself to `waiters`, looks once more, and parks. A thread that ends the call, publishes the
    // outcome, or takes a Decoding back does that first and looks at `waiters` then. So one of them sees the other.
    // It unparks all waiters itself. A waiter that has the outcome removes all waiters and unparks them, too.

    @SuppressWarnings("rawtypes") // the class of a generic type
    private static final AtomicReferenceFieldUpdater<SettlingFuture, @Nullable Step> STEP =
            AtomicReferenceFieldUpdater.newUpdater(SettlingFuture.class, Step.class, "step");

    private final FutureCall<?, T> call;
    private final @Nullable Decoder<Object, T> decoder;
    /** Reached through {@link #STEP}: an object less for each future. */
    private volatile @Nullable Step step;

    private final FutureWaiters waiters = new FutureWaiters();

    SettlingFuture(FutureCall<?, T> call, @Nullable Decoder<Object, T> decoder) {
        this.call = call;
        this.decoder = decoder;
    }

    final FutureCall<?, T> call() {
        return call;
    }

    final FutureWaiters threads() {
        return waiters;
    }

    /** Called on the thread of a waiter that stops waiting. */
    abstract void aWaiterLeaves();

    /** A step on the way to an outcome. */
    sealed interface Step {}

    /** A thread gives the call up, or tries to. */
    static final class GivingUp implements Step {
        static final GivingUp CANCEL = new GivingUp(CallState.CANCELLED, null, Deadline.NEVER, null);

        private final CallState end;

        /** {@code null} if the outcome follows from the end. */
        private final @Nullable Outcome outcome;

        /** What has passed. */
        private final Deadline deadline;

        private final @Nullable String tag;

        private GivingUp(CallState end, @Nullable Outcome outcome, Deadline deadline, @Nullable String tag) {
            this.end = end;
            this.outcome = outcome;
            this.deadline = deadline;
            this.tag = tag;
        }

        static GivingUp with(Outcome outcome) {
            return new GivingUp(CallState.CANCELLED, outcome, Deadline.NEVER, null);
        }

        static GivingUp after(Deadline deadline, @Nullable String tag) {
            return new GivingUp(CallState.EXPIRED, null, deadline, tag);
        }

        Outcome outcome(boolean started) {
            if (outcome != null) {
                return outcome;
            }
            return new Outcome(
                    null,
                    end == CallState.EXPIRED
                            ? new CallTimeoutException(deadline, tag, started)
                            : new CallCancelledException(started));
        }
    }

    /** A thread is in the decoder. */
    private static final class Decoding implements Step {
        private final Thread thread = Thread.currentThread();
    }

    /** What the future has completed with. */
    static final class Outcome implements Step {
        final @Nullable Object value;
        final @Nullable Throwable failure;

        Outcome(@Nullable Object value, @Nullable Throwable failure) {
            this.value = value;
            this.failure = failure;
        }
    }

    // ---- the outcome ----

    /** Says whether the call has ended, so that its outcome is there or can be worked out. */
    private boolean isOver() {
        return call.state().isSettled() && (call.isEndedByTheGate() || step != null);
    }

    /** Returns the outcome; {@code null} if the call has not ended, or another thread is in the decoder. */
    final @Nullable Outcome settle() {
        if (step instanceof Outcome known) {
            return known;
        }
        CallState state = call.state();
        if (!state.isSettled()) {
            return null;
        }
        if (!call.isEndedByTheGate()) {
            Step now = step; // after the state: a thread that gives up sets the step first
            return now instanceof GivingUp how ? publish(how.outcome(call.started())) : (Outcome) now;
        }
        if (state == CallState.COMPLETED) {
            return decoder == null ? new Outcome(call.result(), null) : decode(decoder);
        }
        if (state == CallState.FAILED) {
            return decoder == null ? new Outcome(null, call.failure()) : decode(decoder);
        }
        return publish(new Outcome(null, call.whyRefused()));
    }

    /** Says whether the outcome is just what the action returned or threw. */
    final boolean isThatOfTheAction() {
        CallState state = call.state();
        return decoder == null && step == null && (state == CallState.COMPLETED || state == CallState.FAILED);
    }

    private @Nullable Outcome decode(Decoder<Object, T> by) {
        StackReserve.require();
        Decoding mine = new Decoding();
        Step now;
        do {
            now = step;
            if (now instanceof Outcome known) {
                return known;
            }
            if (now instanceof Decoding) {
                return null;
            }
        } while (!STEP.compareAndSet(this, now, mine));
        try {
            return publish(decoded(by));
        } finally {
            if (STEP.compareAndSet(this, mine, null)) {
                waiters.unpark();
            }
        }
    }

    private Outcome decoded(Decoder<Object, T> by) {
        try {
            return call.state() == CallState.COMPLETED
                    ? new Outcome(by.decode(call.result()), null)
                    : new Outcome(null, by.decodeFailure(call.failure()));
        } catch (StackOverflowError ofThisThread) {
            throw ofThisThread;
        } catch (Throwable thrown) {
            return new Outcome(null, thrown);
        }
    }

    final Outcome publish(Outcome workedOut) {
        Step now;
        do {
            now = step;
            if (now instanceof Outcome known) {
                return known;
            }
        } while (!STEP.compareAndSet(this, now, workedOut));
        waiters.unpark();
        return workedOut;
    }

    @Override
    public boolean isDone() {
        return step instanceof Outcome || isOver();
    }

    /** Returns the outcome; {@code null} if the call has not ended. Waits at most for the decoder. */
    final @Nullable Outcome look() {
        return isDone() ? awaitUninterruptibly() : null;
    }

    /** Returns the outcome if it needs no decoder; otherwise {@code null}, unless it is known already. */
    final @Nullable Outcome glance() {
        return decoder == null || (isOver() && !call.isEndedByTheGate()) ? settle() : outcomeSoFar();
    }

    private @Nullable Outcome outcomeSoFar() {
        return step instanceof Outcome known ? known : null;
    }

    /** Gives the call up. Returns the outcome, this thread's or that of another which gave up first; {@code null} if it was done, or the gate has ended it. */
    final @Nullable Outcome giveUp(GivingUp mine) {
        if (isDone()) {
            return null;
        }
        StackReserve.require();
        GivingUp first = mine;
        if (!STEP.compareAndSet(this, null, mine)) {
            if (!(step instanceof GivingUp other)) {
                return null;
            }
            first = other;
        }
        call.leave(first.end);
        if (call.isEndedByTheGate()) {
            return null;
        }
        call.liftLimit();
        waiters.unpark(); // first: they can go on without this thread if it finds no memory
        return publish(first.outcome(call.started()));
    }

    final void obtrude(Outcome forced) {
        giveUp(GivingUp.with(forced));
        step = forced;
        waiters.unpark();
    }

    // ---- waiting ----

    final boolean isAwaited() {
        return !waiters.isEmpty();
    }

    /** Returns how many waiters there are, including those that are just leaving. */
    final int waiters() {
        return waiters.size();
    }

    /** A waiting thread. Its methods are called repeatedly, by this thread or by a pool that lets another thread work meanwhile. */
    final class Waiter extends FutureWaiters.Waiter {
        private final boolean interruptible;
        private final boolean limited;
        private final long until;
        boolean interrupted;

        Waiter(boolean interruptible, boolean limited, long nanos) {
            this.interruptible = interruptible;
            this.limited = limited;
            this.until = limited ? System.nanoTime() + Math.max(0, nanos) : 0; // or a very negative one would overflow
        }

        boolean hasGivenUp() {
            interrupted |= Thread.interrupted();
            return (interruptible && interrupted) || (limited && until - System.nanoTime() <= 0);
        }

        @Override
        public boolean isReleasable() {
            Step now = step;
            return now instanceof Outcome || (!(now instanceof Decoding) && isOver()) || hasGivenUp();
        }

        @Override
        public boolean block() {
            while (!isReleasable()) {
                if (limited) {
                    LockSupport.parkNanos(SettlingFuture.this, until - System.nanoTime());
                } else {
                    LockSupport.park(SettlingFuture.this);
                }
            }
            return true;
        }
    }

    /** Waits for the outcome; {@code null} if the waiter has given up before there was one. */
    final @Nullable Outcome await(Waiter waiter) {
        StackReserve.require();
        if (step instanceof Decoding decoding && decoding.thread == Thread.currentThread()) {
            throw new IllegalStateException("The decoder of a call's reply waits for the reply itself");
        }
        waiters.add(waiter);
        Outcome known = null;
        try {
            known = settle();
            while (known == null && !waiter.hasGivenUp()) {
                block(waiter);
                known = settle();
            }
        } finally {
            waiter.leave();
            aWaiterLeaves();
            if (known == null) {
                waiters.remove(waiter);
            } else {
                waiters.removeAll();
            }
        }
        if (known != null && waiter.interrupted) {
            Thread.currentThread().interrupt();
        }
        return known;
    }

    private static void block(ForkJoinPool.ManagedBlocker waiter) {
        try {
            ForkJoinPool.managedBlock(waiter);
        } catch (InterruptedException impossible) {
            throw new AssertionError("The waiter throws none", impossible);
        }
    }

    final Outcome awaitUninterruptibly() {
        Outcome known = settle();
        if (known == null) {
            known = await(new Waiter(false, false, 0));
        }
        return Objects.requireNonNull(known);
    }
}
