package dev.turnstile;

import java.time.Duration;

/**
 * Whether and how a resource that was {@linkplain ResourceSource#isLost lost} is replaced by a fresh one; immutable. Begin with {@link #never()} or
 * {@link #limited} and change what should differ.
 *
 * <p>The call that lost the resource fails with what it threw, once; it is not tried again. The calls in the line stay there and are run by the fresh one.
 *
 * @param budget how many attempts there are {@code within} a time; when they are used up, the worker is given up: its gate closes, if it has
 *     no other one. 0 for never replacing anything
 * @param within the time in which attempts count
 * @param firstDelay how long to wait before the first attempt after a resource was lost; for each further one twice as long as before, until
 *     a fresh one has run a call
 * @param longestDelay how long to wait at most
 * @param refusesWhileDown whether callers who come while there is no resource at all, or wait outside then, are refused with a
 *     {@link TurnstileDownException}; otherwise they wait
 */
public record RestartPolicy(
        int budget, Duration within, Duration firstDelay, Duration longestDelay, boolean refusesWhileDown) {
    /** Makes the policy from all values at once; the {@code with} methods read better. */
    public RestartPolicy {
        TurnstileOptions.require(budget >= 0, "budget", budget, "0 or more");
        TurnstileOptions.require(!within.isNegative() && !within.isZero(), "within", within, "longer than 0");
        TurnstileOptions.require(!firstDelay.isNegative(), "firstDelay", firstDelay, "0 or more");
        TurnstileOptions.require(
                longestDelay.compareTo(firstDelay) >= 0,
                "longestDelay",
                longestDelay,
                "no shorter than firstDelay, " + firstDelay);
    }

    /**
     * Returns the default: what is lost stays lost.
     *
     * @return a policy without a budget
     */
    public static RestartPolicy never() {
        return limited(0, Duration.ofMinutes(1));
    }

    /**
     * Returns a policy that replaces what was lost after 100 ms, 200 ms and so on up to 30 s, and has callers wait meanwhile.
     *
     * @param attempts how many
     * @param time in which time
     * @return the policy
     */
    public static RestartPolicy limited(int attempts, Duration time) {
        return new RestartPolicy(attempts, time, Duration.ofMillis(100), Duration.ofSeconds(30), false);
    }

    /**
     * Sets how long to wait before an attempt.
     *
     * @param first before the first one, 0 for not at all
     * @param longest at most
     * @return the changed policy
     */
    public RestartPolicy withDelays(Duration first, Duration longest) {
        return new RestartPolicy(budget, within, first, longest, refusesWhileDown);
    }

    /**
     * Has callers refused while there is no resource; what is in the line stays there.
     *
     * @return the changed policy
     */
    public RestartPolicy refusingWhileDown() {
        return new RestartPolicy(budget, within, firstDelay, longestDelay, true);
    }

    /** @param attempt 1 for the first one */
    Duration delayBefore(int attempt) {
        Duration delay = firstDelay;
        for (int i = 1; i < attempt && delay.compareTo(longestDelay) < 0; i++) {
            delay = delay.isZero() ? longestDelay : delay.multipliedBy(2);
        }
        return delay.compareTo(longestDelay) < 0 ? delay : longestDelay;
    }
}
