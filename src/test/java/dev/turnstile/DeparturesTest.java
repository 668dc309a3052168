package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workers that leave while the gate closes, shrinks, swaps or loses its resources, in steps that the test takes itself. */
class DeparturesTest {
    private final Line<String> line = new Line<>(TurnstileOptions.defaults().withPoolSize(2), Observers.NOBODY);

    @AfterEach
    void ruleOfTheDispatchHolds() {
        assertNull(line.dispatch().violation());
    }

    private BlockingCall<String, Integer> enter(Line<String> where, Action<String, Integer, RuntimeException> action) {
        BlockingCall<String, Integer> call = new BlockingCall<>(action, Deadline.NEVER);
        assertSame(Line.Admission.ACCEPTED, where.enter(call, true));
        return call;
    }

    private Object keyOf(Slot<String> slot) {
        for (int key = 0; ; key++) {
            BlockingCall<String, Integer> call =
                    new BlockingCall<>(DescribedAction.keyed(key, String::length), Deadline.NEVER);
            line.enter(call, true);
            boolean isHere = slot.own().count() > 0;
            line.leave(call, CallState.CANCELLED);
            if (isHere) {
                return key;
            }
        }
    }

    /** The worker that was to be relieved is the last one: what is in the line is for it. */
    @Test
    void close_whileASwapWaitsForTheRunningCall_runsWhatIsInTheLine() {
        Line<String> one = new Line<>(10);
        ManualWorker<String> worker = ManualWorker.of(one);
        BlockingCall<String, Integer> running = enter(one, String::length);
        BlockingCall<String, Integer> pending = enter(one, String::length);
        assertSame(running, worker.start());
        assertTrue(one.slots().relieve(worker.slot(), ManualWorker.idler(one), false));

        one.close(Deadline.NEVER);

        assertSame(pending, worker.end(running, CallState.COMPLETED));
    }

    @Test
    void close_whileARetiredSlotRunsACall_runsWhatWaitsThereElsewhere() {
        ManualWorker<String> stays = ManualWorker.of(line);
        ManualWorker<String> retired = ManualWorker.of(line);
        assertNull(stays.start());
        Object key = keyOf(retired.slot());
        BlockingCall<String, Integer> running = enter(line, DescribedAction.keyed(key, String::length));
        BlockingCall<String, Integer> pending = enter(line, DescribedAction.keyed(key, String::length));
        assertSame(running, retired.start());
        line.slots().shrinkTo(1);
        assertTrue(retired.slot().isRetiring());

        line.close(Deadline.NEVER);
        assertNull(stays.start());
        assertFalse(stays.isToGo(), "a call may come");

        assertNull(retired.end(running, CallState.COMPLETED));
        assertSame(pending, stays.start());
    }

    /** It has promised keys to a worker that has nothing to do, and finds no call of its own when it has given them. */
    @Test
    void close_whileKeysArePromised_runsTheirCalls() {
        ManualWorker<String> gives = ManualWorker.of(line);
        BlockingCall<String, Integer> running = enter(line, String::length);
        assertSame(running, gives.start());
        ManualWorker<String> gets = ManualWorker.of(line);
        List<BlockingCall<String, Integer>> calls = new ArrayList<>();
        for (int key = 0; key < 20; key++) {
            calls.add(enter(line, DescribedAction.keyed(key, String::length)));
        }
        line.close(Deadline.NEVER);
        assertNull(gets.start());
        assertFalse(gets.isToGo(), "calls may come");

        run(gives, gives.end(running, CallState.COMPLETED));
        assertTrue(gives.isToGo());
        run(gets, gets.start());
        assertTrue(gets.isToGo());

        for (BlockingCall<String, Integer> call : calls) {
            assertSame(CallState.COMPLETED, call.state());
        }
    }

    /** Its own resource is of no use any more, so what waits at it is for another, as soon as its running call has returned. */
    @Test
    void close_whileCallsWaitAtASlotThatWasLost_runsThemElsewhere() {
        ManualWorker<String> lost = ManualWorker.of(line);
        ManualWorker<String> other = ManualWorker.of(line);
        Object key = keyOf(lost.slot());
        BlockingCall<String, Integer> running = enter(line, DescribedAction.keyed(key, String::length));
        assertSame(running, lost.start());
        BlockingCall<String, Integer> pending = enter(line, DescribedAction.keyed(key, String::length));
        line.slots().departures().lose(lost.slot(), new IllegalStateException("lost"), false);
        assertNull(other.start());
        line.close(Deadline.NEVER);
        assertNull(other.start());
        assertFalse(other.isToGo(), "a call may come");

        run(lost, lost.end(running, CallState.COMPLETED));
        assertTrue(lost.isToGo());
        assertSame(pending, other.start());
    }

    /** It has slept for calls that another one may give it. When there are none any more, its resource need not stay open for as long as that one runs. */
    @Test
    void refuseRest_whileKeysArePromised_letsWhoHasNothingGo() {
        ManualWorker<String> gets = sleeperForPromisedCalls(new ArrayList<>());

        line.refuseRest();

        assertFalse(gets.isIdle());
        assertNull(gets.steps().lookOnceMore());
        assertTrue(gets.isToGo());
    }

    @Test
    void leave_byTheLastCallThatIsPromisedWhileTheGateCloses_letsWhoHasNothingGo() {
        List<BlockingCall<String, Integer>> promised = new ArrayList<>();
        ManualWorker<String> gets = sleeperForPromisedCalls(promised);

        for (BlockingCall<String, Integer> call : promised) {
            assertTrue(line.leave(call, CallState.CANCELLED));
        }

        assertFalse(gets.isIdle());
        assertNull(gets.steps().lookOnceMore());
        assertTrue(gets.isToGo());
    }

    private ManualWorker<String> sleeperForPromisedCalls(List<BlockingCall<String, Integer>> promised) {
        ManualWorker<String> gives = ManualWorker.of(line);
        BlockingCall<String, Integer> running = enter(line, String::length);
        assertSame(running, gives.start());
        ManualWorker<String> gets = ManualWorker.of(line);
        for (int key = 0; key < 20; key++) {
            promised.add(enter(line, DescribedAction.keyed(key, String::length)));
        }
        line.close(Deadline.NEVER);
        assertNull(gets.start());
        assertTrue(gets.isIdle());
        return gets;
    }

    private static void run(ManualWorker<String> worker, Call<String, ?> first) {
        Call<String, ?> call = first == null ? worker.start() : first;
        while (call != null) {
            call = worker.end(call, CallState.COMPLETED);
            call = call == null ? worker.start() : call;
        }
    }

    @Test
    void giveUp_ofAReplacementWithoutAThread_closesTheGate() {
        Line<String> one = new Line<>(10);
        ManualWorker<String> worker = ManualWorker.of(one);
        assertNull(worker.start());
        Departures<String> departures = one.slots().departures();
        departures.lose(worker.slot(), new IllegalStateException("lost"), true);
        assertNull(worker.start());
        assertTrue(worker.steps().isToBeReplaced());
        BlockingCall<String, Integer> pending = enter(one, String::length);
        Worker<String> next = ManualWorker.idler(one);
        assertTrue(departures.expect(worker.slot(), next));

        departures.giveUp(worker.slot(), next, new OutOfMemoryError("no thread"));

        assertNotSame(TurnstileState.OPEN, one.state());
        assertSame(CallState.REFUSED, pending.state());
        assertEquals("no thread", one.refusals().of(pending).getCause().getMessage());
    }

    /** Whose worker answers a question, perhaps for long, is not looking for a call. */
    @Test
    void enter_whileAWorkerIsAskedAboutItsResource_rousesAnother() {
        ManualWorker<String> lost = ManualWorker.of(line);
        ManualWorker<String> asked = ManualWorker.of(line);
        ManualWorker<String> sleeps = ManualWorker.of(line);
        assertNull(lost.start());
        assertNull(asked.start());
        assertNull(sleeps.start());
        line.slots().departures().lose(lost.slot(), new IllegalStateException("lost"), false);
        assertNull(asked.start());
        assertNotNull(asked.steps().suspicion());
        assertNull(sleeps.start());
        assertNull(sleeps.start(), "it has answered");
        assertTrue(sleeps.isIdle());

        BlockingCall<String, Integer> call = enter(line, String::length);

        assertFalse(sleeps.isIdle());
        assertSame(call, sleeps.start());
    }

    /** It may log that it has come, to a logger that waits. */
    @Test
    void enter_whileAWorkerBegins_rousesAnother() {
        ManualWorker<String> sleeps = ManualWorker.of(line);
        assertNull(sleeps.start());
        ManualWorker<String> begins = ManualWorker.of(line);

        enter(line, String::length);

        assertFalse(sleeps.isIdle());
        assertFalse(begins.isIdle());
    }

    @Test
    void lastSlotThatGoes_afterAnotherWasGivenUp_saysByWhatThatWasLost() {
        ManualWorker<String> lost = ManualWorker.of(line);
        ManualWorker<String> retires = ManualWorker.of(line);
        BlockingCall<String, Integer> running = enter(line, String::length);
        assertSame(running, retires.start());
        assertNull(lost.start());
        line.slots().shrinkTo(1);
        Throwable cause = new IllegalStateException("lost");
        line.slots().departures().lose(lost.slot(), cause, true);
        assertNull(lost.start());
        line.slots().departures().giveUp(lost.slot(), null, null);
        assertNull(retires.end(running, CallState.COMPLETED));
        assertNull(retires.start());

        assertSame(cause, line.refusals().closed().getCause());
    }
}
