package dev.turnstile;

/** What an instance of a resource, with its worker, is doing. */
public enum InstanceState {
    /** It runs calls, or is ready to. */
    SERVING,
    /** It runs its last call: another one is to take its place, or it was lost, or the pool is to have fewer. */
    LEAVING,
    /** There is none at the moment: it was lost. Calls with a key that belongs here wait. */
    DOWN
}
