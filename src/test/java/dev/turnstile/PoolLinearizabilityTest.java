package dev.turnstile;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.Options;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;

/**
 * Promises 2, 3 and 5 to 8 for the {@link Line} of a pool, where features meet: calls in lanes, with keys, for each slot, and forks of a block that is decided, while
 * slots come and go, resources are lost and replaced, workers die, callers give up and the gate closes. Whatever is done at once, there is an order in
 * which the {@link PoolLineModel} would have answered each the same; whoever waits is woken; and no worker sleeps that has something to do.
 */
@Tag(Interleavings.TAG)
@EnabledForJreRange(maxVersion = Interleavings.NEWEST_JAVA, disabledReason = Interleavings.NEWEST_JAVA_REASON)
@Timeout(value = 10, unit = TimeUnit.MINUTES) // takes minutes beside other work
class PoolLinearizabilityTest {
    /** A scenario has its price however few interleavings of it are tried: so each is tried with the one number of places or the other. */
    @Test
    void poolOfOnePlaceEach_inAnyInterleaving_doesWhatTheModelDoes() {
        check(
                Interleavings.modelChecking(2),
                PoolLineOperations.OnePlaceEach.class,
                PoolLineModel.OnePlaceEach.class,
                everySecond(0));
    }

    @Test
    void poolOfThreePlaces_inAnyInterleaving_doesWhatTheModelDoes() {
        check(
                Interleavings.modelChecking(2),
                PoolLineOperations.ThreePlaces.class,
                PoolLineModel.ThreePlaces.class,
                everySecond(1));
    }

    @Test
    void poolOfOnePlaceEach_onThreadsOfItsOwn_doesWhatTheModelDoes() {
        check(
                Interleavings.stress(100),
                PoolLineOperations.OnePlaceEach.class,
                PoolLineModel.OnePlaceEach.class,
                number -> true);
    }

    @Test
    void poolOfThreePlaces_onThreadsOfItsOwn_doesWhatTheModelDoes() {
        check(
                Interleavings.stress(100),
                PoolLineOperations.ThreePlaces.class,
                PoolLineModel.ThreePlaces.class,
                number -> true);
    }

    private static IntPredicate everySecond(int from) {
        return number -> number % 2 == from;
    }

    private static void check(Options<?, ?> options, Class<?> operations, Class<?> model, IntPredicate which) {
        List<ExecutionScenario> all = PoolLineScenarios.of(operations, Interleavings.times(1));
        List<ExecutionScenario> chosen =
                IntStream.range(0, all.size()).filter(which).mapToObj(all::get).toList();
        Interleavings.check(options.sequentialSpecification(model), operations, chosen);
    }
}
