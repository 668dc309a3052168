package dev.turnstile;

/** Where a {@link Turnstile} is in its life; it only moves forward. */
public enum TurnstileState {
    /** Callers are admitted. */
    OPEN,
    /** New callers are refused; calls already in the line are run. */
    DRAINING,
    /** The limit for draining has passed: nothing more is started; a call that still runs is waited for. */
    REFUSING,
    /** The resource has been closed and the worker has ended. */
    CLOSED
}
