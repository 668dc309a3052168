package dev.turnstile;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The state and the counts of one instance of a gate's resource at one instant. What the instances of a gate, those that it no longer has included,
 * {@code returned} and {@code ran} add up to the {@link TurnstileTimes} of the whole.
 *
 * @param number which one, from 1 on; the instance that takes the place of another has its number
 * @param state what it is doing
 * @param running 1 while a call is in the resource, also when its caller has given up; otherwise 0
 * @param pending calls in the line that this instance alone may run
 * @param inFlight how long the running call has been in the resource; 0 if there is none
 * @param returned calls that have returned or thrown here
 * @param ran how long these were in the resource, in all
 * @param restarts how often a resource that was lost has been replaced here
 * @param lostBy why the last one was lost, while there is no other; otherwise {@code null}
 */
public record InstanceStats(
        int number,
        InstanceState state,
        int running,
        int pending,
        Duration inFlight,
        long returned,
        Duration ran,
        long restarts,
        @Nullable Throwable lostBy) {
    /**
     * Puts it in other words why the last one was lost.
     *
     * @param other such as what callers get in its place
     * @return the same with that
     */
    public InstanceStats withLostBy(Throwable other) {
        return new InstanceStats(number, state, running, pending, inFlight, returned, ran, restarts, other);
    }
}
