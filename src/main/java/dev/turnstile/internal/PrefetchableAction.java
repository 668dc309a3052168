package dev.turnstile.internal;

import org.jspecify.annotations.Nullable;

/**
 * Implemented by an action whose request a resource may be handed before its turn has come.
 *
 * @param <R> the type of the resource
 */
public interface PrefetchableAction<R> {
    /**
     * Hands the request over. Runs on the resource's own thread, but under the monitor of the gate: it is short, never blocks, and throws nothing.
     *
     * @param resource the resource
     * @param notAfter when it may begin at the latest, by {@link System#nanoTime}; 0 for no limit
     * @return what was handed over; {@code null} if the resource has no room for it, or takes none of this kind
     */
    @Nullable
    Prefetched prefetch(R resource, long notAfter);
}
