package dev.turnstile;

/**
 * Where a call is in its life. The moves are data, so that a test can walk them all:
 *
 * <pre>
 * NEW ──► WAITING ──► PENDING ──► RUNNING ──► COMPLETED, FAILED
 *  │  └──────│───────────▲ │          └──► ABANDONED ──► CANCELLED, EXPIRED, REFUSED
 *  └─────────┴─────────────┴──► CANCELLED, EXPIRED, REFUSED
 * </pre>
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
    /** Threw. */
    FAILED,
    /** Given up by a cancel or an interrupt. */
    CANCELLED,
    /** Given up because its time limit passed. */
    EXPIRED,
    /** Refused: no place, or the gate closed. */
    REFUSED;

    /** Says that there is nothing left for the caller to wait for. */
    boolean isSettled() {
        return compareTo(ABANDONED) >= 0;
    }

    /** Says that the call is in the resource, whether its caller still waits or not. */
    boolean isInResource() {
        return this == RUNNING || this == ABANDONED;
    }

    boolean mayBecome(CallState next) {
        return switch (this) {
            case NEW -> next == WAITING || next == PENDING || next == REFUSED;
            case WAITING -> next == PENDING || next.isGivenUp();
            case PENDING -> next == RUNNING || next.isGivenUp();
            case RUNNING -> next == COMPLETED || next == FAILED || next == ABANDONED;
            case ABANDONED -> next.isGivenUp();
            case COMPLETED, FAILED, CANCELLED, EXPIRED, REFUSED -> false;
        };
    }

    private boolean isGivenUp() {
        return this == CANCELLED || this == EXPIRED || this == REFUSED;
    }
}
