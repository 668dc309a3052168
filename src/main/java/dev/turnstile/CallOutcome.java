package dev.turnstile;

/** How a call ended. */
public enum CallOutcome {
    /** It returned a result to its caller. */
    COMPLETED,
    /** It threw, and its caller got that. */
    FAILED,
    /** Its caller gave it up, by an interrupt or by cancelling its future or its block. */
    CANCELLED,
    /** Its time limit passed. */
    EXPIRED,
    /** The gate refused it: there was no place for a caller who would not wait, or the gate closed. */
    REFUSED;

    /** Not a switch, whose table would be a class of its own: whoever gives a call up may have little stack or memory left. */
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
