package dev.turnstile;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call to a {@link Turnstile} that is yet to be made, with its tag, lane, key, group and limit. Made by {@link Turnstile#request}; immutable. Each
 * setting returns a new request. Each verb ({@code call}, {@code submit} ...) makes one call each time.
 *
 * {@snippet :
 * int rows = gate.request(db -> db.count()).tagged("count").inLane(Lane.HIGH).within(Duration.ofSeconds(2)).call();
 * }
 *
 * @param <R> the type of the resource
 * @param <T> the type of the result
 * @param <X> what the action may throw
 */
public final class CallRequest<R, T extends @Nullable Object, X extends Exception> {
    private final Turnstile<R> gate;
    private final Action<R, T, X> action;
    private final @Nullable Duration limit;

    CallRequest(Turnstile<R> gate, Action<R, T, X> action, @Nullable Duration limit) {
        this.gate = gate;
        this.action = action;
        this.limit = limit;
    }

    /**
     * Gives the call a tag.
     *
     * @param tag names the call in reports, recordings and logs, instead of the action's own {@link Action#tag()}
     * @return the call with that tag
     */
    public CallRequest<R, T, X> tagged(String tag) {
        return new CallRequest<>(gate, DescribedAction.tagged(tag, action), limit);
    }

    /**
     * Puts the call into a lane.
     *
     * @param lane replaces the action's own {@link Action#lane()}
     * @return the call in that lane
     */
    public CallRequest<R, T, X> inLane(Lane lane) {
        return new CallRequest<>(gate, DescribedAction.inLane(lane, action), limit);
    }

    /**
     * Gives the call a key.
     *
     * @param key replaces the action's own {@link Action#key()}
     * @return the call with that key
     */
    public CallRequest<R, T, X> withKey(Object key) {
        return new CallRequest<>(gate, DescribedAction.keyed(key, action), limit);
    }

    /**
     * Puts the call into a group.
     *
     * @param group replaces the action's own {@link Action#group()}; if it is closed, each verb throws a {@link TurnstileClosedException}
     * @return the call in that group
     */
    public CallRequest<R, T, X> inGroup(CallGroup group) {
        return new CallRequest<>(gate, DescribedAction.inGroup(group, action), limit);
    }

    /**
     * Gives the call a limit.
     *
     * @param limit how long the whole call may take, the wait for a place included; counts from the call of a verb; zero or less has passed at once
     * @return the call with that limit
     */
    public CallRequest<R, T, X> within(Duration limit) {
        return new CallRequest<>(gate, action, Objects.requireNonNull(limit, "limit"));
    }

    /**
     * Makes the call in its turn and returns its result; waits for a place and for the result.
     *
     * @return what the action returned
     * @throws X what the action threw
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is
     *     there, or was when it came
     * @throws CallTimeoutException if the limit passed before the result was there
     * @throws TurnstileClosedException if the gate is closed, or closes before the call has ended
     * @throws ReentrantCallException if this is the worker
     */
    public T call() throws X, InterruptedException {
        return gate.<T, X>runInTurn(action, limit, true);
    }

    /**
     * Makes the call if there is a place at once, and returns its result; waits for the result only.
     *
     * @return what the action returned
     * @throws X what the action threw
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is
     *     there, or was when it came
     * @throws CallTimeoutException if the limit passed before the result was there
     * @throws TurnstileFullException if there is no place, or others wait for one
     * @throws TurnstileClosedException if the gate is closed, or closes before the call has ended
     * @throws ReentrantCallException if this is the worker
     */
    public T tryCall() throws X, InterruptedException {
        return gate.<T, X>runInTurn(action, limit, false);
    }

    /**
     * Waits for a place and returns a future for the result, as {@link Turnstile#submit(Action)} does.
     *
     * @return completes with the result, with what the action threw, or with a {@link CallTimeoutException} or {@link TurnstileClosedException}
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before there is a place,
     *     or was when it came
     * @throws CallTimeoutException if the limit passed while this thread waited for a place
     * @throws TurnstileClosedException if the gate is closed, or closes while this thread waits
     * @throws ReentrantCallException if this is the worker
     */
    public CompletableFuture<T> submit() throws InterruptedException {
        return gate.<T>queue(action, limit);
    }

    /**
     * Returns a future for the result if there is a place at once; never waits.
     *
     * @return completes with the result, with what the action threw, or with a {@link CallTimeoutException} or {@link TurnstileClosedException}
     * @throws CallTimeoutException if the limit has passed already
     * @throws TurnstileFullException if there is no place, or others wait for one
     * @throws TurnstileClosedException if the gate is closed
     * @throws ReentrantCallException if this is the worker
     */
    public CompletableFuture<T> trySubmit() {
        return gate.<T>queueAtOnce(action, limit);
    }

    /**
     * Submits one call to each instance, as {@link Turnstile#submitToEach(Action)} does, within one limit for all of them.
     *
     * @return one future for each instance, in the order of {@link Turnstile#instances()}
     * @throws IllegalStateException if an instance retires before there is a place for its call
     * @throws CallInterruptedException if the thread is interrupted before all calls have a place; {@code started()} says whether one had begun
     * @throws CallTimeoutException if the limit passed while this thread waited for a place; {@code started()} says whether one had begun
     * @throws TurnstileClosedException if the gate is closed, or closes while this thread waits; {@code started()} says whether one had begun
     * @throws ReentrantCallException if this is a worker
     */
    public List<CompletableFuture<T>> submitToEach() throws InterruptedException {
        return gate.<T>queueToEach(action, limit);
    }

    /** Returns the action for a block to fork. */
    Action<R, T, X> forkOf(Turnstile<?> blocks) {
        if (blocks != gate) {
            throw new IllegalArgumentException("The request is one of " + gate + ", and the block one of " + blocks);
        }
        if (limit != null) {
            throw new IllegalArgumentException("A fork has no limit of its own, and the request says " + limit
                    + ": give it to fanOut, for the whole block");
        }
        return action;
    }

    /** Returns tag, lane, key and limit, as far as they are set. */
    @Override
    public String toString() {
        return "CallRequest[" + action.tag() + ", " + action.lane() + ", key " + action.key() + ", limit " + limit
                + "]";
    }
}
