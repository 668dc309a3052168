package dev.turnstile;

/**
 * The state of a call. The moves are data, so that a test can walk them all:
 *
 * <pre>
 * NEW ──► WAITING ──► PENDING ──► RUNNING ──► COMPLETED, FAILED
 *  │  └──────│───────────▲ │          └──► ABANDONED ──► CANCELLED, EXPIRED, REFUSED
 *  └─────────┴─────────────┴──► REFUSED and, but for NEW, CANCELLED, EXPIRED
 * </pre>
 *
 * A call also goes from NEW, WAITING or PENDING to FAILED if there is no memory to queue it or to move it to another queue.
 */
enum CallState {
    /** Not yet shown to the line. */
    NEW,
    /** Outside: its caller waits for a place. */
    WAITING,
    /** In the line: it has a place. */
    PENDING,
    /** In the resource; its caller waits. */
    RUNNING,
    /** In the resource; its caller has gone. */
    ABANDONED,
    /** Returned a result. */
    COMPLETED,
    /** Threw; or could not be queued. */
    FAILED,
    /** Given up by a cancel or an interrupt. */
    CANCELLED,
    /** Given up because its time limit passed. */
    EXPIRED,
    /** Refused: no place, or the gate closed. */
    REFUSED;

    /** Says whether there is nothing left for the caller to wait for. */
    boolean isSettled() {
        return compareTo(ABANDONED) >= 0;
    }

    /** No switch: its table would be another class, and a caller at the end of its stack might have to load it. */
    boolean mayBecome(CallState next) {
        if (this == NEW) {
            return next == WAITING || next == PENDING || next == FAILED || next == REFUSED;
        }
        if (this == WAITING) {
            return next == PENDING || next == FAILED || next.isGivenUp();
        }
        if (this == PENDING) {
            return next == RUNNING || next == FAILED || next.isGivenUp();
        }
        if (this == RUNNING) {
            return next == COMPLETED || next == FAILED || next == ABANDONED;
        }
        return this == ABANDONED && next.isGivenUp();
    }

    private boolean isGivenUp() {
        return this == CANCELLED || this == EXPIRED || this == REFUSED;
    }
}
