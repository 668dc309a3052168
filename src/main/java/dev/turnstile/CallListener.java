package dev.turnstile;

/**
 * Looks on: learns of every call that ended, of calls that are stuck, and of the end of the gate.
 *
 * <p>It is called on a virtual thread of the library's, never on the worker: one report at a time, a little later than what
 * it reports, with the caller's {@link org.slf4j.MDC} in place. It may block; reports that come meanwhile wait, and are
 * dropped, which is logged with their number, when there are more than some thousands. What it throws is logged and harms
 * nobody. Reports of calls that end on different threads at about the same time may come in either order.
 *
 * @see TurnstileOptions#withListeners
 */
public interface CallListener {
    /**
     * A call has ended.
     *
     * @param report what became of it
     */
    default void onEnd(CallReport report) {}

    /**
     * A call has been in the resource for longer than {@link TurnstileOptions#stuckAfter()}. Reported once for each call.
     *
     * @param call what is known of it
     */
    default void onStuck(StuckCall call) {}

    /**
     * A resource was lost, and is given up.
     *
     * @param instance the {@linkplain InstanceStats#number() number} of the instance
     * @param cause what the call threw that lost it
     */
    default void onLost(int instance, Throwable cause) {}

    /**
     * A fresh resource has taken the place of one that was lost.
     *
     * @param instance the {@linkplain InstanceStats#number() number} of the instance
     */
    default void onRestarted(int instance) {}

    /**
     * Another resource has taken the place of one by a {@linkplain Turnstile#swap swap}.
     *
     * @param instance the {@linkplain InstanceStats#number() number} of the instance
     */
    default void onSwapped(int instance) {}

    /**
     * The gate has closed and the worker ended.
     *
     * @param report what closing did
     */
    default void onClosed(CloseReport report) {}
}
