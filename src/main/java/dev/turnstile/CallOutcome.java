package dev.turnstile;

/** How a call ended. */
public enum CallOutcome {
    /** It returned a result to its caller. */
    COMPLETED,
    /** It threw, and its caller got the exception. */
    FAILED,
    /** Its caller gave it up, by an interrupt or by cancelling its future or its block. */
    CANCELLED,
    /** Its time limit passed. */
    EXPIRED,
    /** The gate refused it: there was no place and the caller did not want to wait, or the gate closed. */
    REFUSED;

    /** No switch: its table would be another class to load, and the thread that gives a call up may have little stack or memory left. */
    static CallOutcome of(CallState end) {
        if (end == CallState.COMPLETED) {
            return COMPLETED;
        }
        if (end == CallState.FAILED) {
            return FAILED;
        }
        if (end == CallState.CANCELLED) {
            return CANCELLED;
        }
        return end == CallState.EXPIRED ? EXPIRED : REFUSED;
    }
}
