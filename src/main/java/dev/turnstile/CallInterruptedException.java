package dev.turnstile;

/** Says that the calling thread was interrupted while it waited for a place or for the result. */
public final class CallInterruptedException extends InterruptedException {
    private static final long serialVersionUID = 1L;

    /** Whether the resource had begun the call. */
    private final boolean started;

    CallInterruptedException(boolean started) {
        super(
                started
                        ? "Interrupted while the call was running; its result will be dropped"
                        : "Interrupted before the call was started; it never reached the resource");
        this.started = started;
    }

    /**
     * Tells whether the call had reached the resource.
     *
     * @return {@code true} if it was running: it runs to its end and its result is dropped; {@code false} if it never
     *     reached the resource and never will
     */
    public boolean started() {
        return started;
    }
}
