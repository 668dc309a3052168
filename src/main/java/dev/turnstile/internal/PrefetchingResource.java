package dev.turnstile.internal;

/** Implemented by a resource that may be handed requests before their turn, which saves it from waiting for each one. */
public interface PrefetchingResource {
    /** {@return whether it takes any} Always the same. */
    boolean prefetches();
}
