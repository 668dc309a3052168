package dev.turnstile;

/**
 * Observes a gate: is told of every call that ended, of stuck calls, of lost and replaced resources, and of the end of the gate.
 *
 * <p>It is called on a virtual thread of the library, never on the worker: one report at a time, a little later than the event,
 * with the caller's {@link org.slf4j.MDC} in place, and what the {@linkplain ContextCarrier carriers} of the gate have captured. It may block: reports wait
 * meanwhile. If more than some thousands wait, further ones are dropped; their number is logged, and {@link #onDropped} is told. What it throws is logged and has no other effect. Reports of calls that
 * end on different threads at about the same time may come in either order.
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
     * A resource was lost.
     *
     * @param instance the {@linkplain InstanceStats#number() number} of the instance
     * @param cause what the call threw
     */
    default void onLost(int instance, Throwable cause) {}

    /**
     * A fresh resource has replaced a lost one.
     *
     * @param instance the {@linkplain InstanceStats#number() number} of the instance
     */
    default void onRestarted(int instance) {}

    /**
     * A {@linkplain Turnstile#swap swap} has replaced a resource.
     *
     * @param instance the {@linkplain InstanceStats#number() number} of the instance
     */
    default void onSwapped(int instance) {}

    /**
     * A fresh resource has replaced one that worked but was {@linkplain ResourceSource#isWornOut worn out}, or had rested for too long.
     *
     * @param instance the {@linkplain InstanceStats#number() number} of the instance
     */
    default void onRenewed(int instance) {}

    /**
     * Reports for this listener were dropped, since they came faster than it took them. Told when it takes reports again.
     *
     * @param count how many, since this was told last
     */
    default void onDropped(long count) {}

    /**
     * The gate has closed and the worker ended.
     *
     * @param report what closing did
     */
    default void onClosed(CloseReport report) {}
}
