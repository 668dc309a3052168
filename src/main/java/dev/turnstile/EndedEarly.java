package dev.turnstile;

/**
 * The common type of the exceptions for a call that ended without an answer: it was interrupted or cancelled, its limit passed, or the gate closed or lost its
 * worker. {@link #started()} tells whether the action could run twice if the call is made again.
 *
 * {@snippet :
 * try {
 *     return gate.call(action);
 * } catch (CallInterruptedException | CallTimeoutException | CallCancelledException | TurnstileClosedException end) {
 *     log.warn(((EndedEarly) end).started() ? "It may have been done" : "It was not done", end);
 *     throw end;
 * }
 * }
 */
public sealed interface EndedEarly
        permits CallCancelledException, CallInterruptedException, CallTimeoutException, TurnstileClosedException {
    /**
     * Tells whether the call had reached the resource.
     *
     * @return {@code true} if it had: its result is dropped, and it runs to its end unless its worker died; {@code false} if it never reached the resource
     *     and never will
     */
    boolean started();
}
