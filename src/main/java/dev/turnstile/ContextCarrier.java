package dev.turnstile;

import org.jspecify.annotations.Nullable;

/**
 * Carries what surrounds a caller (a trace, a security context, scoped values) to where code of the application runs for its call.
 *
 * <p>It is asked once for each call, on the caller's thread, when the call comes. What it has captured is in place while these run, and gone
 * afterwards: the {@linkplain Action action}, on the worker; the dependent stages of the future, where the library runs them; {@link
 * CallListener#onEnd}; and a plugin's log listener, for the lines of the call. The caller's {@link org.slf4j.MDC} is carried without a carrier.
 *
 * {@snippet :
 * static final ScopedValue<String> USER = ScopedValue.newInstance(); // Java 25
 *
 * ContextCarrier carrier = () -> USER.isBound() ? ScopedValue.where(USER, USER.get())::run : null;
 * }
 *
 * <p>The package {@code dev.turnstile.context} has carriers for Micrometer's context propagation and for scoped values.
 *
 * @see TurnstileOptions#withContextCarriers
 */
@FunctionalInterface
public interface ContextCarrier {
    /**
     * Captures what the current thread has. What it throws, the caller gets, and there is no call. It should neither block nor call the gate.
     *
     * @return what was captured; {@code null} if there is nothing to carry
     */
    @Nullable
    Captured capture();

    /** What was captured. It may be asked by several threads, also at once, and long after the call. The future of the call keeps it as long as it is kept itself. */
    @FunctionalInterface
    interface Captured {
        /**
         * Runs code with what was captured in place, and takes it away again. It must run the code once, on the current thread, before it
         * returns. What the code throws is kept from it.
         *
         * <p>If it throws before the code has run, or does not run it, an action fails with that, and has not run; all else runs without what was captured, and
         * that is logged. If it throws afterwards, that is logged and changes nothing.
         *
         * @param code what to run
         */
        void run(Runnable code);
    }
}
