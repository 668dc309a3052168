package dev.turnstile;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work with the resource behind a {@link Turnstile}, run on the worker thread while no other action runs.
 *
 * <p>It should do what needs the resource and nothing else: everybody in the line waits for it. It must not keep the
 * resource, hand it to another thread, or call the same gate again (refused with {@link ReentrantCallException}).
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
     * Says what is called, for {@linkplain CallReport reports}, flight recordings and logs. Called on the caller's thread before
     * the call comes to the line, if somebody looks at calls, and on another one when it is stuck. What it throws is logged.
     *
     * @return a name for all calls of a kind; by default {@code null}
     */
    default @Nullable String tag() {
        return null;
    }

    /**
     * Says how large the request is, for reports and flight recordings. Called on the caller's thread, and only if somebody looks
     * at calls. What it throws is logged.
     *
     * @return a number of bytes; by default -1, which means that it is not known
     */
    default long requestSize() {
        return -1;
    }

    /**
     * Says how large a result is, for reports and flight recordings. Called on the worker, as part of the action, and only if
     * somebody looks at calls. What it throws is logged.
     *
     * @param result what {@link #run} returned
     * @return a number of bytes; by default -1, which means that it is not known
     */
    default long responseSize(T result) {
        return -1;
    }

    /**
     * Says which lane of the line the call stands in. Called on the caller's thread before the call comes to the line.
     *
     * @return by default {@link Lane#NORMAL}
     */
    default Lane lane() {
        return Lane.NORMAL;
    }

    /**
     * Says which calls belong together: those whose keys have the same hash code are run by one worker of a pool, one after the other and in
     * the order of their coming. Called on the caller's thread before the call comes to the line, as is the key's {@code hashCode}.
     *
     * @return the key; by default {@code null}: any worker may run the call
     */
    default @Nullable Object key() {
        return null;
    }

    /**
     * Gives an action a tag.
     *
     * @param <R> the type of the resource
     * @param <T> the type of the result
     * @param <X> what the action may throw
     * @param tag what is called
     * @param action the work
     * @return the same work, with the tag
     */
    static <R, T extends @Nullable Object, X extends Exception> Action<R, T, X> tagged(
            String tag, Action<R, T, X> action) {
        return new DescribedAction<>(action, Objects.requireNonNull(tag, "tag"), null, null);
    }

    /**
     * Puts an action's call into a lane.
     *
     * @param <R> the type of the resource
     * @param <T> the type of the result
     * @param <X> what the action may throw
     * @param lane the part of the line
     * @param action the work
     * @return the same work, in that lane
     */
    static <R, T extends @Nullable Object, X extends Exception> Action<R, T, X> inLane(
            Lane lane, Action<R, T, X> action) {
        return new DescribedAction<>(action, null, Objects.requireNonNull(lane, "lane"), null);
    }

    /**
     * Gives an action's call a key.
     *
     * @param <R> the type of the resource
     * @param <T> the type of the result
     * @param <X> what the action may throw
     * @param key what the calls that belong together have in common
     * @param action the work
     * @return the same work, with the key
     */
    static <R, T extends @Nullable Object, X extends Exception> Action<R, T, X> keyed(
            Object key, Action<R, T, X> action) {
        return new DescribedAction<>(action, null, null, Objects.requireNonNull(key, "key"));
    }
}
