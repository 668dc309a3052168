package dev.turnstile;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call whose owner is a future. Its submitter waits only for a place.
 *
 * <p>User code hangs on the future (dependent stages), so it is never completed by the worker: each end gets a virtual
 * thread of its own. One thread for several would let a stage that blocks hold up, or wait for, the futures behind it.
 */
final class FutureCall<R, T extends @Nullable Object> extends Call<R, T> {
    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);

    private final Line<R> line;
    private final Future future = new Future();
    private volatile @Nullable Thread submitter = Thread.currentThread();
    private volatile @Nullable Thread timer;

    FutureCall(Line<R> line, Action<? super R, ? extends T, ?> action) {
        super(action);
        this.line = line;
    }

    CompletableFuture<T> future() {
        return future;
    }

    @Override
    boolean isAwaited() {
        return state() == CallState.WAITING;
    }

    @Override
    boolean isOwnedByVirtualThread() {
        return true;
    }

    /** The submitter has its answer: from here on only the future is to be told. */
    void placed() {
        submitter = null;
    }

    /** Waits on the current thread for a place, and starts the clock once there is one. */
    CompletableFuture<T> awaitPlace(Deadline deadline) throws CallInterruptedException, CallTimeoutException {
        await(line, deadline);
        placed();
        if (!accepted()) {
            throw state() == CallState.FAILED ? Turnstile.<RuntimeException>asThrown(failure()) : line.refusal(false);
        }
        if (deadline != Deadline.NEVER) {
            expireAt(deadline);
        }
        return future;
    }

    /** When the deadline passes first, the accepted call leaves and the future fails. */
    void expireAt(Deadline deadline) {
        Thread thread = thread("turnstile-deadline").unstarted(() -> {
            while (!state().isSettled() && !deadline.hasPassed()) {
                deadline.park(this);
            }
            if (line.leave(this, CallState.EXPIRED)) {
                future.fail(new CallTimeoutException(started()));
            }
        });
        timer = thread; // before it runs, so that an end that comes first finds it
        thread.start();
    }

    /** The call leaves because nobody can get its result any more. */
    private boolean cancel() {
        StackReserve.require();
        boolean left = line.leave(this, CallState.CANCELLED);
        LockSupport.unpark(timer);
        return left;
    }

    @Override
    void wake() {
        LockSupport.unpark(submitter);
        LockSupport.unpark(timer);
        if (accepted() && isEndedByTheGate()) {
            try {
                thread("turnstile-completion").start(this::completeFuture);
            } catch (Throwable noThread) {
                // No memory for a thread. A future left open is worse than a stage that runs here.
                log.error("No thread to complete a future on; completing it on {}", Thread.currentThread(), noThread);
                completeFuture();
            }
        }
    }

    /**
     * Says that the call returned, failed or was refused. Whoever gives it up completes the future himself; a wake for the
     * place that the call had before may come after that.
     */
    private boolean isEndedByTheGate() {
        CallState state = state();
        return state == CallState.COMPLETED
                || state == CallState.FAILED
                || state == CallState.REFUSED
                || (state == CallState.ABANDONED && endAfterReturn() == CallState.REFUSED);
    }

    private static Thread.Builder thread(String name) {
        return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false);
    }

    private void completeFuture() {
        switch (state()) {
            case COMPLETED -> future.succeed();
            case FAILED -> future.fail(failure());
            default -> future.fail(line.refusal(started()));
        }
    }

    /**
     * The future as the user sees it. When it is completed from outside (cancel, {@code orTimeout}, by hand), the
     * call leaves the line: a result that nobody can get any more is not worth a place.
     */
    private final class Future extends CompletableFuture<T> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return FutureCall.this.cancel()
                    ? super.completeExceptionally(new CallCancelledException(started()))
                    : isCancelled();
        }

        @Override
        public boolean complete(T value) {
            FutureCall.this.cancel();
            return super.complete(value);
        }

        @Override
        public boolean completeExceptionally(Throwable thrown) {
            FutureCall.this.cancel();
            return super.completeExceptionally(thrown);
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }

        private void succeed() {
            super.complete(result());
        }

        private void fail(Throwable thrown) {
            super.completeExceptionally(thrown);
        }
    }
}
