package dev.turnstile;

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
}
