package dev.turnstile;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.util.ExceptionResult;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Promises 1 and 5 to 8 for the gate as a whole, its worker and callers who park included: each call has one end and its caller
 * is told the right one, no two calls overlap, and the resource is closed once, after them. Calls wait, so there is
 * no sequential model of them: {@link GateThreads} looks at what came of each scenario.
 *
 * <p>What Lincheck cannot do: under its control a parked thread may go on without being woken, so a lost wake-up shows on
 * real threads only (the scenario hangs); and it cannot follow virtual threads, on which futures are completed, or let a
 * time limit pass, so scenarios with these are run on real threads only. {@link LineLinearizabilityTest} has the
 * giving up under its control.
 */
@Tag(Interleavings.TAG)
class GateInterleavingTest {
    @Test
    void callersWhoWaitForThePlaceAndTheResult_getIt() {
        modelCheck(List.of(
                List.of(does("call", 0), does("shutdownIfLast", 3)),
                List.of(does("call", 1), does("shutdownIfLast", 3)),
                List.of(does("timedCall", 2), does("shutdownIfLast", 3))));
    }

    @Test
    void interruptedCaller_isToldWhetherItsCallRan_andGivesItsPlaceToTheNext() {
        modelCheck(List.of(
                List.of(does("call", 0), does("shutdownIfLast", 2)),
                List.of(does("interrupt", 0), does("call", 1), does("shutdownIfLast", 2))));
    }

    @Test
    void callersWhoMeetTheClosing_runOrAreRefused() {
        modelCheck(List.of(List.of(does("call", 0)), List.of(does("tryCall", 1), does("shutdown"))));
    }

    @Test
    void closersWhoMeet_closeOnceAndTellTheCallerOfARunningCall() {
        modelCheck(List.of(List.of(does("call", 0)), List.of(does("closeAtOnce")), List.of(does("closeAndWait"))));
    }

    @Test
    void callersWhoGiveUp_onThreadsOfTheirOwn_areToldWhetherTheirCallsRan() {
        stress(List.of(
                List.of(does("call", 0), does("shutdownIfLast", 2)),
                List.of(
                        does("interrupt", 0),
                        does("shortCall", 1),
                        does("interrupt", 0),
                        does("timedCall", 2),
                        does("shutdownIfLast", 2))));
    }

    @Test
    void futuresThatAreCancelled_onThreadsOfTheirOwn_tellWhetherTheirCallsRan() {
        stress(List.of(
                List.of(does("submit", 0), does("shortSubmit", 1), does("shutdownIfLast", 2)),
                List.of(
                        does("cancel", 0),
                        does("submit", 2),
                        does("cancel", 0),
                        does("cancel", 1),
                        does("shutdownIfLast", 2))));
    }

    @Test
    void futuresThatMeetTheClosing_onThreadsOfTheirOwn_allComplete() {
        stress(List.of(
                List.of(does("submit", 0), does("call", 1), does("submit", 2)),
                List.of(does("cancel", 0), does("closeAtOnce"), does("cancel", 2)),
                List.of(does("closeAndWait"))));
    }

    private static Actor does(String operation, Object... arguments) {
        return Interleavings.does(GateThreads.class, operation, arguments);
    }

    private static void modelCheck(List<List<Actor>> threads) {
        check(Interleavings.modelChecking(50), threads);
    }

    private static void stress(List<List<Actor>> threads) {
        check(Interleavings.stress(2_000), threads);
    }

    private static void check(Options<?, ?> options, List<List<Actor>> threads) {
        List<List<Actor>> withWorker = new ArrayList<>(threads);
        withWorker.add(List.of(does("work")));
        Interleavings.check(
                options.verifier(NothingThrown.class),
                GateThreads.class,
                List.of(new ExecutionScenario(List.of(), withWorker, List.of(), null)));
    }

    /** The operations catch what their callers may get. */
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
