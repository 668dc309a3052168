package dev.turnstile.internal;

import org.jspecify.annotations.Nullable;

/**
 * Implemented by an action whose caller gets something else than the action returned or threw. A future calls it once, on the first thread that
 * needs the outcome; never on the worker.
 *
 * @param <B> what the action returns
 * @param <T> what the future completes with
 */
public interface Decoder<B, T extends @Nullable Object> {
    /**
     * Turns what the action returned into what its caller gets.
     *
     * @param returned the action's result
     * @return the future's result; if this method throws, the future fails with that
     */
    T decode(@Nullable B returned);

    /**
     * Turns what the action threw into what its caller gets.
     *
     * @param thrown the action's failure
     * @return the future's failure
     */
    Throwable decodeFailure(Throwable thrown);
}
