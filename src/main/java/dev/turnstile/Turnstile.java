package dev.turnstile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A gate through which any number of threads use a resource that only one thread may use at once.
 *
 * <p>The resource is created, used and closed on one platform thread, the worker. A call is an {@link Action} that stands
 * in a bounded line until the worker runs it.
 *
 * <ul>
 *   <li><b>No overlap.</b> Two actions never run at once, nor does an action while the resource is opened or closed.
 *   <li><b>Order.</b> First come, first served, without exception; this includes callers that do not wait for a place or
 *       wait with a limit.
 *   <li><b>Bound.</b> At most {@link #capacity()} calls are pending. Further callers wait outside for a place, or are
 *       refused if they do not want to wait. A call that is given up frees its place at once.
 *   <li><b>Cheap waiting.</b> A waiting virtual thread is unmounted. Nothing polls.
 *   <li><b>Giving up.</b> An interrupt, a cancelled future or an expired time limit gives a call up. If it has not started,
 *       it never reaches the resource. If it has, it runs to its end on the worker; its caller returns at once and its result
 *       is dropped. The exception says which ({@code started()}).
 *   <li><b>Exactly one end.</b> Every accepted call returns, throws, is cancelled, expires or is refused.
 * </ul>
 *
 * <p>Four verbs: {@code call} waits for a place and for the result; {@code submit} waits for a place (that is the
 * backpressure) and returns a future; {@code tryCall} and {@code trySubmit} never wait for a place. A refusal before the
 * call has a place is thrown. The end of an accepted call is reported through its future, if it has one.
 *
 * <p>The caller gets the very exception that its action threw, {@code Error}s included. It fails that call only. Dependent
 * stages of a returned future run on virtual threads of the library or on the thread that completes the future from
 * outside, never on the worker; one that blocks holds up no other future. Stages of several futures may run on one thread, one after the other, and find
 * what the others left in its thread-locals, except the MDC. The caller's {@link org.slf4j.MDC} is in place while its action runs, and while stages run on
 * a thread of the library; so is what the {@linkplain ContextCarrier carriers} of the gate have captured.
 *
 * <p>A gate may have several workers, each with a resource of its own ({@linkplain TurnstileOptions#withPoolSize a pool}). All take calls from one
 * line: a free worker takes the first call. The rules above hold for each resource and for the line. Calls with the same {@linkplain Action#key() key}
 * stay with one worker. A call may stand in another {@link Lane} than the ordinary one. A lost resource is replaced if the {@linkplain
 * TurnstileOptions#restarts() options} say so; {@link #swap} replaces the resource while calls go on.
 *
 * <p>All methods may be called from any thread. From the worker itself (within an action) a call would wait for
 * itself, so it is refused with {@link ReentrantCallException}.
 *
 * @param <R> the type of the resource
 */
public final class Turnstile<R> implements AutoCloseable {
    private final TurnstileOptions options;
    private final Observers observers;
    private final Surroundings surroundings;
    private final String fullMessage;
    private final Line<R> line;
    private final Workers<R> workers;

    private Turnstile(ResourceSource<R, ?> source, TurnstileOptions options) {
        this.options = options;
        this.observers = new Observers(options.workerName(), options.listeners());
        this.surroundings = new Surroundings(options.contextCarriers());
        this.fullMessage = "No place is free in the line of " + options.workerName() + ", which has a capacity of "
                + options.capacity() + ": a call that waits for one would get it in turn";
        this.line = new Line<>(options, observers);
        this.workers = new Workers<>(line, observers, source, options);
    }

    /**
     * Opens a gate: starts the worker, has it create the resource, and waits until that is done.
     *
     * @param <R> the type of the resource
     * @param <X> what the opener may throw
     * @param opener creates the resource, on the worker
     * @param closer releases the resource, on the worker, after the last call
     * @param options the settings
     * @return the open gate
     * @throws IllegalArgumentException if two of the settings make no sense together; the message names both
     * @throws X what the opener threw; the worker has ended then
     * @throws InterruptedException if the calling thread is interrupted meanwhile; a resource that is still created
     *     is closed at once
     */
    public static <R, X extends Exception> Turnstile<R> open(
            ResourceOpener<? extends R, ? extends X> opener, ResourceCloser<? super R> closer, TurnstileOptions options)
            throws X, InterruptedException {
        Objects.requireNonNull(opener, "opener");
        Objects.requireNonNull(closer, "closer");
        Objects.requireNonNull(options, "options");
        return open(new SimpleSource<R, X>(opener, closer), options);
    }

    /**
     * Opens a gate: starts its worker or, for a pool, all workers; has each open its resource; and waits until that is done.
     *
     * @param <R> the type of the resource
     * @param <X> what opening may throw
     * @param source where the resources come from
     * @param options the settings
     * @return the open gate
     * @throws IllegalArgumentException if two of the settings make no sense together; the message names both
     * @throws X what the first failed opening threw; all workers end then
     * @throws InterruptedException if the calling thread is interrupted meanwhile; resources that are still opened are closed at once
     */
    public static <R, X extends Exception> Turnstile<R> open(ResourceSource<R, X> source, TurnstileOptions options)
            throws X, InterruptedException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(options, "options");
        options.requireSound();
        StackReserve.require();
        Turnstile<R> turnstile = new Turnstile<>(source, options);
        Throwable failure = turnstile.workers.open();
        if (failure != null) {
            throw Turnstile.<X>asThrown(failure);
        }
        return turnstile;
    }

    /**
     * Opens a gate over a resource that closes itself, with the default settings.
     *
     * @param <R> the type of the resource
     * @param <X> what the opener may throw
     * @param opener creates the resource, on the worker
     * @return the open gate
     * @throws X what the opener threw; the worker has ended then
     * @throws InterruptedException if the calling thread is interrupted meanwhile
     */
    public static <R extends AutoCloseable, X extends Exception> Turnstile<R> open(
            ResourceOpener<? extends R, ? extends X> opener) throws X, InterruptedException {
        return open(opener, AutoCloseable::close, TurnstileOptions.defaults());
    }

    /**
     * Opens a gate over a resource that closes itself.
     *
     * @param <R> the type of the resource
     * @param <X> what the opener may throw
     * @param opener creates the resource, on the worker
     * @param options the settings
     * @return the open gate
     * @throws IllegalArgumentException if two of the settings make no sense together; the message names both
     * @throws X what the opener threw; the worker has ended then
     * @throws InterruptedException if the calling thread is interrupted meanwhile
     */
    public static <R extends AutoCloseable, X extends Exception> Turnstile<R> open(
            ResourceOpener<? extends R, ? extends X> opener, TurnstileOptions options) throws X, InterruptedException {
        return open(opener, AutoCloseable::close, options);
    }

    /**
     * Begins a call that has a tag, lane, key, group or limit. A verb of the returned request makes the call.
     *
     * @param <T> the type of the result
     * @param <X> what the action may throw
     * @param action what to do
     * @return the request, for the call to be made
     */
    public <T extends @Nullable Object, X extends Exception> CallRequest<R, T, X> request(Action<R, T, X> action) {
        return new CallRequest<>(this, Objects.requireNonNull(action, "action"), null);
    }

    /**
     * Runs an action in its turn and returns its result; waits for a place and for the result.
     *
     * @param <T> the type of the result
     * @param <X> what the action may throw
     * @param action what to do
     * @return what the action returned
     * @throws X what the action threw
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is
     *     there, or was when it came
     * @throws TurnstileClosedException if the gate is closed, or closes before the call has ended
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object, X extends Exception> T call(Action<? super R, ? extends T, ? extends X> action)
            throws X, InterruptedException {
        return runInTurn(action, null, true);
    }

    /**
     * Runs an action in its turn and returns its result; waits for a place and for the result, up to a limit in all.
     *
     * @param <T> the type of the result
     * @param <X> what the action may throw
     * @param action what to do
     * @param limit how long the whole call may take; zero or less has passed at once
     * @return what the action returned
     * @throws X what the action threw
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is
     *     there, or was when it came
     * @throws CallTimeoutException if the limit passed before the result was there
     * @throws TurnstileClosedException if the gate is closed, or closes before the call has ended
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object, X extends Exception> T call(
            Action<? super R, ? extends T, ? extends X> action, Duration limit) throws X, InterruptedException {
        return runInTurn(action, Objects.requireNonNull(limit, "limit"), true);
    }

    /**
     * Runs an action in its turn and returns its result if there is a place at once; waits for the result only.
     *
     * @param <T> the type of the result
     * @param <X> what the action may throw
     * @param action what to do
     * @return what the action returned
     * @throws X what the action threw
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is
     *     there, or was when it came
     * @throws TurnstileFullException if there is no place, or others wait for one
     * @throws TurnstileClosedException if the gate is closed, or closes before the call has ended
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object, X extends Exception> T tryCall(
            Action<? super R, ? extends T, ? extends X> action) throws X, InterruptedException {
        return runInTurn(action, null, false);
    }

    /**
     * Waits for a place and returns a future for the result of an action.
     *
     * <p>Cancelling the future gives the call up; so do {@code complete}, {@code completeExceptionally}, {@code orTimeout} and
     * {@code completeOnTimeout}.
     *
     * @param <T> the type of the result
     * @param action what to do
     * @return completes with the result, with what the action threw, or with a {@link TurnstileClosedException}
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before there is a place,
     *     or was when it came
     * @throws TurnstileClosedException if the gate is closed, or closes while this thread waits
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object> CompletableFuture<T> submit(Action<? super R, ? extends T, ?> action)
            throws InterruptedException {
        return queue(action, null);
    }

    /**
     * Waits for a place and returns a future for the result of an action; the limit is for the whole call.
     *
     * @param <T> the type of the result
     * @param action what to do
     * @param limit how long the wait for a place and all the rest may take; zero or less has passed at once
     * @return completes with the result, with what the action threw, or with a {@link CallTimeoutException} or {@link
     *     TurnstileClosedException}
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before there is a place,
     *     or was when it came
     * @throws CallTimeoutException if the limit passed while this thread waited for a place
     * @throws TurnstileClosedException if the gate is closed, or closes while this thread waits
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object> CompletableFuture<T> submit(
            Action<? super R, ? extends T, ?> action, Duration limit) throws InterruptedException {
        return queue(action, Objects.requireNonNull(limit, "limit"));
    }

    /**
     * Returns a future for the result of an action if there is a place at once; never waits.
     *
     * @param <T> the type of the result
     * @param action what to do
     * @return completes with the result, with what the action threw, or with a {@link TurnstileClosedException}
     * @throws CallTimeoutException if the limit has passed already
     * @throws TurnstileFullException if there is no place, or others wait for one
     * @throws TurnstileClosedException if the gate is closed
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object> CompletableFuture<T> trySubmit(Action<? super R, ? extends T, ?> action) {
        return queueAtOnce(action, null);
    }

    /**
     * Submits the action once for each current instance that is neither down nor retiring: waits for the places and returns futures for the results.
     * Each call runs on its instance only; otherwise the calls are as {@link #submit(Action)} makes them. If one of them gets no place, those before it
     * that have not begun are cancelled.
     *
     * @param <T> the type of the results
     * @param action what to do, once with each instance
     * @return one future for each instance, in the order of their numbers; if an instance retires before it has run its call, that future completes
     *     with a {@link TurnstileClosedException}
     * @throws IllegalStateException if an instance retires before there is a place for its call
     * @throws CallInterruptedException if the thread is interrupted before all calls have a place; {@code started()} says whether one had begun
     * @throws TurnstileClosedException if the gate is closed, or closes while this thread waits; {@code started()} says whether one had begun
     * @throws ReentrantCallException if this is a worker
     */
    public <T extends @Nullable Object> List<CompletableFuture<T>> submitToEach(
            Action<? super R, ? extends T, ?> action) throws InterruptedException {
        return queueToEach(action, null);
    }

    /**
     * Opens a block that forks calls to this gate and joins them.
     *
     * @param <T> what the results of all forks are
     * @param policy what decides the block
     * @return the block, which this thread owns; to be closed, best by try-with-resources
     */
    public <T extends @Nullable Object> FanOut<R, T> fanOut(JoinPolicy policy) {
        StackReserve.require();
        return new FanOut<>(this, policy, timeLimit());
    }

    /**
     * Opens a block that forks calls to this gate and joins them, within a limit for the whole block that starts now. Other calls
     * that this thread makes until the block is joined have the same limit.
     *
     * @param <T> what the results of all forks are
     * @param policy what decides the block
     * @param limit how long; when it passes, no further fork is started and {@code join} throws
     * @return the block, which this thread owns; to be closed, best by try-with-resources
     */
    public <T extends @Nullable Object> FanOut<R, T> fanOut(JoinPolicy policy, Duration limit) {
        StackReserve.require();
        TimeLimit.setByBlock();
        return new FanOut<>(this, policy, after(limit).orEarlier(timeLimit()));
    }

    /**
     * Runs an action that has no result in its turn; waits for a place and for its end.
     *
     * @param <X> what the action may throw
     * @param action what to do
     * @throws X what the action threw
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the action has ended, or was when it came
     * @throws TurnstileClosedException if the gate is closed, or closes before the action has ended
     * @throws ReentrantCallException if this is the worker
     */
    public <X extends Exception> void run(VoidAction<? super R, ? extends X> action) throws X, InterruptedException {
        this.<@Nullable Void, X>runInTurn(withoutResult(action), null, true);
    }

    /**
     * Runs an action that has no result in its turn; waits for a place and for its end, up to a limit.
     *
     * @param <X> what the action may throw
     * @param action what to do
     * @param limit how long the whole call may take, the wait for a place included; zero or less has passed at once
     * @throws X what the action threw
     * @throws CallTimeoutException if the limit passed first
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the action has ended, or was when it came
     * @throws TurnstileClosedException if the gate is closed, or closes before the action has ended
     * @throws ReentrantCallException if this is the worker
     */
    public <X extends Exception> void run(VoidAction<? super R, ? extends X> action, Duration limit)
            throws X, InterruptedException {
        this.<@Nullable Void, X>runInTurn(withoutResult(action), Objects.requireNonNull(limit, "limit"), true);
    }

    @SuppressWarnings("unchecked") // it takes an R and throws an X
    private static <R, X extends Exception> Action<R, @Nullable Void, X> withoutResult(
            VoidAction<? super R, ? extends X> action) {
        return new WithoutResult<>((VoidAction<R, X>) Objects.requireNonNull(action, "action"));
    }

    Line<R> line() {
        return line;
    }

    /**
     * Begins to close and returns at once. New callers and those waiting outside are refused, the calls in the line are run,
     * then the resource is closed. Does nothing if closing has begun.
     */
    public void shutdown() {
        StackReserve.requireMuch();
        workers.close(Deadline.NEVER);
    }

    /**
     * Closes the gate: {@link #close(Duration)} with {@link TurnstileOptions#closeLimit()}.
     */
    @Override
    public void close() {
        close(options.closeLimit());
    }

    /**
     * Closes the gate and waits for that, up to a limit.
     *
     * <p>New callers, and those waiting outside for a place, are refused at once. The calls in the line are run. If the limit
     * passes first, the rest of the line is refused, the caller of a running call is told that the gate closed, and this
     * method returns; the report says what is still open. The worker closes the resource after its last call has returned,
     * whenever that is, never under a running call.
     *
     * <p>An interrupt, now or before, counts as the limit passing; the interrupt is kept. On the worker this method begins to
     * close and returns at once; the limit still holds. It may be called any number of times, by several threads at once: each
     * waits up to its own limit, and the shortest limit counts.
     *
     * @param limit how long calls in the line may run; zero or less refuses them at once
     * @return what was done so far
     */
    public CloseReport close(Duration limit) {
        StackReserve.requireMuch();
        Deadline deadline = after(limit);
        workers.close(deadline);
        if (onWorker()) {
            workers.refuseRestAt(deadline);
            return line.report();
        }
        boolean ended = false;
        try {
            ended = workers.awaitEnd(deadline);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            line.refuseRest();
        }
        CloseReport report = line.report();
        if (!report.resourceClosed()) {
            observers.notClosedInTime(report, limit);
        }
        return report;
    }

    /**
     * Waits until the resource is closed and the worker has ended; does not begin to close.
     *
     * @param limit how long to wait
     * @return false if the limit passed first
     * @throws InterruptedException if the thread is interrupted meanwhile
     * @throws ReentrantCallException if this is a worker
     */
    public boolean awaitTermination(Duration limit) throws InterruptedException {
        StackReserve.require();
        refuseOnWorker();
        return workers.awaitEnd(after(limit));
    }

    /**
     * Returns how many calls may be pending.
     *
     * @return the number of places in the line
     */
    public int capacity() {
        return options.capacity();
    }

    /**
     * Returns how many calls are in the line, accepted and not yet started.
     *
     * @return 0 to {@link #capacity()}
     */
    public int pendingCount() {
        return stats().pending();
    }

    /**
     * Returns how many callers wait outside for a place.
     *
     * @return 0 or more
     */
    public int waitingCount() {
        return stats().waiting();
    }

    /**
     * Returns the state of the gate.
     *
     * @return the state at this instant
     */
    public TurnstileState state() {
        return line.state();
    }

    /**
     * Returns all counts of one instant; they add up.
     *
     * @return a consistent snapshot
     */
    public TurnstileStats stats() {
        StackReserve.require();
        return line.stats();
    }

    /**
     * Returns the state and the counts of each instance of the resource, at one instant.
     *
     * @return one element, or as many as a pool has
     */
    public List<InstanceStats> instances() {
        StackReserve.requireMuch();
        return line.slots().instancesWithProcesses();
    }

    /**
     * Says whether the gate can do its work, for a readiness probe; never waits and does not touch the resource.
     *
     * @return how it is, and why
     */
    public Health health() {
        TurnstileState now = state();
        if (now != TurnstileState.OPEN) {
            return new Health(Health.Status.DOWN, line.refusals().whyClosed());
        }
        return InstanceHealth.of(line.slots().instances(true), workers.size(), options.stuckAfter());
    }

    /**
     * Changes how many instances a pool has, and waits until the new ones are open; nothing in the line is lost. When the pool shrinks, instances without a
     * resource retire first, then those with a lost resource, then the last ones. Each is closed when its running call has returned; this method does
     * not wait for that.
     *
     * @param instances 1 to 1,000
     * @throws InterruptedException if the thread is interrupted meanwhile; then none was added
     * @throws IllegalArgumentException if the number is out of range
     * @throws UnsupportedOperationException if this is not a {@linkplain TurnstileOptions#withPoolSize pool}
     * @throws IllegalStateException if an instance could not be opened, with the cause; then none was added
     * @throws TurnstileClosedException if the gate is closed
     * @throws ReentrantCallException if this is a worker
     */
    public void resize(int instances) throws InterruptedException {
        refuseOnWorker();
        if (!options.isPool()) {
            throw new UnsupportedOperationException(
                    "The gate has one instance for good: open it with TurnstileOptions.withPoolSize");
        }
        if (instances < 1 || instances > TurnstileOptions.MOST_WORKERS) {
            throw new IllegalArgumentException(
                    "instances is " + instances + ", but must be 1 to " + TurnstileOptions.MOST_WORKERS);
        }
        StackReserve.requireMuch();
        Throwable failure = workers.resize(instances);
        if (state() != TurnstileState.OPEN) {
            throw line.refusals().closed();
        }
        if (failure != null) {
            throw new IllegalStateException("No instance was added: " + GateLog.message(failure), failure);
        }
    }

    /**
     * Replaces each instance by one from another source while calls go on: opens the new instances beside the old, {@linkplain
     * ResourceSource#warmUp warms them up}, puts each in place between two calls, and closes the old one. Callers notice a moment's wait at most;
     * the swap makes no call fail, get lost or be overtaken. Waits until all are switched, up to a limit.
     *
     * <p>Unless all new instances are ready, nothing is swapped. After a swap, restarts and a growing pool use the new source.
     *
     * @param source opens the new instances
     * @param limit how long the whole swap may take
     * @return how many are switched, and how many still wait for a call of the old instance to return
     * @throws SwapException if an instance could not be opened or failed its warm-up, or the limit passed before all were ready; the old ones go on
     * @throws InterruptedException if the thread is interrupted before all were ready; the old ones go on. A later interrupt counts as the limit
     *     passing, and is kept
     * @throws TurnstileClosedException if the gate is closed, or closes meanwhile
     * @throws ReentrantCallException if this is a worker
     */
    public SwapReport swap(ResourceSource<R, ?> source, Duration limit) throws SwapException, InterruptedException {
        Objects.requireNonNull(source, "source");
        refuseOnWorker();
        StackReserve.requireMuch();
        if (state() != TurnstileState.OPEN) {
            throw line.refusals().closed();
        }
        return workers.swap(source, after(limit), System.nanoTime());
    }

    /** Returns the whole state, for logs and for debugging a test that hangs. */
    @Override
    public String toString() {
        return "Turnstile[" + options.workerName() + ", " + state() + ", " + stats() + "]";
    }

    // ---- also for requests; a null limit means none ----

    <T extends @Nullable Object, X extends Exception> T runInTurn(
            Action<? super R, ? extends T, ? extends X> action, @Nullable Duration limit, boolean waitForPlace)
            throws X, InterruptedException {
        StackReserve.require();
        Deadline deadline = deadline(limit);
        BlockingCall<R, T> call = new BlockingCall<>(Objects.requireNonNull(action, "action"), deadline);
        refuseGivenUp(call, deadline);
        if (waitForPlace) {
            requireOpen(call.group());
            refuseOnWorker();
            comes(call);
            line.arrive(call);
        } else {
            admit(call, false);
        }
        await(call, deadline);
        if (call.state() == CallState.COMPLETED) {
            return call.result();
        }
        if (call.state() == CallState.FAILED) {
            throw Turnstile.<X>asThrown(call.failure());
        }
        if (call.state() == CallState.EXPIRED) { // before this thread saw it
            throw call.timeout(deadline);
        }
        if (call.isCancelled()) { // with its group
            throw new CallCancelledException(call.started());
        }
        throw line.refusals().of(call);
    }

    private void await(BlockingCall<R, ?> call, Deadline deadline) throws CallInterruptedException {
        CallGroup group = call.group();
        if (group == null) {
            line.spin(call);
            call.await(line, deadline);
            return;
        }
        CallGroup.Member member = new GroupedCall<>(line, call);
        group.add(member);
        try {
            call.await(line, deadline);
        } finally {
            group.remove(member);
        }
    }

    /** A call whose owner waits for its end. */
    private static final class GroupedCall<R> implements CallGroup.Member {
        private final Line<R> line;
        private final BlockingCall<R, ?> call;

        GroupedCall(Line<R> line, BlockingCall<R, ?> call) {
            this.line = line;
            this.call = call;
        }

        @Override
        public void cancel() {
            if (line.leave(call, CallState.CANCELLED)) {
                call.wakeOrLog();
            }
        }
    }

    private static void requireOpen(@Nullable CallGroup group) {
        if (group != null) {
            group.requireOpen();
        }
    }

    <T extends @Nullable Object> CompletableFuture<T> queue(
            Action<? super R, ? extends T, ?> action, @Nullable Duration limit) throws InterruptedException {
        StackReserve.require();
        return queue(new FutureCall<>(line, Objects.requireNonNull(action, "action")), deadline(limit));
    }

    private <T extends @Nullable Object> CompletableFuture<T> queue(FutureCall<R, T> call, Deadline deadline)
            throws InterruptedException {
        refuseGivenUp(call, deadline);
        admit(call, true);
        return call.awaitPlace(deadline);
    }

    <T extends @Nullable Object> CompletableFuture<T> queueAtOnce(
            Action<? super R, ? extends T, ?> action, @Nullable Duration limit) {
        StackReserve.require();
        Deadline deadline = deadline(limit);
        FutureCall<R, T> call = new FutureCall<>(line, Objects.requireNonNull(action, "action"));
        if (deadline.hasPassed()) {
            throw call.timeout(deadline);
        }
        admit(call, false);
        return call.placedAtOnce(deadline);
    }

    <T extends @Nullable Object> List<CompletableFuture<T>> queueToEach(
            Action<? super R, ? extends T, ?> action, @Nullable Duration limit) throws InterruptedException {
        StackReserve.requireMuch();
        Objects.requireNonNull(action, "action");
        Deadline deadline = deadline(limit);
        refuseOnWorker();
        if (state() != TurnstileState.OPEN) {
            throw line.refusals().closed();
        }
        List<FutureCall<R, T>> placed = new ArrayList<>();
        List<CompletableFuture<T>> results = new ArrayList<>();
        try {
            for (InstanceStats instance : line.slots().instances(true)) {
                if (instance.state() != InstanceState.DOWN) {
                    FutureCall<R, T> call = new FutureCall<>(line, action);
                    call.meantFor(instance.number());
                    results.add(queue(call, deadline));
                    placed.add(call);
                }
            }
        } catch (CallInterruptedException interrupted) {
            throw new CallInterruptedException(giveUp(placed) || interrupted.started());
        } catch (CallTimeoutException passed) {
            throw new CallTimeoutException(deadline, null, giveUp(placed) || passed.started());
        } catch (CallCancelledException cancelled) { // with their group
            throw new CallCancelledException(giveUp(placed) || cancelled.started());
        } catch (TurnstileClosedException closed) {
            if (giveUp(placed)) {
                throw new TurnstileClosedException(
                        "One instance had begun its call when that for another one was refused", true, closed);
            }
            throw closed;
        } catch (Throwable refused) {
            giveUp(placed);
            throw refused;
        }
        return results;
    }

    /** Cancels calls whose futures nobody gets, and says whether one of them had begun. */
    private static boolean giveUp(List<? extends FutureCall<?, ?>> calls) {
        boolean hadBegun = false;
        for (FutureCall<?, ?> call : calls) {
            call.future().cancel(false);
            hadBegun |= call.started();
        }
        return hadBegun;
    }

    private Deadline deadline(@Nullable Duration limit) {
        return limit == null ? timeLimit() : after(limit).orEarlier(timeLimit());
    }

    private Deadline after(Duration limit) {
        return Deadline.after(limit, options.timeSource());
    }

    private Deadline timeLimit() {
        return TimeLimit.current().in(options.timeSource());
    }

    /** Refuses a caller that is interrupted or past its deadline already. */
    private static void refuseGivenUp(Call<?, ?> call, Deadline deadline) throws CallInterruptedException {
        if (Thread.interrupted()) {
            throw new CallInterruptedException(false);
        }
        if (deadline.hasPassed()) {
            throw call.timeout(deadline);
        }
    }

    private void admit(Call<R, ?> call, boolean mayWait) {
        requireOpen(call.group());
        refuseOnWorker();
        comes(call);
        Line.Admission admission = line.enter(call, mayWait);
        if (admission == Line.Admission.FULL) {
            throw new TurnstileFullException(fullMessage);
        }
        if (admission == Line.Admission.REFUSED) {
            throw line.refusals().of(call);
        }
    }

    /** Throws what a carrier throws, before the call has anything that it would have to give back. */
    void comes(Call<R, ?> call) {
        call.comes(observers, surroundings);
    }

    private boolean onWorker() {
        return Worker.isCurrentThreadOf(workers);
    }

    void refuseOnWorker() {
        if (onWorker()) {
            throw new ReentrantCallException("Called from " + options.workerName()
                    + ", the worker itself: the call would wait for itself. Use the resource that the action"
                    + " was given, or another thread.");
        }
    }

    /** Rethrows an exception as the type in the action's or opener's signature. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler saw X where the action was passed
    static <X extends Throwable> X asThrown(Throwable failure) throws X {
        throw (X) failure;
    }
}
