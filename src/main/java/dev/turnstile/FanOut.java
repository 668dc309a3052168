package dev.turnstile;

import dev.turnstile.internal.ThreadName;
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
 * A block that forks calls to a gate, joins them, and leaves none of them behind:
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
 * call: a fork is a call that stands in line without a thread and costs some 200 bytes. {@link #fork} never waits, so only memory
 * bounds the forks; they wait for the gate's places as all calls do, in the order of their forking.
 *
 * <p>When the {@link JoinPolicy} is decided, the owner is interrupted in {@code join}, the limit passes or the block is closed, the
 * forks that have not ended are cancelled: <b>none of them reaches the resource from then on</b>. A running fork goes on to its end, as
 * every started call does; nobody waits for it, and its result is dropped.
 *
 * <p>The thread that opened the block owns it: it alone forks, joins, closes and reads results; other threads get a {@link
 * WrongThreadException}. After {@code join} there are no more forks. A block with forks must be joined before it is closed; otherwise
 * {@code close} cancels them and throws an {@link IllegalStateException}. Blocks are closed in the reverse order of their opening;
 * closing one closes the blocks that were opened inside it, and throws if there were any.
 *
 * @param <R> the type of the resource
 * @param <T> the common type of all results; {@code Object} if they differ
 */
public final class FanOut<R, T extends @Nullable Object> implements AutoCloseable {
    /** The innermost open block of a thread. */
    private static final ThreadLocal<FanOut<?, ?>> INNERMOST = new ThreadLocal<>();

    /** How many failures beside the first one an exception carries as suppressed. */
    private static final int SUPPRESSED = 10;

    private final Turnstile<R> gate;
    private final Line<R> line;
    private final JoinPolicy policy;
    private final Deadline deadline;
    private final Thread owner = Thread.currentThread();
    private final @Nullable FanOut<?, ?> outer;
    private final List<ForkCall<R, ? extends T>> forks = new ArrayList<>();

    /** Forks that have not ended by themselves. Forks that are given up or passed over stay counted: the block is over then. */
    private final AtomicInteger left = new AtomicInteger();

    private final AtomicReference<@Nullable ForkCall<R, ?>> decisive = new AtomicReference<>();
    private volatile boolean givenUp;

    /** Cancelled through one of {@link #groups}. */
    private volatile boolean cancelled;

    private final List<CallGroup> groups = new ArrayList<>(0);

    private final CallGroup.Member inGroups = new InGroups();

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

    /** Returns the deadline of the innermost block of this thread that is not joined yet. */
    static Deadline deadlineOfBlock() {
        FanOut<?, ?> block = INNERMOST.get();
        while (block != null && block.joined) {
            block = block.outer;
        }
        return block == null ? Deadline.NEVER : block.deadline;
    }

    /** Forgets blocks that were opened on this thread and not closed: it goes on with work of others. */
    static void leaveBlocksOfThisThread() {
        INNERMOST.remove();
    }

    // ---- the owner ----

    /**
     * Puts a call into the line, or outside if there is no place, and returns at once.
     *
     * @param <U> the type of the result
     * @param action what to do
     * @return the fork; if the policy was decided before, it is {@code CANCELLED} and never runs
     * @throws IllegalStateException if the block has been joined or closed
     * @throws TurnstileClosedException if the {@linkplain Action#group() group} of the action is closed
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
        if (call.group() != null) {
            call.group().requireOpen();
        }
        gate.refuseOnWorker();
        gate.comes(call);
        if (call.group() != null) {
            join(call.group());
        }
        forks.add(call);
        left.incrementAndGet();
        line.arrive(call);
        return call.fork();
    }

    /** Lets the group cancel the block. */
    private void join(CallGroup group) {
        group.requireOpen();
        if (!groups.contains(group)) {
            groups.add(group);
            group.add(inGroups);
        }
    }

    /** What the groups of the forks know of the block. */
    private final class InGroups implements CallGroup.Member {
        /** On any thread. */
        @Override
        public void cancel() {
            cancelled = true;
            givenUp = true;
            LockSupport.unpark(owner);
        }
    }

    /**
     * Puts a call into the line, or outside if there is no place, and returns at once.
     *
     * @param <U> the type of the result
     * @param request the call; of the same gate, and without a limit of its own: the block's limit holds
     * @return the fork; if the policy was decided before, it is {@code CANCELLED} and never runs
     * @throws IllegalArgumentException if the request has a limit, or is one of another gate
     * @throws IllegalStateException if the block has been joined or closed
     * @throws TurnstileClosedException if the group of the request is closed
     * @throws WrongThreadException if the current thread is not the owner
     * @throws ReentrantCallException if this is the worker
     */
    public <U extends T> Fork<U> fork(CallRequest<R, U, ?> request) {
        return fork(Objects.requireNonNull(request, "request").forkOf(gate));
    }

    /**
     * Waits until the policy is decided or all forks have ended, and cancels the remaining forks.
     *
     * @return this block, for {@link #results()} or {@link #first()}
     * @throws ExecutionException if a fork failed and the policy is {@code ALL_OR_CANCEL}, or all failed and it is {@code
     *     FIRST_SUCCESS}; the cause is what the (first) failed fork threw
     * @throws CallTimeoutException if the block's limit passed first; results that are there can still be read
     * @throws CallCancelledException if the {@link CallGroup} of a fork was cancelled or closed first
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted first, or was when it came
     * @throws IllegalStateException if the block has been joined or closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public FanOut<R, T> join() throws InterruptedException, ExecutionException {
        requireOwner();
        if (joined || closed) {
            throw new IllegalStateException("The block has been " + (closed ? "closed" : "joined") + " before");
        }
        StackReserve.require();
        joined = true;
        try {
            await();
        } finally {
            leaveGroups();
        }
        giveUpRest(CallState.CANCELLED);
        throwIfFailed();
        return this;
    }

    private void await() throws CallInterruptedException {
        while (left.get() > 0 && !isDecided()) {
            if (Thread.interrupted()) {
                throw new CallInterruptedException(giveUpRest(CallState.CANCELLED));
            }
            if (deadline.hasPassed()) {
                throw new CallTimeoutException(deadline, null, giveUpRest(CallState.EXPIRED));
            }
            if (cancelled) {
                throw new CallCancelledException(giveUpRest(CallState.CANCELLED));
            }
            deadline.park(this);
        }
    }

    private boolean isDecided() {
        ForkCall<R, ?> fork = decisive.get();
        return fork != null && fork.state().isSettled();
    }

    /** Goes from the last fork to the first, so that no freed place goes to a fork that leaves next. Returns whether one was running. */
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
        if (policy == JoinPolicy.ALL_OR_CANCEL && failed != null) {
            Throwable cause = failed.cause();
            throw new ExecutionException(failed + " of " + forks.size() + " failed: " + GateLog.message(cause), cause);
        }
        boolean hasNone = failed == null || failed.outcome() != Fork.State.SUCCESS;
        if (policy == JoinPolicy.FIRST_SUCCESS && hasNone && !forks.isEmpty()) {
            throw allFailed();
        }
    }

    private ExecutionException allFailed() {
        ForkCall<R, ?> first = forks.getFirst();
        Throwable cause = first.cause();
        String tag = first.tagOrNull();
        ExecutionException all = new ExecutionException(
                "All " + forks.size() + " forks failed; the first" + (tag == null ? "" : " (" + tag + ")") + ": "
                        + GateLog.message(cause),
                cause);
        for (int i = 1; i < forks.size() && i <= SUPPRESSED; i++) {
            if (forks.get(i).outcome() == Fork.State.FAILED) {
                all.addSuppressed(forks.get(i).cause());
            }
        }
        return all;
    }

    /**
     * Returns the results of the forks that succeeded, in the order of their forking.
     *
     * @return a new list; after a successful join under {@code ALL_OR_CANCEL} it has one element for each fork
     * @throws IllegalStateException if the block has not been joined
     * @throws WrongThreadException if the current thread is not the owner
     */
    public List<T> results() {
        requireJoined();
        List<T> results = new ArrayList<>();
        for (ForkCall<R, ? extends T> fork : forks) {
            if (fork.outcome() == Fork.State.SUCCESS) {
                results.add(fork.fork().get());
            }
        }
        return results;
    }

    /**
     * Returns the fork that decided a block under {@code FIRST_SUCCESS}.
     *
     * @return the first fork to succeed
     * @throws NoSuchElementException if none succeeded, or the policy is a different one
     * @throws IllegalStateException if the block has not been joined
     * @throws WrongThreadException if the current thread is not the owner
     */
    @SuppressWarnings("unchecked") // it is one of forks
    public Fork<? extends T> first() {
        requireJoined();
        ForkCall<R, ?> first = decisive.get();
        if (policy != JoinPolicy.FIRST_SUCCESS || first == null || first.outcome() != Fork.State.SUCCESS) {
            throw new NoSuchElementException(
                    policy == JoinPolicy.FIRST_SUCCESS
                            ? "No fork succeeded"
                            : "first() is for FIRST_SUCCESS; the block is " + policy
                                    + ": results() has what succeeded");
        }
        return (Fork<? extends T>) first.fork();
    }

    /**
     * Closes the block: cancels the remaining forks. Does nothing if it is closed.
     *
     * @throws IllegalStateException if there are forks and the block was not joined, or a block that was opened inside this one
     *     was not closed; all forks are cancelled in this case, too
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
            throw new IllegalStateException(
                    "The block was left before it was joined; its forks, " + forks.size() + " in all, are cancelled");
        }
    }

    private void leaveGroups() {
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).remove(inGroups);
        }
    }

    private void leave() {
        closed = true;
        leaveGroups();
        giveUpRest(CallState.CANCELLED);
    }

    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException(
                    "The block belongs to " + ThreadName.of(owner) + "; " + ThreadName.ofCurrent() + " may not use it");
        }
    }

    void requireJoined() {
        requireOwner();
        if (!joined) {
            throw new IllegalStateException("The block has not been joined: call join() first");
        }
    }

    RejectedExecutionException refusal(ForkCall<R, ?> fork) {
        return line.refusals().of(fork);
    }

    // ---- the worker ----

    /** A fork has run. Called before the next call starts, so that no cancelled fork starts. */
    void decideBy(ForkCall<R, ?> fork, CallState end) {
        if (policy.isDecidedBy(end)) {
            decisive.compareAndSet(null, fork);
        }
    }

    /** How a fork ends that must not run when its turn comes; {@code null} if it may run. */
    @Nullable
    CallState endInsteadOfRunning() {
        if (givenUp || decisive.get() != null) {
            return CallState.CANCELLED;
        }
        return deadline.hasSurelyPassed() ? CallState.EXPIRED : null;
    }

    /** A fork has ended that its owner has not given up. */
    void ended(ForkCall<R, ?> fork) {
        decideBy(fork, fork.state());
        if (left.decrementAndGet() == 0 || decisive.get() == fork) {
            LockSupport.unpark(owner);
        }
    }

    /** Returns the policy and how many forks there are and are left. */
    @Override
    public String toString() {
        return "FanOut[" + policy + ", " + left.get() + " of " + forks.size()
                + (givenUp && left.get() > 0 ? " forks given up]" : " forks left]");
    }
}
