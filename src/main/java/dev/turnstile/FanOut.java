package dev.turnstile;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A block that forks calls to a gate, joins them, and is left with none of them behind:
 *
 * <pre>{@code
 * try (FanOut<Resource, String> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
 *     for (String key : keys) {
 *         block.fork(resource -> resource.get(key));
 *     }
 *     return block.join().results();
 * }
 * }</pre>
 *
 * <p>It is what {@code StructuredTaskScope} is to threads, on every JDK, without a preview flag and without a thread for each
 * call: a fork is a call that stands in line by itself, and costs some 200 bytes. {@link #fork} never waits, so there is no bound
 * on forks but memory; they pass the gate's places as everybody does, in the order of their forking.
 *
 * <p>As soon as the {@link JoinPolicy} is decided, the owner is interrupted in {@code join}, the limit has passed or the block is
 * left, the forks that are left are cancelled: <b>none of them reaches the resource from then on</b>. A fork that is in the resource at
 * that moment runs to its end, as every started call does; nobody waits for it, and its result is dropped.
 *
 * <p>One thread owns the block, the one that opened it: it alone forks, joins, closes and reads results; other threads get a {@link
 * WrongThreadException}. After {@code join} there are no more forks, and a block with forks must be joined before it is closed: {@code
 * close} refuses that with an {@link IllegalStateException}, but not before it has cancelled what is left. Blocks are
 * closed in the reverse order of their opening; closing one closes those that were opened inside of it, and says so.
 *
 * @param <R> the type of the resource
 * @param <T> what the results of all forks are; {@code Object} if they differ
 */
public final class FanOut<R, T extends @Nullable Object> implements AutoCloseable {
    /** The innermost open block of a thread that has one. */
    private static final ThreadLocal<FanOut<?, ?>> INNERMOST = new ThreadLocal<>();

    private final Turnstile<R> gate;
    private final Line<R> line;
    private final JoinPolicy policy;
    private final Deadline deadline;
    private final Thread owner = Thread.currentThread();
    private final @Nullable FanOut<?, ?> outer;
    private final List<ForkCall<R, ? extends T>> forks = new ArrayList<>();

    /** Forks that have not ended by themselves; those that the line passes over stay in it, as the block is over then. */
    private final AtomicInteger left = new AtomicInteger();

    private final AtomicReference<@Nullable ForkCall<R, ?>> decisive = new AtomicReference<>();
    private volatile boolean givenUp;
    private boolean joined;
    private boolean closed;

    FanOut(Turnstile<R> gate, JoinPolicy policy, Deadline deadline) {
        this.gate = gate;
        this.line = gate.line();
        this.policy = Objects.requireNonNull(policy, "policy");
        this.deadline = deadline;
        this.outer = INNERMOST.get();
        INNERMOST.set(this);
    }

    /** Returns the limit of the innermost block of this thread. */
    static Deadline deadlineOfBlock() {
        FanOut<?, ?> block = INNERMOST.get();
        return block == null ? Deadline.NEVER : block.deadline;
    }

    // ---- the owner ----

    /**
     * Puts a call into the line, or outside where there is no place, and returns at once.
     *
     * @param <U> the type of the result
     * @param action what to do
     * @return tells what became of it; a fork that came after the policy was decided is {@code CANCELLED} and never runs
     * @throws IllegalStateException if the block has been joined or closed
     * @throws WrongThreadException if the current thread is not the owner
     * @throws ReentrantCallException if this is the worker
     */
    public <U extends T> Fork<U> fork(Action<? super R, ? extends U, ?> action) {
        requireOwner();
        if (joined || closed) {
            throw new IllegalStateException(
                    "The block has been " + (closed ? "closed" : "joined") + ": it takes no more forks");
        }
        StackReserve.require();
        ForkCall<R, U> call = new ForkCall<>(this, forks.size() + 1, Objects.requireNonNull(action, "action"));
        gate.refuseOnWorker();
        call.comes(gate.observers());
        forks.add(call);
        left.incrementAndGet();
        if (line.enter(call, true).isRefusal()) {
            ended(call);
        }
        return call.fork();
    }

    /**
     * Waits until the policy is decided or all forks have ended, and cancels the forks that are left then.
     *
     * @return this block, for {@link #results()} or {@link #first()}
     * @throws ExecutionException if a fork failed and the policy is {@code ALL_OR_CANCEL}, or all failed and it is {@code
     *     FIRST_SUCCESS}; the cause is what the (first) failed fork threw
     * @throws CallTimeoutException if the block's limit passed first; what has ended can be read all the same
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted first, or was when it came
     * @throws IllegalStateException if the block has been joined or closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public FanOut<R, T> join() throws InterruptedException, ExecutionException, CallTimeoutException {
        requireOwner();
        if (joined || closed) {
            throw new IllegalStateException("The block has been " + (closed ? "closed" : "joined") + " before");
        }
        StackReserve.require();
        joined = true;
        await();
        giveUpRest(CallState.CANCELLED);
        throwIfFailed();
        return this;
    }

    private void await() throws CallInterruptedException, CallTimeoutException {
        while (left.get() > 0 && !isDecided()) {
            if (Thread.interrupted()) {
                throw new CallInterruptedException(giveUpRest(CallState.CANCELLED));
            }
            if (deadline.hasPassed()) {
                throw new CallTimeoutException(giveUpRest(CallState.EXPIRED));
            }
            deadline.park(this);
        }
    }

    private boolean isDecided() {
        ForkCall<R, ?> fork = decisive.get();
        return fork != null && fork.state().isSettled();
    }

    /** From the last one on, so that no place is handed to one that leaves next. Returns whether one of them was running. */
    private boolean giveUpRest(CallState end) {
        givenUp = true;
        boolean wasRunning = false;
        for (int i = forks.size() - 1; i >= 0; i--) {
            ForkCall<R, ?> fork = forks.get(i);
            if (!fork.state().isSettled() && line.leave(fork, end)) {
                wasRunning |= fork.started();
            }
        }
        return wasRunning;
    }

    private void throwIfFailed() throws ExecutionException {
        ForkCall<R, ?> failed = decisive.get();
        if (policy == JoinPolicy.FIRST_SUCCESS && (failed == null || failed.outcome() != Fork.State.SUCCESS)) {
            failed = forks.isEmpty() ? null : forks.getFirst(); // as they all did
        } else if (policy != JoinPolicy.ALL_OR_CANCEL) {
            return;
        }
        if (failed != null) {
            Throwable cause = failed.cause();
            throw new ExecutionException(failed + " of " + forks.size() + " failed: " + cause, cause);
        }
    }

    /**
     * Returns the results of the forks that succeeded, in the order of their forking.
     *
     * @return a list of its own; after a join under {@code ALL_OR_CANCEL} with one element for each fork
     * @throws IllegalStateException if the block has not been joined
     * @throws WrongThreadException if the current thread is not the owner
     */
    public List<T> results() {
        requireJoined();
        List<T> results = new ArrayList<>();
        for (ForkCall<R, ? extends T> fork : forks) {
            if (fork.outcome() == Fork.State.SUCCESS) {
                results.add(fork.result());
            }
        }
        return results;
    }

    /**
     * Returns the fork that decided a block under {@code FIRST_SUCCESS}.
     *
     * @return the first fork to succeed
     * @throws NoSuchElementException if none succeeded, or the policy is another
     * @throws IllegalStateException if the block has not been joined
     * @throws WrongThreadException if the current thread is not the owner
     */
    @SuppressWarnings("unchecked") // it is one of forks
    public Fork<? extends T> first() {
        requireJoined();
        ForkCall<R, ?> first = decisive.get();
        if (policy != JoinPolicy.FIRST_SUCCESS || first == null || first.outcome() != Fork.State.SUCCESS) {
            throw new NoSuchElementException("No fork was the first to succeed under " + policy);
        }
        return (Fork<? extends T>) first.fork();
    }

    /**
     * Leaves the block: cancels what is left of it. Does nothing if that was done before.
     *
     * @throws IllegalStateException if there are forks and the block was not joined, or a block that was opened inside of this one
     *     was not closed; everything is cancelled then, too
     * @throws WrongThreadException if the current thread is not the owner
     */
    @Override
    public void close() {
        requireOwner();
        if (closed) {
            return;
        }
        StackReserve.require();
        FanOut<?, ?> innermost = INNERMOST.get();
        for (FanOut<?, ?> inner = innermost; inner != null && inner != this; inner = inner.outer) {
            inner.leave();
        }
        leave();
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        if (innermost != this) {
            throw new IllegalStateException("A block that was opened inside of this one was not closed before it");
        }
        if (!joined && !forks.isEmpty()) {
            throw new IllegalStateException("The block was not joined: its " + forks.size() + " forks are cancelled");
        }
    }

    private void leave() {
        closed = true;
        giveUpRest(CallState.CANCELLED);
    }

    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException("The block belongs to thread " + owner.getName() + "; thread "
                    + Thread.currentThread().getName() + " may not use it");
        }
    }

    void requireJoined() {
        requireOwner();
        if (!joined) {
            throw new IllegalStateException("The block has not been joined");
        }
    }

    RejectedExecutionException refusal(boolean started) {
        return line.refusal(started);
    }

    // ---- the worker ----

    /** A fork has run. Told before the next call starts: none of the cancelled is it. */
    void decideBy(ForkCall<R, ?> fork, CallState end) {
        if (policy.isDecidedBy(end)) {
            decisive.compareAndSet(null, fork);
        }
    }

    /** How a fork ends whose turn comes when it is not to run any more; {@code null} if it is. */
    @Nullable
    CallState endInsteadOfRunning() {
        if (givenUp || decisive.get() != null) {
            return CallState.CANCELLED;
        }
        if (deadline.hasPassed()) {
            return CallState.EXPIRED;
        }
        return null;
    }

    /** A fork has ended, and its owner has not given it up. */
    void ended(ForkCall<R, ?> fork) {
        decideBy(fork, fork.state());
        if (left.decrementAndGet() == 0 || decisive.get() == fork) {
            LockSupport.unpark(owner);
        }
    }

    /** Returns how many forks there are and what the block waits for. */
    @Override
    public String toString() {
        return "FanOut[" + policy + ", " + left.get() + " of " + forks.size() + " forks left]";
    }
}
