package dev.turnstile;

/**
 * An {@link Action} without a result.
 *
 * @param <R> the type of the resource
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface VoidAction<R, X extends Exception> {
    /**
     * Does the work, on the worker.
     *
     * @param resource the resource, for the length of this run only
     * @throws X if the work fails; it fails this call only
     */
    void run(R resource) throws X;
}
