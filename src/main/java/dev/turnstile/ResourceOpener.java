package dev.turnstile;

/**
 * Creates the resource of a {@link Turnstile}; run once, on the worker thread, before any call.
 *
 * @param <R> the type of the resource
 * @param <X> what opening may throw; {@code open} throws that very exception
 */
@FunctionalInterface
public interface ResourceOpener<R, X extends Exception> {
    /**
     * Creates the resource.
     *
     * @return the resource, never {@code null}
     * @throws X if it cannot be created; what was half created must be undone by then
     */
    R open() throws X;
}
