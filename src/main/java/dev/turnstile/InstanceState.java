package dev.turnstile;

/** What an instance of a resource, with its worker, is doing. */
public enum InstanceState {
    /** It runs calls, or is ready to. If its resource was lost and nothing replaces it, {@link InstanceStats#lostBy()} says so. */
    SERVING,
    /** It runs its last call: it is to be replaced, was lost, or the pool shrinks. */
    LEAVING,
    /** It was lost, and its replacement is not there yet. Calls whose key belongs here wait. */
    DOWN
}
