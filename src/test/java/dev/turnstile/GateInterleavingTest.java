package dev.turnstile;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.util.ExceptionResult;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Promises 1 and 5 to 8 for the gate as a whole, its worker and callers who park included: each call has one end and its caller
 * is told the right one, no two calls overlap, and the resource is closed once, after them. Calls wait, so there is
 * no sequential model of them: {@link GateThreads} looks at what came of each scenario.
 *
 * <p>What Lincheck cannot do: under its control a parked thread may go on without being woken, so a lost wake-up shows on
 * real threads only (the scenario hangs); and it cannot follow virtual threads, on which futures are completed, or let a
 * time limit pass, so scenarios with these are run on real threads only. {@code scripts/interleavings} has all of them under
 * control, and {@link LineLinearizabilityTest} the giving up.
 */
@Tag(Interleavings.TAG)
@EnabledForJreRange(maxVersion = Interleavings.NEWEST_JAVA, disabledReason = Interleavings.NEWEST_JAVA_REASON)
@Timeout(value = 10, unit = TimeUnit.MINUTES) // takes minutes beside other work
class GateInterleavingTest {
    @ParameterizedTest
    @EnumSource(names = {"CALLERS", "INTERRUPT", "SHUTDOWN", "CLOSERS", "POOL", "SWAP"})
    void calls_inAnyInterleaving_haveOneEndEach(GateScenario scenario) {
        check(Interleavings.modelChecking(50), scenario);
    }

    @ParameterizedTest
    @EnumSource
    void calls_onThreadsOfTheirOwn_haveOneEndEach(GateScenario scenario) {
        check(Interleavings.stress(2_000), scenario);
    }

    private static void check(Options<?, ?> options, GateScenario scenario) {
        Rehearsal.once(); // which is not to be interleaved
        Interleavings.check(
                options.verifier(NothingThrown.class),
                scenario.operations(),
                List.of(new ExecutionScenario(List.of(), scenario.threads(), List.of(), null)));
    }

    /** What callers may get is caught where they get it. */
    public static final class NothingThrown implements Verifier {
        public NothingThrown(Class<?> sequentialSpecification) {}

        @Override
        public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
            return results.getThreadsResultsWithClock().stream()
                    .flatMap(List::stream)
                    .noneMatch(result -> result.getResult() instanceof ExceptionResult);
        }
    }
}
