package dev.turnstile;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.Options;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;

/**
 * Promises 2, 3, 5, 6, 7 and 8 as far as they are the {@link Line}'s: whatever callers, closers and the worker do at once,
 * there is an order of what they did, one after the other, in which the plain {@link LineModel} would have answered
 * each of them the same; and whoever waits is woken after that has come which he waits for.
 *
 * <p>Lincheck tries it twice: with the threads under its control, switched at their accesses to what they share (locks,
 * queue and semaphore of the JDK included), under sequential consistency; and on real threads. {@link Interleavings} says
 * how to try more.
 */
@Tag(Interleavings.TAG)
@EnabledForJreRange(maxVersion = Interleavings.NEWEST_JAVA, disabledReason = Interleavings.NEWEST_JAVA_REASON)
@Timeout(value = 10, unit = TimeUnit.MINUTES) // takes minutes beside other work
class LineLinearizabilityTest {
    @Test
    void lineOfOnePlace_inAnyInterleaving_doesWhatTheModelDoes() {
        check(Interleavings.modelChecking(30), 10, LineOperations.OnePlace.class, LineModel.OnePlace.class);
    }

    @Test
    void lineOfTwoPlaces_inAnyInterleaving_doesWhatTheModelDoes() {
        check(Interleavings.modelChecking(30), 10, LineOperations.TwoPlaces.class, LineModel.TwoPlaces.class);
    }

    @Test
    void lineOfOnePlace_onThreadsOfItsOwn_doesWhatTheModelDoes() {
        check(Interleavings.stress(400), 20, LineOperations.OnePlace.class, LineModel.OnePlace.class);
    }

    @Test
    void lineOfTwoPlaces_onThreadsOfItsOwn_doesWhatTheModelDoes() {
        check(Interleavings.stress(400), 20, LineOperations.TwoPlaces.class, LineModel.TwoPlaces.class);
    }

    private static void check(Options<?, ?> options, int scenarios, Class<?> operations, Class<?> model) {
        List<ExecutionScenario> random = LineScenarios.of(operations, Interleavings.times(scenarios));
        Interleavings.check(options.sequentialSpecification(model), operations, random);
    }
}
