package dev.turnstile;

/**
 * Where the resources of a {@link Turnstile} come from and go to: each is opened, warmed up, used and closed on one worker thread. A pool opens
 * several, and one that was lost is replaced by another.
 *
 * @param <R> the type of the resource
 * @param <X> what opening may throw
 */
public interface ResourceSource<R, X extends Exception> extends ResourceOpener<R, X>, ResourceCloser<R> {
    /**
     * Tries a resource before calls reach it, on its worker; when it takes the place of another one, not when the gate opens.
     *
     * @param resource what was opened just before
     * @throws Exception if it is of no use; it is closed then
     */
    default void warmUp(R resource) throws Exception {}

    /**
     * Says whether a resource is of no more use, as opposed to a call that failed by itself. Asked on its worker, between two calls, after one
     * that threw.
     *
     * @param resource the resource
     * @param failure what the call threw
     * @return whether no call of this resource will succeed any more; by default {@code false}
     */
    default boolean isLost(R resource, Throwable failure) {
        return false;
    }
}
