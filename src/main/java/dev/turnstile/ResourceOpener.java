package dev.turnstile;

/**
 * Creates the resource of a {@link Turnstile}; run once for each instance, on its worker thread, before its first call.
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
     * @throws X if it cannot be created; must leave nothing half created
     */
    R open() throws X;
}
