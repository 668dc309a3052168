package dev.turnstile;

/** Refusals that only the gate can make, for tests of those who get them. */
public final class Refusals {
    private Refusals() {}

    /** As {@link WorkerDeathTest} sees it. */
    public static TurnstileClosedException byADeadWorker() {
        return new TurnstileClosedException("The worker died", false, new OutOfMemoryError("in the gate's own code"));
    }
}
