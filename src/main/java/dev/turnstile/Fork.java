package dev.turnstile;

import org.jspecify.annotations.Nullable;

/**
 * A call forked in a {@link FanOut}. Any thread may ask for the {@link #state()}; result and failure are for the block's owner,
 * after its {@code join}.
 *
 * @param <T> the type of the result
 */
public interface Fork<T extends @Nullable Object> {
    /** The state of a fork. */
    enum State {
        /** In the line, or running. */
        UNAVAILABLE,
        /** It returned a result. */
        SUCCESS,
        /** It threw, or the gate closed. */
        FAILED,
        /** Given up with its block. It never reached the resource, or it was running and its result is dropped. */
        CANCELLED
    }

    /**
     * Returns the state of the fork at this instant.
     *
     * @return final unless it is {@code UNAVAILABLE}
     */
    State state();

    /**
     * Returns the result.
     *
     * @return what the action returned
     * @throws IllegalStateException if there is none: the fork failed (its failure is the cause) or was cancelled, or the block
     *     has not been joined
     * @throws WrongThreadException if the current thread is not the block's owner
     */
    T get();

    /**
     * Returns why there is no result.
     *
     * @return what the action threw, or a {@link TurnstileClosedException}
     * @throws IllegalStateException if the fork did not fail, or the block has not been joined
     * @throws WrongThreadException if the current thread is not the block's owner
     */
    Throwable failure();
}
