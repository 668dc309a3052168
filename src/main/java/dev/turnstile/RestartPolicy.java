package dev.turnstile;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how a {@linkplain ResourceSource#isLost lost} resource is replaced by a fresh one; immutable. Begin with {@link #never()} or
 * {@link #limited} and change what should differ.
 *
 * <p>The call that lost the resource fails with what it threw; it is not tried again. The calls in the line stay there and run on the fresh resource.
 */
public final class RestartPolicy {
    private static final Duration DEFAULT_FIRST_DELAY = Duration.ofMillis(100);

    private final Values values;

    private RestartPolicy(Values values) {
        this.values = values;
    }

    record Values(int budget, Duration within, Duration firstDelay, Duration longestDelay, boolean refusesWhileDown) {
        Values {
            Settings.require(budget >= 0, "budget", budget, "0 (never) or more");
            Objects.requireNonNull(within, "within");
            Settings.require(!within.isNegative() && !within.isZero(), "within", within, "longer than 0");
            Objects.requireNonNull(firstDelay, "firstDelay");
            Settings.require(!firstDelay.isNegative(), "firstDelay", firstDelay, "0 or more");
            Objects.requireNonNull(longestDelay, "longestDelay");
            Settings.require(
                    longestDelay.compareTo(firstDelay) >= 0,
                    "longestDelay",
                    longestDelay,
                    "no shorter than firstDelay, " + firstDelay);
        }
    }

    /**
     * Returns how many attempts each instance has {@link #within} a time.
     *
     * <p>When the attempts are used up, a lost resource is not replaced. In a pool the instance is removed, and the others run its calls. The last instance
     * of a gate stays in use: its calls get what it returns or throws, while {@link Turnstile#health()} is DOWN and says why. It is replaced if a call
     * finds it lost again when there is an attempt once more, or by {@link Turnstile#swap}. If the last attempt to open a fresh resource fails and there
     * is no other instance, the gate closes.
     *
     * @return 0 to never replace a resource
     */
    public int budget() {
        return values.budget();
    }

    /** {@return the period for which attempts count} */
    public Duration within() {
        return values.within();
    }

    /**
     * {@return how long to wait before the first attempt after a resource was lost; the delay doubles with each further
     * attempt, until a fresh resource has run a call}
     */
    public Duration firstDelay() {
        return values.firstDelay();
    }

    /** {@return the longest delay before an attempt} */
    public Duration longestDelay() {
        return values.longestDelay();
    }

    /**
     * {@return whether callers are refused with a {@link TurnstileDownException} if they come, or wait outside, while there is
     * no resource at all; otherwise they wait}
     */
    public boolean refusesWhileDown() {
        return values.refusesWhileDown();
    }

    /**
     * Returns the default: a lost resource is not replaced.
     *
     * @return a policy without a budget
     */
    public static RestartPolicy never() {
        return limited(0, Duration.ofMinutes(1));
    }

    /**
     * Returns a policy that replaces a lost resource after 100 ms, 200 ms and so on up to 30 s; callers wait meanwhile.
     *
     * @param attempts how many attempts, 0 or more
     * @param time the period for which attempts count, longer than 0
     * @return the policy
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public static RestartPolicy limited(int attempts, Duration time) {
        return new RestartPolicy(new Values(
                attempts, Objects.requireNonNull(time, "time"), DEFAULT_FIRST_DELAY, Duration.ofSeconds(30), false));
    }

    /**
     * Sets the delays before attempts. Each is twice as long as the one before; after a delay of 0 it is 100 ms.
     *
     * @param first the delay before the first attempt, 0 or more
     * @param longest the longest delay, no shorter than the first
     * @return the changed policy
     * @throws IllegalArgumentException if the first is negative or the longest is shorter
     */
    public RestartPolicy withDelays(Duration first, Duration longest) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(longest, "longest");
        return new RestartPolicy(new Values(budget(), within(), first, longest, refusesWhileDown()));
    }

    /**
     * Refuses callers while there is no resource; calls in the line stay there.
     *
     * @return the changed policy
     */
    public RestartPolicy refusingWhileDown() {
        return new RestartPolicy(new Values(budget(), within(), firstDelay(), longestDelay(), true));
    }

    /** @param attempt 1 for the first one */
    Duration delayBefore(int attempt) {
        Duration longest = longestDelay();
        Duration delay = firstDelay();
        for (int i = 1; i < attempt && delay.compareTo(longest) < 0; i++) {
            delay = delay.isZero() ? DEFAULT_FIRST_DELAY : delay.multipliedBy(2);
        }
        return delay.compareTo(longest) < 0 ? delay : longest;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RestartPolicy that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "RestartPolicy" + values.toString().substring("Values".length());
    }
}
