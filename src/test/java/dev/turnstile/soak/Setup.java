package dev.turnstile.soak;

import dev.turnstile.CallListener;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What a gate is like, and what is done to it while calls go on.
 *
 * @param watched whether the resource tells each call that it runs
 * @param swaps whether what is behind the gate is replaced now and then
 * @param troubled whether user code throws where it should not
 */
record Setup(TurnstileOptions options, boolean watched, boolean fromBundle, boolean swaps, boolean troubled) {
    static final int LEAST_INSTANCES = 2;
    static final int MOST_INSTANCES = 8;

    private static final int MOST_RESERVED = 4;
    private static final int AMPLE = 1_000_000;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration LONGEST_DELAY = Duration.ofMillis(10);

    /** One instance, for good. */
    static Setup easy(boolean watched, boolean fromBundle, TurnstileOptions options) {
        return new Setup(options, watched, fromBundle, false, false);
    }

    /** Several instances, and all that may happen to them; the gate does not end by it. */
    static Setup uneasy(boolean watched, boolean fromBundle, TurnstileOptions options) {
        TurnstileOptions pool = options.withPoolSize(LEAST_INSTANCES)
                .withRestarts(RestartPolicy.limited(AMPLE, LONG).withDelays(Duration.ZERO, LONGEST_DELAY));
        return new Setup(pool, watched, fromBundle, true, false);
    }

    /** The same with user code that throws where it should not. */
    Setup withTrouble() {
        TurnstileOptions named = options.withWorkerName(options.workerName() + "-" + Mischief.NAME);
        return new Setup(named, watched, fromBundle, swaps, true);
    }

    /**
     * Draws one.
     *
     * @param calm no user code throws where it should not
     */
    static Setup draw(SplittableRandom random, boolean calm) {
        Setup setup = draw(random);
        return random.nextInt(4) == 0 && !calm ? setup.withTrouble() : setup;
    }

    private static Setup draw(SplittableRandom random) {
        boolean watched = random.nextInt(3) > 0;
        boolean fromBundle = random.nextInt(6) == 0;
        int capacity = (int) Mix.logUniform(random, 1, 10_000);
        TurnstileOptions options = TurnstileOptions.defaults()
                .withCapacity(capacity)
                .withOvertakes((int) Mix.logUniform(random, 1, 50))
                .withReservedPlaces(random.nextInt(Math.min(capacity, MOST_RESERVED + 1)))
                .withIdleSpin(random.nextBoolean() ? Duration.ZERO : Duration.ofNanos(20_000));
        if (random.nextInt(3) == 0) {
            return easy(watched, fromBundle, options);
        }
        if (random.nextInt(4) > 0) {
            options = options.withPoolSize(LEAST_INSTANCES + random.nextInt(MOST_INSTANCES - LEAST_INSTANCES + 1));
        }
        return new Setup(options.withRestarts(drawRestarts(random)), watched, fromBundle, random.nextInt(3) > 0, false);
    }

    private static RestartPolicy drawRestarts(SplittableRandom random) {
        int budget = switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(3);
            default -> AMPLE;
        };
        RestartPolicy policy = RestartPolicy.limited(budget, LONG)
                .withDelays(Duration.ofNanos(random.nextLong(2_000_000)), LONGEST_DELAY);
        return random.nextBoolean() ? policy : policy.refusingWhileDown();
    }

    Setup withListeners(CallListener... listeners) {
        return new Setup(options.withListeners(listeners), watched, fromBundle, swaps, troubled);
    }

    int overtakes() {
        return options.overtakes();
    }

    boolean isPool() {
        return options.poolSize() > 0;
    }

    /** Whether a resource that is lost is replaced. */
    boolean heals() {
        return options.restarts().budget() > 0;
    }

    /** Whether so many may be lost that the last one stays, or the gate ends. */
    boolean mayRunOut() {
        return heals() && options.restarts().budget() < AMPLE;
    }

    boolean refusesWhileDown() {
        return heals() && options.restarts().refusesWhileDown();
    }

    /** Whether there may be several resources, at once or one after the other. */
    boolean isUneasy() {
        return isPool() || heals() || swaps;
    }

    /** Whether a call made while the gate is open has a place for certain. */
    boolean takesEveryCall() {
        return !mayRunOut() && !refusesWhileDown();
    }

    @Override
    public String toString() {
        return (watched ? "watched" : "plugin")
                + (fromBundle ? ", bundled" : "")
                + (isPool() ? ", " + options.poolSize() + " instances" : "")
                + (swaps ? ", swapped" : "")
                + (mayRunOut() ? ", healed " + options.restarts().budget() + " times" : heals() ? ", healed" : "")
                + (refusesWhileDown() ? ", refusing while down" : "")
                + (troubled ? ", troubled" : "");
    }
}
