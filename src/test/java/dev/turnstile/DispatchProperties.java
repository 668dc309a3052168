package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@link Dispatch}, through ten million steps beside its {@link DispatchModel}: which call is next and who is roused, in whatever order calls
 * come, start, return and leave, workers sleep and go, slots come and go, shares of the keys move, and memory ends.
 *
 * <p>A failure is told as the few steps that lead to it: what is left of a run when one part of it after the other was left out, and it fails all the same.
 */
class DispatchProperties {
    /** In all; fewer for {@code scripts/mutate}. */
    private static final int STEPS = Integer.getInteger("turnstile.test.dispatch.steps", 10_000_000);

    private static final int TRIES = 100;
    private static final int STEPS_OF_A_RUN = Math.min(5_000, STEPS / TRIES);
    private static final int RUNS = STEPS / TRIES / STEPS_OF_A_RUN;

    private static long made;
    private static int latest;
    private static boolean hasFailed;

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void dispatch_inAnyOrderOfSteps_doesWhatItsModelDoes(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < RUNS; i++) {
            long kind = random.nextLong();
            long[] choices = random.longs(STEPS_OF_A_RUN).toArray();
            Fault fault = fault(kind, choices, null);
            if (fault != null) {
                hasFailed = true;
                fail(kind, shortened(kind, choices, fault));
            }
        }
    }

    @AfterContainer
    static void tellHowMany() {
        System.out.printf("DispatchProperties: %,d steps; a lane was passed over overtakes + %d times%n", made, latest);
        assertTrue(hasFailed || made >= STEPS, "so many steps are to be made");
    }

    /**
     * What went wrong.
     *
     * @param steps after how many steps
     */
    private record Fault(int steps, Throwable what) {}

    /** Makes the steps that the numbers choose; returns what is wrong then, {@code null} if nothing is. */
    private static @Nullable Fault fault(long kind, long[] choices, @Nullable List<String> story) {
        int steps = 0;
        try {
            DispatchRun run = new DispatchRun(kind, story);
            while (steps < choices.length) {
                made += run.step(choices[steps++]) ? 1 : 0;
                if (steps % 500 == 0) {
                    run.pair().assertContents();
                }
            }
            run.comeToRest();
            run.pair().assertContents();
            run.pair().drain();
            latest = Math.max(latest, run.pair().model().late());
            return null;
        } catch (RuntimeException | Error what) {
            return new Fault(steps, what);
        }
    }

    /** Leaves out what is not needed for a failure: what comes after it, then halves, then ever smaller parts. */
    private static long[] shortened(long kind, long[] choices, Fault fault) {
        long[] shortest = Arrays.copyOf(choices, fault.steps());
        for (int part = shortest.length / 2; part > 0; part /= 2) {
            for (int from = 0; from + part <= shortest.length; ) {
                long[] fewer = new long[shortest.length - part];
                System.arraycopy(shortest, 0, fewer, 0, from);
                System.arraycopy(shortest, from + part, fewer, from, fewer.length - from);
                Fault same = fault(kind, fewer, null);
                if (same == null) {
                    from += part;
                } else {
                    shortest = Arrays.copyOf(fewer, same.steps());
                }
            }
        }
        return shortest;
    }

    private static void fail(long kind, long[] choices) {
        List<String> story = new ArrayList<>();
        Fault fault = fault(kind, choices, story);
        throw new AssertionError(String.join("\n", story), fault == null ? null : fault.what());
    }
}
