package dev.turnstile;

/** Says that the calling thread was interrupted while it waited for a place or for the result. */
public final class CallInterruptedException extends InterruptedException implements EndedEarly {
    private static final long serialVersionUID = 1L;

    /** Whether the resource had begun the call. */
    private final boolean started;

    /**
     * Makes one for code that waits for several calls at once.
     *
     * @param started whether the resource had begun one of the calls
     */
    public CallInterruptedException(boolean started) {
        super(
                started
                        ? "Interrupted while the call was running; its result will be dropped"
                        : "Interrupted before the call was started; it never reached the resource");
        this.started = started;
    }

    @Override
    public boolean started() {
        return started;
    }
}
