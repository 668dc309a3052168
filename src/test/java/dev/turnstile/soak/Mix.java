package dev.turnstile.soak;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What the traffic of one round is made of: how often which verb, deed and form, and how often callers give up.
 *
 * @param interrupts how often a caller interrupts another one
 * @param cancels how often a caller cancels one of its futures
 * @param overrides how many calls with a future may have it completed by its owner
 * @param blocks how often a caller forks some calls in a block in place of making one
 * @param bursts how often a caller makes two calls at once, of which the later one is before the other and lingers
 * @param lanes how often a call says which lane it stands in
 * @param keys how often a call has its caller's key
 * @param held how many futures a caller holds before it waits for the oldest
 */
record Mix(
        Shares<TrackedCall.Verb> verbs,
        Shares<Deed> deeds,
        Shares<TrackedCall.Form> forms,
        double interrupts,
        double cancels,
        double overrides,
        double blocks,
        double bursts,
        double lanes,
        double keys,
        int held) {
    private static final int FEW = 2 * Setup.MOST_INSTANCES;
    private static final Duration LONG = Duration.ofHours(1);

    static Mix draw(int callers, SplittableRandom random) {
        return new Mix(
                Shares.draw(TrackedCall.Verb.class, verb -> verb == TrackedCall.Verb.FORK ? 0 : 1, random),
                Shares.draw(Deed.class, deed -> usualShare(deed, callers), random),
                Shares.draw(TrackedCall.Form.class, form -> 1, random),
                oftenOrNever(random, 0.05),
                oftenOrNever(random, 0.3),
                oftenOrNever(random, 0.3),
                oftenOrNever(random, 0.1),
                callers > FEW ? 0 : oftenOrNever(random, 0.2),
                oftenOrNever(random, 1),
                oftenOrNever(random, 1),
                1 + random.nextInt(16));
    }

    private static double usualShare(Deed deed, int callers) {
        return deed == Deed.LINGERS && callers > FEW ? 0 : deed.usualShare();
    }

    private static double oftenOrNever(SplittableRandom random, double most) {
        return random.nextBoolean() ? 0 : most * random.nextDouble();
    }

    /** Of all lengths between a microsecond and 50 ms alike; some have passed at once, some never will. */
    static Duration limit(SplittableRandom random) {
        return switch (random.nextInt(16)) {
            case 0 -> Duration.ZERO;
            case 1, 2, 3 -> LONG;
            default -> Duration.ofNanos(logUniform(random, 1_000, 50_000_000));
        };
    }

    static long logUniform(SplittableRandom random, long least, long most) {
        double exponent = random.nextDouble() * Math.log((double) (most + 1) / least);
        return Math.min(most, (long) (least * Math.exp(exponent)));
    }
}
