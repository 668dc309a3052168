package dev.turnstile;

import org.jspecify.annotations.Nullable;

/**
 * A piece of work with the resource behind a {@link Turnstile}, run on the worker thread while no other action runs.
 *
 * <p>It should do only what needs the resource: every call in the line waits for it. It must not keep the resource,
 * hand it to another thread, or call the same gate again (refused with {@link ReentrantCallException}).
 *
 * @param <R> the type of the resource
 * @param <T> the type of the result
 * @param <X> what the action may throw; the caller gets that very exception
 */
@FunctionalInterface
public interface Action<R, T extends @Nullable Object, X extends Exception> {
    /**
     * Does the work.
     *
     * @param resource the resource, for the length of this run only
     * @return the result for the caller
     * @throws X if the work fails; it fails this call only
     */
    T run(R resource) throws X;

    /**
     * Names the call, for {@linkplain CallReport reports}, flight recordings and logs. Called on the caller's thread before the call
     * enters the line, if calls are observed, and on another thread when the call is stuck. What it throws is logged.
     *
     * @return one name for all calls of a kind; by default {@code null}
     */
    default @Nullable String tag() {
        return null;
    }

    /**
     * Returns the size of the request, for reports and flight recordings. Called on the caller's thread, and only if calls are
     * observed. What it throws is logged.
     *
     * @return a number of bytes; by default -1 for unknown
     */
    default long requestSize() {
        return -1;
    }

    /**
     * Returns the size of a result, for reports and flight recordings. Called on the worker, as part of the action, and only if
     * calls are observed. What it throws is logged.
     *
     * @param result what {@link #run} returned
     * @return a number of bytes; by default -1 for unknown
     */
    default long responseSize(T result) {
        return -1;
    }

    /**
     * Returns the lane of the call. Called on the caller's thread before the call enters the line.
     *
     * @return by default {@link Lane#NORMAL}
     */
    default Lane lane() {
        return Lane.NORMAL;
    }

    /**
     * Returns the key of the call. Calls whose keys have the same hash code are run by one worker of a pool, one after the other, in the order in
     * which they came. This and the key's {@code hashCode} are called on the caller's thread before the call enters the line.
     *
     * @return the key; by default {@code null}: any worker may run the call
     */
    default @Nullable Object key() {
        return null;
    }

    /**
     * Returns the group with which the call can be cancelled. Called on the caller's thread before the call enters the line.
     *
     * @return the group; by default {@code null}: none
     */
    default @Nullable CallGroup group() {
        return null;
    }
}
