package dev.turnstile;

import dev.turnstile.internal.Decoder;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a submitted call, as the user sees it. A thread that waits for it, or looks at it, works out the outcome itself once the call has
 * ended. Dependent stages run on a thread of the library, or on the thread that completes the future from outside.
 */
final class CallFuture<T extends @Nullable Object> extends SettlingFuture<T> {
    // The JDK's part of the future has the stages. completeStages() gives it the outcome, on the completion thread
    // or on the thread that gives the call up from outside. Starting the completion thread costs the worker more
    // than a short call, so it leaves that to the waiters, if there are any: it sets `completion` to
    // LEFT_TO_WAITERS, then looks whether a waiter is still there. A waiter says that it leaves, then looks at
    // `completion`. So one of them starts the thread.

    private static final int NOT_YET = 0;
    private static final int LEFT_TO_WAITERS = 1;
    private static final int STARTED = 2;

    @SuppressWarnings("rawtypes") // the class of a generic type
    private static final AtomicIntegerFieldUpdater<CallFuture> COMPLETION =
            AtomicIntegerFieldUpdater.newUpdater(CallFuture.class, "completion");

    /** Reached through {@link #COMPLETION}: an object less for each future. */
    private volatile int completion;

    CallFuture(FutureCall<?, T> call, @Nullable Decoder<Object, T> decoder) {
        super(call, decoder);
    }

    // ---- the gate ----

    @Override
    void aWaiterLeaves() {
        if (completion == LEFT_TO_WAITERS) {
            startCompletion();
        }
    }

    /** The gate has ended the call. */
    void ended() {
        boolean isLeft = isAwaited() && COMPLETION.compareAndSet(this, NOT_YET, LEFT_TO_WAITERS) && isAwaited();
        threads().unpark();
        if (!isLeft) {
            startCompletion();
        }
    }

    private void startCompletion() {
        if (COMPLETION.getAndSet(this, STARTED) != STARTED) {
            call().startCompletion();
        }
    }

    /** Completes the JDK's part, which runs the stages. On the completion thread. */
    void completeStages() {
        if (isThatOfTheAction()) { // needs no memory: others may have seen it already
            if (call().state() == CallState.COMPLETED) {
                super.complete(call().result());
            } else {
                super.completeExceptionally(call().failure());
            }
            return;
        }
        Outcome known;
        try {
            known = awaitUninterruptibly();
        } catch (Throwable noMemory) { // or no stack, although this thread has a full one
            known = publish(new Outcome(null, noMemory));
        }
        completeStages(known);
    }

    private void completeStages(Outcome known) {
        if (known.failure == null) {
            super.complete(value(known));
        } else {
            super.completeExceptionally(known.failure);
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what the decoder or the action returned, or the user gave
    private T value(Outcome known) {
        return (T) known.value;
    }

    // ---- giving up ----

    /** The call's time limit has passed. Called on the timer. */
    void expire(GivingUp how) {
        endByTime(how);
    }

    /** For whoever cancels the group, on whose thread no stage of a user's may run. */
    void cancelWithGroup() {
        endByTime(GivingUp.CANCEL);
    }

    /** The time source failed, so the limit cannot be kept. */
    void failByTime(Throwable thrown) {
        endByTime(GivingUp.with(new Outcome(null, thrown)));
    }

    private void endByTime(GivingUp how) {
        try {
            giveUp(how);
        } finally {
            if (isDone()) { // even if there was no memory for the rest
                startCompletion();
            }
        }
    }

    /** Does {@link #giveUp} and runs the stages here, or on the completion thread if there is no memory for that. */
    private @Nullable Outcome giveUpAndComplete(GivingUp mine) {
        boolean areComplete = false;
        try {
            Outcome known = giveUp(mine);
            if (known != null) {
                completeStages(known);
            }
            areComplete = true;
            return known;
        } finally {
            if (!areComplete && isDone()) {
                startCompletion();
            }
        }
    }

    private boolean completeBy(Outcome mine) {
        return giveUpAndComplete(GivingUp.with(mine)) == mine;
    }

    @Override
    public boolean complete(T value) {
        return completeBy(new Outcome(value, null));
    }

    @Override
    public boolean completeExceptionally(Throwable thrown) {
        return completeBy(new Outcome(null, Objects.requireNonNull(thrown, "thrown")));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        var unused = giveUpAndComplete(GivingUp.CANCEL);
        return isCancelled(glance());
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        executor.execute(new Completing(Objects.requireNonNull(supplier, "supplier")));
        return this;
    }

    /** Completes the future with what a supplier returns or throws. */
    private final class Completing implements Runnable, AsynchronousCompletionTask {
        private final Supplier<? extends T> supplier;

        Completing(Supplier<? extends T> supplier) {
            this.supplier = supplier;
        }

        @Override
        public void run() {
            if (isDone()) {
                return;
            }
            Outcome supplied;
            try {
                supplied = new Outcome(supplier.get(), null);
            } catch (Throwable thrown) {
                supplied = new Outcome(
                        null, thrown instanceof CompletionException ? thrown : new CompletionException(thrown));
            }
            completeBy(supplied);
        }
    }

    @Override
    public void obtrudeValue(T value) {
        obtrude(new Outcome(value, null));
        super.obtrudeValue(value);
    }

    @Override
    public void obtrudeException(Throwable thrown) {
        obtrude(new Outcome(null, Objects.requireNonNull(thrown, "thrown")));
        super.obtrudeException(thrown);
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        Outcome known = settle();
        if (known == null) {
            known = await(new Waiter(true, false, 0));
        }
        if (known == null) {
            throw new InterruptedException();
        }
        return known.failure == null ? value(known) : asJdkFuture(known).get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long nanos = unit.toNanos(timeout);
        Outcome known = settle();
        if (known == null) {
            Waiter waiter = new Waiter(true, true, nanos);
            known = await(waiter);
            if (known == null && waiter.interrupted) {
                throw new InterruptedException();
            }
            if (known == null) {
                throw new TimeoutException();
            }
        }
        return known.failure == null ? value(known) : asJdkFuture(known).get();
    }

    @Override
    public T join() {
        Outcome known = awaitUninterruptibly();
        return known.failure == null ? value(known) : asJdkFuture(known).join();
    }

    /** Returns a JDK future with this outcome, which reports a failure as this JDK does. */
    private CompletableFuture<T> asJdkFuture(Outcome known) {
        return known.failure == null
                ? CompletableFuture.completedFuture(value(known))
                : CompletableFuture.failedFuture(known.failure);
    }

    // ---- looking ----

    @Override
    public T getNow(T valueIfAbsent) {
        Outcome known = look();
        return known == null ? valueIfAbsent : asJdkFuture(known).getNow(valueIfAbsent);
    }

    @Override
    public T resultNow() {
        Outcome known = look();
        return known == null ? super.resultNow() : asJdkFuture(known).resultNow();
    }

    @Override
    public Throwable exceptionNow() {
        Outcome known = look();
        return known == null ? super.exceptionNow() : asJdkFuture(known).exceptionNow();
    }

    @Override
    public State state() {
        Outcome known = look();
        return known == null ? State.RUNNING : asJdkFuture(known).state();
    }

    @Override
    public boolean isCompletedExceptionally() {
        Outcome known = look();
        return known != null && known.failure != null;
    }

    @Override
    public boolean isCancelled() {
        return isCancelled(look());
    }

    private static boolean isCancelled(@Nullable Outcome known) {
        return known != null && known.failure instanceof CancellationException;
    }

    /** Stages are plain JDK futures: they have no call. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        call().hurry();
        return new CompletableFuture<>();
    }

    /** Says how far the call has come. Neither calls nor waits for a decoder, and names only the class of a failure. */
    @Override
    public String toString() {
        Outcome known = glance();
        if (known == null && !isDone()) {
            return super.toString();
        }
        String how = known == null
                ? "Completed, not decoded yet"
                : known.failure == null
                        ? "Completed normally"
                        : "Completed exceptionally: " + known.failure.getClass().getName();
        return getClass().getName() + "@" + Integer.toHexString(hashCode()) + "[" + how + "]";
    }
}
