package dev.turnstile;

/**
 * Releases the resource of a {@link Turnstile}; run once for each instance, on its worker thread, after its last call has returned.
 *
 * @param <R> the type of the resource
 */
@FunctionalInterface
public interface ResourceCloser<R> {
    /**
     * Releases the resource.
     *
     * @param resource what the {@link ResourceOpener} created
     * @throws Exception if releasing fails; the failure is logged and stands in the {@link CloseReport}
     */
    void close(R resource) throws Exception;
}
