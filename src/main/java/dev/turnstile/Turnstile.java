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
 *   <li><b>No overlap.</b> Never two actions at once; opening and closing the resource included.
 *   <li><b>Order.</b> First come, first served, without exception: also callers who do not wait for a place, or wait with
 *       a limit.
 *   <li><b>Bound.</b> At most {@link #capacity()} calls are pending. Further callers wait outside for a place, or are
 *       refused if they would not wait. A call that is given up gives its place back at once.
 *   <li><b>Cheap waiting.</b> A waiting virtual thread is unmounted. Nothing polls.
 *   <li><b>Giving up.</b> An interrupt, a cancelled future and a passed time limit mean: a call not yet started never
 *       reaches the resource; a started one runs to its end on the worker, its caller goes at once, its result is dropped.
 *       The exception says which ({@code started()}).
 *   <li><b>Exactly one end.</b> Every accepted call returns, throws, is cancelled, expires or is refused.
 * </ul>
 *
 * <p>Three verbs: {@code call} waits for a place and for the result; {@code submit} waits for a place (that is the
 * backpressure) and returns a future; {@code tryCall} and {@code trySubmit} never wait for a place. What is refused
 * before it had a place is thrown; what becomes of an accepted call comes through its future, if it has one.
 *
 * <p>What an action throws, its caller gets: the very exception, for {@code Error}s too. It fails that call only. Dependent
 * stages of a returned future run on virtual threads of their own or on the thread that completes the future from
 * outside, never on the worker. The caller's {@link org.slf4j.MDC} is in place while its action runs.
 *
 * <p>A gate may have several workers, each with a resource of its own ({@linkplain TurnstileOptions#withPoolSize a pool}): they take their calls
 * from the one line, whichever is free the first one, and all of this holds for each resource and for the line. Calls with a {@linkplain
 * Action#key() key} stay with one worker. A call may stand in another {@link Lane} than the ordinary one. A resource that was lost is replaced if the
 * options {@linkplain TurnstileOptions#restarts() say so}, and another one put in its place by {@link #swap}.
 *
 * <p>All methods may be called from any thread. From the worker itself (from within an action) a call would wait for
 * itself: it is refused with {@link ReentrantCallException}.
 *
 * @param <R> the type of the resource
 */
public final class Turnstile<R> implements AutoCloseable {
    private final TurnstileOptions options;
    private final Observers observers;
    private final Line<R> line;
    private final Crew<R> crew;

    private Turnstile(ResourceSource<R, ?> source, TurnstileOptions options) {
        this.options = options;
        this.observers = new Observers(options.workerName(), options.listeners());
        this.line = new Line<>(options, observers);
        this.crew = new Crew<>(line, observers, source, options);
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
     * @throws X what the opener threw; the worker has ended then
     * @throws InterruptedException if the calling thread is interrupted meanwhile; a resource that is created all the same
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
     * Opens a gate: starts its worker, or the workers of a pool, has each open its resource, and waits until that is done.
     *
     * @param <R> the type of the resource
     * @param <X> what opening may throw
     * @param source where the resources come from
     * @param options the settings
     * @return the open gate
     * @throws X what opening (the first of those that could not be opened) threw; all workers end then
     * @throws InterruptedException if the calling thread is interrupted meanwhile; what is opened all the same is closed at once
     */
    public static <R, X extends Exception> Turnstile<R> open(ResourceSource<R, X> source, TurnstileOptions options)
            throws X, InterruptedException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(options, "options");
        StackReserve.require();
        Turnstile<R> turnstile = new Turnstile<>(source, options);
        Throwable failure = turnstile.crew.open();
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
     * Runs an action in its turn and returns its result; waits for a place and for the result.
     *
     * @param <T> the type of the result
     * @param <X> what the action may throw
     * @param action what to do
     * @return what the action returned
     * @throws X what the action threw
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is
     *     there, or was when it came
     * @throws TurnstileClosedException if the gate is closed, or closes before the call is started
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object, X extends Exception> T call(Action<? super R, ? extends T, ? extends X> action)
            throws X, InterruptedException {
        try {
            return runInTurn(action, Deadline.NEVER, true);
        } catch (CallTimeoutException limit) {
            throw Turnstile.<RuntimeException>asThrown(limit); // a TimeLimit's, which declares it
        }
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
     * @throws TurnstileClosedException if the gate is closed, or closes before the call is started
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object, X extends Exception> T call(
            Action<? super R, ? extends T, ? extends X> action, Duration limit)
            throws X, InterruptedException, CallTimeoutException {
        return runInTurn(action, after(limit), true);
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
     * @throws TurnstileClosedException if the gate is closed, or closes before the call is started
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object, X extends Exception> T tryCall(
            Action<? super R, ? extends T, ? extends X> action) throws X, InterruptedException {
        try {
            return runInTurn(action, Deadline.NEVER, false);
        } catch (CallTimeoutException limit) {
            throw Turnstile.<RuntimeException>asThrown(limit); // a TimeLimit's, which declares it
        }
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
        try {
            return queue(new FutureCall<>(line, Objects.requireNonNull(action, "action")), Deadline.NEVER, true);
        } catch (CallTimeoutException limit) {
            throw Turnstile.<RuntimeException>asThrown(limit); // a TimeLimit's, which declares it
        }
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
            Action<? super R, ? extends T, ?> action, Duration limit)
            throws InterruptedException, CallTimeoutException {
        return queue(new FutureCall<>(line, Objects.requireNonNull(action, "action")), after(limit), true);
    }

    /**
     * Returns a future for the result of an action if there is a place at once; never waits.
     *
     * @param <T> the type of the result
     * @param action what to do
     * @return completes with the result, with what the action threw, or with a {@link TurnstileClosedException}
     * @throws TurnstileFullException if there is no place, or others wait for one
     * @throws TurnstileClosedException if the gate is closed
     * @throws ReentrantCallException if this is the worker
     */
    public <T extends @Nullable Object> CompletableFuture<T> trySubmit(Action<? super R, ? extends T, ?> action) {
        StackReserve.require();
        FutureCall<R, T> call = new FutureCall<>(line, Objects.requireNonNull(action, "action"));
        admit(call, false);
        call.placed();
        Deadline deadline = timeLimit();
        if (deadline != Deadline.NEVER) {
            call.expireAt(deadline);
        }
        return call.future();
    }

    /**
     * Waits for a place for a call of each instance that there is at the moment, and returns futures for the results. Which instance runs
     * which call is fixed; in other respects they are as {@link #submit(Action)} makes them.
     *
     * @param <T> the type of the results
     * @param action what to do, once with each instance
     * @return one future for each, in the order of {@link #instances()}; that of an instance that goes before it has run the call completes
     *     with a {@link TurnstileClosedException}
     * @throws IllegalStateException if one of them goes before there is a place for its call
     * @throws InterruptedException if the thread is interrupted before there is a place; the calls that had one are made all the same
     * @throws TurnstileClosedException if the gate is closed, or closes while this thread waits
     * @throws ReentrantCallException if this is a worker
     */
    public <T extends @Nullable Object> List<CompletableFuture<T>> submitToEach(
            Action<? super R, ? extends T, ?> action) throws InterruptedException {
        refuseOnWorker();
        if (state() != TurnstileState.OPEN) {
            throw line.refusal(false);
        }
        List<CompletableFuture<T>> results = new ArrayList<>();
        for (InstanceStats instance : instances()) {
            if (instance.state() != InstanceState.DOWN) {
                FutureCall<R, T> call = new FutureCall<>(line, Objects.requireNonNull(action, "action"));
                call.meantFor(instance.number());
                try {
                    results.add(queue(call, Deadline.NEVER, true));
                } catch (CallTimeoutException limit) {
                    throw Turnstile.<RuntimeException>asThrown(limit); // a TimeLimit's, which declares it
                }
            }
        }
        return results;
    }

    /**
     * Opens a block that forks calls to this gate and joins them.
     *
     * @param <T> what the results of all forks are
     * @param policy what decides the block
     * @return the block, which this thread owns; to be closed, best by try-with-resources
     */
    public <T extends @Nullable Object> FanOut<R, T> fanOut(JoinPolicy policy) {
        return new FanOut<>(this, policy, timeLimit());
    }

    /**
     * Opens a block that forks calls to this gate and joins them, and has a limit in all, from now on. Calls that this thread makes
     * otherwise while the block is open never wait longer either.
     *
     * @param <T> what the results of all forks are
     * @param policy what decides the block
     * @param limit how long; when it passes no further fork is started, and {@code join} throws
     * @return the block, which this thread owns; to be closed, best by try-with-resources
     */
    public <T extends @Nullable Object> FanOut<R, T> fanOut(JoinPolicy policy, Duration limit) {
        TimeLimit.setByBlock();
        return new FanOut<>(this, policy, after(limit).orEarlier(timeLimit()));
    }

    Line<R> line() {
        return line;
    }

    Observers observers() {
        return observers;
    }

    /**
     * Begins to close and returns at once: new callers and those waiting outside are refused, what is in the line is run,
     * then the resource is closed. Does nothing if closing has begun.
     */
    public void shutdown() {
        StackReserve.require();
        crew.close(Deadline.NEVER);
    }

    /**
     * Closes the gate, as {@link #close(Duration)} with the limit of the {@link TurnstileOptions#closeLimit() options}.
     */
    @Override
    public void close() {
        close(options.closeLimit());
    }

    /**
     * Closes the gate and waits for it, up to a limit.
     *
     * <p>New callers, and those waiting outside for a place, are refused at once. What is in the line is run. When the limit
     * passes first, the rest of the line is refused, the caller of a call that is still running is told that the gate
     * closed, and this method returns: the report says what is still open. The resource is closed by the worker after its
     * last call has returned, whenever that is, never under a running call.
     *
     * <p>If the thread is interrupted (or is when it comes here), that counts as the limit passing now; the interrupt
     * is kept. From the worker itself this method begins to close, with this limit, and returns at once. It may be called
     * any number of times, by several threads at once: each waits up to its own limit, and the shortest one counts.
     *
     * @param limit how long calls in the line may run; zero or less refuses them at once
     * @return what was done so far
     */
    public CloseReport close(Duration limit) {
        StackReserve.require();
        Deadline deadline = after(limit);
        crew.close(deadline);
        if (onWorker()) {
            return line.report();
        }
        boolean ended = false;
        try {
            ended = crew.awaitEnd(deadline);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            line.refuseRest();
        }
        CloseReport report = line.report();
        if (!ended && report.refused() + report.abandoned() > 0) {
            observers.notClosedInTime(report, limit);
        }
        return report;
    }

    /**
     * Waits until the resource is closed and the worker has ended; does not begin to close.
     *
     * @param limit how long to wait
     * @return whether that is so
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public boolean awaitTermination(Duration limit) throws InterruptedException {
        refuseOnWorker();
        return crew.awaitEnd(after(limit));
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
        return line.stats().pending();
    }

    /**
     * Returns how many callers wait outside for a place.
     *
     * @return 0 or more
     */
    public int waitingCount() {
        return line.stats().waiting();
    }

    /**
     * Returns where the gate is in its life.
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
        return line.stats();
    }

    /**
     * Returns the state and the counts of each instance of the resource, at one instant.
     *
     * @return one element, or as many as a pool has
     */
    public List<InstanceStats> instances() {
        return line.instances();
    }

    /**
     * Says whether the gate can do its work, for a readiness probe; never waits, and does not touch the resource.
     *
     * @return how it is, and why
     */
    public Health health() {
        TurnstileState now = state();
        if (now != TurnstileState.OPEN) {
            return new Health(Health.Status.DOWN, line.whyClosed());
        }
        return InstanceHealth.of(instances(), crew.size(), options.stuckAfter());
    }

    /**
     * Changes how many instances a pool has, and waits until those that are to come are open; nothing in the line is lost. Those that are to
     * go, the last ones, are closed when the call that each runs has returned; this method does not wait for that.
     *
     * @param instances 1 to 1,000
     * @throws InterruptedException if the thread is interrupted meanwhile; then none has come
     * @throws IllegalArgumentException if there would be none, or too many
     * @throws UnsupportedOperationException if this is no {@linkplain TurnstileOptions#withPoolSize pool}
     * @throws IllegalStateException if one could not be opened, with the cause; then none has come
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
        Throwable failure = crew.resize(instances);
        if (state() != TurnstileState.OPEN) {
            throw line.refusal(false);
        }
        if (failure != null) {
            throw new IllegalStateException("No instance was added: " + failure.getMessage(), failure);
        }
    }

    /**
     * Replaces each instance by one from another source while calls go on: opens the new ones beside the old, {@linkplain
     * ResourceSource#warmUp warms them up}, has each take its place between two calls, and closes the old one. Callers notice nothing but,
     * perhaps, a moment's wait; no call fails, is lost or overtaken by it. Waits until all are switched, up to a limit.
     *
     * <p>Either all new ones can be used or nothing is swapped. From then on what was lost, and a pool that grows, is served from the new source.
     *
     * @param source where the new ones come from
     * @param limit how long all of it may take
     * @return how many are switched, and how many still wait for a call of the old one to return
     * @throws SwapException if one could not be opened or failed its warm-up, or the limit passed before all were ready; the old ones go on
     * @throws InterruptedException if the thread is interrupted before all were ready; the old ones go on. Later an interrupt counts as the limit
     *     passing, and is kept
     * @throws TurnstileClosedException if the gate is closed, or closes meanwhile
     * @throws ReentrantCallException if this is a worker
     */
    public SwapReport swap(ResourceSource<R, ?> source, Duration limit) throws SwapException, InterruptedException {
        Objects.requireNonNull(source, "source");
        refuseOnWorker();
        StackReserve.require();
        if (state() != TurnstileState.OPEN) {
            throw line.refusal(false);
        }
        return crew.swap(source, after(limit), System.nanoTime());
    }

    /** Returns the whole state, for logs and for looking at a test that hangs. */
    @Override
    public String toString() {
        return "Turnstile[" + options.workerName() + ", " + state() + ", " + stats() + "]";
    }

    private <T extends @Nullable Object, X extends Exception> T runInTurn(
            Action<? super R, ? extends T, ? extends X> action, Deadline ownDeadline, boolean waitForPlace)
            throws X, InterruptedException, CallTimeoutException {
        StackReserve.require();
        Deadline deadline = ownDeadline.orEarlier(timeLimit());
        BlockingCall<R, T> call = new BlockingCall<>(Objects.requireNonNull(action, "action"));
        refuseGivenUp(deadline);
        if (waitForPlace) {
            refuseOnWorker();
            call.comes(observers);
            line.arrive(call);
        } else {
            admit(call, false);
        }
        call.await(line, deadline);
        if (call.state() == CallState.COMPLETED) {
            return call.result();
        }
        if (call.state() == CallState.FAILED) {
            throw Turnstile.<X>asThrown(call.failure());
        }
        throw line.refusal(call.started());
    }

    private <T extends @Nullable Object> CompletableFuture<T> queue(
            FutureCall<R, T> call, Deadline ownDeadline, boolean waitForPlace)
            throws InterruptedException, CallTimeoutException {
        StackReserve.require();
        Deadline deadline = ownDeadline.orEarlier(timeLimit());
        refuseGivenUp(deadline);
        admit(call, waitForPlace);
        return call.awaitPlace(deadline);
    }

    private Deadline after(Duration limit) {
        return Deadline.after(limit, options.timeSource());
    }

    private Deadline timeLimit() {
        return TimeLimit.current().in(options.timeSource());
    }

    /** A caller who has given up before coming in is not let in. */
    private static void refuseGivenUp(Deadline deadline) throws CallInterruptedException, CallTimeoutException {
        if (Thread.interrupted()) {
            throw new CallInterruptedException(false);
        }
        if (deadline.hasPassed()) {
            throw new CallTimeoutException(false);
        }
    }

    private void admit(Call<R, ?> call, boolean mayWait) {
        refuseOnWorker();
        call.comes(observers);
        Line.Admission admission = line.enter(call, mayWait);
        if (admission == Line.Admission.FULL) {
            throw new TurnstileFullException(
                    "No place free: " + capacity() + " calls are pending, " + waitingCount() + " callers wait");
        }
        if (admission.isRefusal()) {
            throw line.refusal(false);
        }
    }

    private boolean onWorker() {
        return Worker.isCurrentThreadOf(crew);
    }

    void refuseOnWorker() {
        if (onWorker()) {
            throw new ReentrantCallException("Called from " + options.workerName()
                    + ", the worker itself: the call would wait for itself. Make it from another thread.");
        }
    }

    /** Lets an exception pass as what the action's or opener's signature says it is. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler saw X where the action was passed
    static <X extends Throwable> X asThrown(Throwable failure) throws X {
        throw (X) failure;
    }
}
