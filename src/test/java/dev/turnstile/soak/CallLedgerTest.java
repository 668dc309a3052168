package dev.turnstile.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.MadeStats;
import dev.turnstile.TurnstileStats;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The soak's books: they balance when every call has its one end, and say what is wrong when one has not. */
class CallLedgerTest {
    private static final Outcome LEFT_BEFORE = new Outcome(End.CANCELLED, Outcome.Started.NO, true, true);
    private static final Outcome LEFT_WHILE_RUNNING = new Outcome(End.EXPIRED, Outcome.Started.YES, true, true);
    private static final Outcome TURNED_BACK = new Outcome(End.EXPIRED, Outcome.Started.NO, false, false);
    private static final Outcome FAILED = new Outcome(End.FAILED, Outcome.Started.YES, true, true);
    private static final Outcome FULL = new Outcome(End.FULL, Outcome.Started.NO, false, true);
    private static final Outcome OUTSIDE = new Outcome(End.REFUSED, Outcome.Started.NO, false, true);

    private final Findings findings =
            new Findings(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    private final CallLedger ledger = new CallLedger(true, findings);
    private long number;

    private TrackedCall begun() {
        ledger.begins();
        return new TrackedCall(
                ++number, TrackedCall.Verb.SUBMIT, Deed.NOTHING, TrackedCall.Form.TEXT, true, Route.ORDINARY);
    }

    private TrackedCall ran() {
        TrackedCall call = begun();
        call.runs(findings);
        return call;
    }

    /** Two returned, one failed, one left before it ran and one while it did, one was turned back, two had no place. */
    private void balance() {
        ledger.ends(ran(), Outcome.returned());
        ledger.ends(ran(), Outcome.returned());
        ledger.ends(ran(), FAILED);
        ledger.ends(begun(), LEFT_BEFORE);
        ledger.ends(ran(), LEFT_WHILE_RUNNING);
        ledger.ends(begun(), TURNED_BACK);
        ledger.ends(begun(), FULL);
        ledger.ends(begun(), OUTSIDE);
    }

    private static TurnstileStats stats(
            long completed, long failed, long cancelled, long expired, long refused, long notAdmitted) {
        long accepted = completed + failed + cancelled + expired + refused;
        return MadeStats.of(10, 0, 0, 0, accepted, completed, failed, cancelled, expired, refused, notAdmitted);
    }

    // ---- one end for each call ----

    @Test
    void calls_thatEndOnceAsTheGateCountsThem_areFine() {
        balance();
        ledger.compare(stats(2, 1, 1, 1, 0, 2), "the gate");
        ledger.comparePlugin(4, "the gate");

        assertEquals(0, ledger.open());
        assertTrue(findings.isEmpty(), findings::toString);
    }

    @Test
    void call_withoutAnEnd_staysOpen() {
        balance();
        begun();

        assertEquals(1, ledger.open());
    }

    @Test
    void call_thatEndsTwice_isDuplicated() {
        TrackedCall call = ran();
        ledger.ends(call, Outcome.returned());
        ledger.ends(call, LEFT_WHILE_RUNNING);

        assertEquals(1, findings.count(Breach.DUPLICATED));
        assertEquals(0, ledger.open());
        assertEquals(0, ledger.count(End.EXPIRED));
    }

    @Test
    void call_thatRunsTwice_isDuplicated() {
        TrackedCall call = ran();
        call.runs(findings);

        assertEquals(1, findings.count(Breach.DUPLICATED));
    }

    @Test
    void call_thatRunsAfterItsCallerWasToldThatItNeverWould_isDuplicated() {
        TrackedCall call = begun();
        ledger.ends(call, LEFT_BEFORE);
        call.runs(findings);

        assertEquals(1, findings.count(Breach.DUPLICATED));
    }

    @Test
    void call_thatRan_andWhoseCallerIsToldThatItDidNot_isDuplicated() {
        ledger.ends(ran(), LEFT_BEFORE);

        assertEquals(1, findings.count(Breach.DUPLICATED));
    }

    @Test
    void call_thatReturnsWithoutHavingRun_isWrong() {
        ledger.ends(begun(), Outcome.returned());

        assertEquals(1, findings.count(Breach.WRONG));
    }

    @Test
    void call_whoseEndNothingExplains_isWrongAndNotLost() {
        begun();
        ledger.endsUnexplained(new IllegalArgumentException("planned"));

        assertEquals(1, findings.count(Breach.WRONG));
        assertEquals(0, ledger.open());
    }

    // ---- the gate's own counts ----

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, 0, 3", "3, 1, 1, 1, 0, 1", "2, 0, 1, 1, 0, 3", "2, 2, 1, 1, 0, 1", "2, 1, 0, 2, 0, 2",
        "2, 1, 2, 0, 0, 2", "2, 1, 1, 1, 0, 1", "2, 1, 1, 1, 0, 3", "2, 1, 1, 2, 0, 2", "2, 1, 1, 1, 2, 0"
    })
    void gate_thatCountsOtherwise_isMiscounted(
            long completed, long failed, long cancelled, long expired, long refused, long notAdmitted) {
        balance();
        ledger.compare(stats(completed, failed, cancelled, expired, refused, notAdmitted), "the gate");

        assertTrue(findings.count(Breach.MISCOUNTED) > 0);
    }

    /** A blocking caller who is refused cannot tell whether it had a place. */
    @Test
    void callRefusedBeforeItRan_mayBeCountedAsRefusedOrAsNotAdmitted() {
        balance();
        ledger.compare(stats(2, 1, 1, 1, 1, 1), "the gate");

        assertTrue(findings.isEmpty(), findings::toString);
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 1, 1, 0, 2", "2, 2, 1, 1, 0, 2", "2, 1, 2, 1, 0, 2", "2, 1, 1, 2, 0, 2", "2, 1, 1, 1, 1, 2"})
    void futureThatItsOwnerCompleted_mayBeAnyEndOfTheGate(
            long completed, long failed, long cancelled, long expired, long refused, long notAdmitted) {
        balance();
        ledger.ends(begun(), Outcome.overridden());
        ledger.compare(stats(completed, failed, cancelled, expired, refused, notAdmitted), "the gate");

        assertTrue(findings.isEmpty(), findings::toString);
    }

    /** Three instances were asked: two answered, and one had gone. Of others nobody knows but that there were two at the most. */
    @ParameterizedTest
    @CsvSource({
        "4, 1, 1, 1, 1, 2, 0",
        "5, 1, 2, 1, 1, 2, 0",
        "3, 1, 1, 1, 1, 2, 1",
        "7, 1, 1, 1, 1, 2, 1",
        "4, 1, 1, 1, 0, 2, 1"
    })
    void callsForEachInstance_areCountedToo(
            long completed, long failed, long cancelled, long expired, long refused, long notAdmitted, int wrong) {
        balance();
        ledger.asksEach(3);
        ledger.answersEach(End.RETURNED);
        ledger.answersEach(End.RETURNED);
        ledger.answersEach(End.REFUSED);
        ledger.mayHaveAskedEach(2);
        ledger.compare(stats(completed, failed, cancelled, expired, refused, notAdmitted), "the gate");

        assertEquals(wrong == 0, findings.isEmpty(), findings::toString);
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "4, 0", "5, 1"})
    void plugin_thatSawFewerOrMoreCallsThanStarted_isMiscounted(long calls, long breaches) {
        balance();
        ledger.comparePlugin(calls, "the gate");

        assertEquals(breaches, findings.count(Breach.MISCOUNTED));
    }
}
