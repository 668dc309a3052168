package dev.turnstile;

/**
 * The state and the counts of a {@link Turnstile} at one instant. They add up: {@code accepted} is the sum of {@code
 * completed}, {@code failed}, {@code cancelled}, {@code expired}, {@code refused}, {@code pending} and {@code running}.
 *
 * @param capacity the number of places in the line
 * @param waiting callers outside, waiting for a place
 * @param pending calls in the line, accepted and not yet started
 * @param running calls in a resource, also when their caller has given up: 0 or 1, or as many as a pool has instances
 * @param accepted calls that were ever given a place
 * @param completed calls that returned a result to their caller
 * @param failed calls that threw
 * @param cancelled calls given up by a cancel or an interrupt; one that was running counts when it has returned
 * @param expired calls given up because their time limit passed; one that was running counts when it has returned
 * @param refused accepted calls that were refused by closing; one that was running counts when it has returned
 * @param turnedAway callers who were never given a place: the line was full for a caller who would not wait, the caller
 *     gave up outside, or the gate was closed
 * @param times how long calls wait and run
 */
public record TurnstileStats(
        int capacity,
        int waiting,
        int pending,
        int running,
        long accepted,
        long completed,
        long failed,
        long cancelled,
        long expired,
        long refused,
        long turnedAway,
        TurnstileTimes times) {}
