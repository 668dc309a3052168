package dev.turnstile;

/** The state of a {@link Turnstile}; it only moves forward. */
public enum TurnstileState {
    /** Callers are admitted. */
    OPEN,
    /** New callers are refused; calls already in the line are run. */
    DRAINING,
    /** The limit for draining has passed: no more calls are started; the worker waits for a call that still runs. */
    REFUSING,
    /** The resource has been closed and the worker has ended. */
    CLOSED
}
