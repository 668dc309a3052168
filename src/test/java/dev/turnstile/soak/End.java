package dev.turnstile.soak;

/** What became of a call, as its caller saw it. */
enum End {
    RETURNED("returned"),
    /** By what the action threw, or the plugin's error. */
    FAILED("failed"),
    /** By an interrupt or a cancelled future. */
    CANCELLED("cancelled"),
    /** By the call's time limit. */
    EXPIRED("expired"),
    /** Because the gate was closed. */
    REFUSED("refused"),
    /** Because a resource was lost, and callers are refused while there is none. */
    DOWN("refused while down"),
    /** The line was full, and the caller would not wait. */
    FULL("turned away"),
    /** Its future was completed by its owner ({@code orTimeout}, {@code complete}), whatever the gate made of the call. */
    OVERRIDDEN("overridden"),
    /** Given up by its block: cancelled or expired, started or not. */
    LEFT("left by its block");

    private final String label;

    End(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
