package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The line taken through its steps on one thread: what each step leaves behind, above all when the worker dies. */
class LineStepsTest {
    private final Error cause = new OutOfMemoryError("in the gate's own code");
    private final Line<String> line = new Line<>(3);
    private final Station<String> station = Stations.add(line);

    private BlockingCall<String, Integer> enter() {
        BlockingCall<String, Integer> call = new BlockingCall<>(String::length);
        line.enter(call, true);
        return call;
    }

    private BlockingCall<String, Integer> arrive() {
        BlockingCall<String, Integer> call = new BlockingCall<>(String::length);
        line.arrive(call);
        return call;
    }

    private BlockingCall<String, Integer> enterAndStart() {
        BlockingCall<String, Integer> call = enter();
        assertSame(call, station.take(0));
        assertTrue(station.start(call));
        return call;
    }

    private void die() {
        line.roster().die(station, cause);
        line.roster().left(station, false);
        line.ended(null);
        Audit.assertSettled(line.stats());
    }

    // ---- those who arrive while the worker runs a call ----

    @Test
    void arrive_nobodyAttends_hasAPlaceAtOnce() {
        assertSame(CallState.PENDING, arrive().state());
    }

    @Test
    void arrive_workerIsBusy_isLeftToIt() {
        BlockingCall<String, Integer> running = enterAndStart();
        BlockingCall<String, Integer> first = arrive();
        BlockingCall<String, Integer> second = arrive();
        assertSame(CallState.NEW, first.state());

        assertSame(first, station.end(running, CallState.COMPLETED, null));
        assertSame(second, station.end(first, CallState.COMPLETED, null));
    }

    /** The worker looks at those who have arrived when nobody else is left. */
    @Test
    void arrive_inAHigherLane_isBeforeThoseInTheLine() {
        BlockingCall<String, Integer> running = enterAndStart();
        enter();
        BlockingCall<String, Integer> high = new BlockingCall<>(Action.inLane(Lane.HIGH, String::length));
        line.arrive(high);

        assertSame(high, station.end(running, CallState.COMPLETED, null));
    }

    @Test
    void stats_othersHaveArrived_countThem() {
        enterAndStart();
        for (int i = 0; i < 5; i++) {
            arrive();
        }

        TurnstileStats stats = line.stats();

        assertEquals(3, stats.pending());
        assertEquals(2, stats.waiting());
    }

    @Test
    void enter_othersHaveArrived_standsBehindThem() {
        BlockingCall<String, Integer> running = enterAndStart();
        BlockingCall<String, Integer> arrived = arrive();
        BlockingCall<String, Integer> entered = enter();

        assertSame(arrived, station.end(running, CallState.COMPLETED, null));
        assertSame(entered, station.end(arrived, CallState.COMPLETED, null));
    }

    @Test
    void enter_othersHaveTakenTheLastPlace_isFull() {
        enterAndStart();
        for (int i = 0; i < 3; i++) {
            arrive();
        }

        assertSame(Line.Admission.FULL, line.enter(new BlockingCall<>(String::length), false));
    }

    @Test
    void leave_hasArrived_isGivenUpBeforeItsStart() {
        BlockingCall<String, Integer> running = enterAndStart();
        BlockingCall<String, Integer> arrived = arrive();

        assertTrue(line.leave(arrived, CallState.EXPIRED));

        assertSame(CallState.EXPIRED, arrived.state());
        assertFalse(arrived.started());
        assertNull(station.end(running, CallState.COMPLETED, null));
        Audit.assertSettled(line.stats());
    }

    @Test
    void close_othersHaveArrived_runsThemIfThereIsAPlace() {
        BlockingCall<String, Integer> running = enterAndStart();
        BlockingCall<String, Integer> arrived = arrive();
        line.close(Deadline.NEVER);

        assertSame(CallState.PENDING, arrived.state());
        assertSame(CallState.REFUSED, arrive().state(), "came too late");
        assertSame(arrived, station.end(running, CallState.COMPLETED, null));
        assertSame(CallState.REFUSED, arrive().state(), "came too late");
    }

    @Test
    void refuseRest_othersHaveArrived_refusesThem() {
        enterAndStart();
        BlockingCall<String, Integer> arrived = arrive();
        line.close(Deadline.NEVER);
        line.refuseRest();

        assertSame(CallState.REFUSED, arrived.state());
    }

    @Test
    void die_othersHaveArrived_refusesThem() {
        enterAndStart();
        BlockingCall<String, Integer> arrived = arrive();

        die();

        assertSame(CallState.REFUSED, arrived.state());
        assertSame(CallState.REFUSED, arrive().state(), "came too late");
    }

    /** The worker has nothing to run, and looks in vain: it is going to sleep, and whoever comes has to see to it. */
    @Test
    void take_nothingThere_attendsNoMore() {
        BlockingCall<String, Integer> running = enterAndStart();
        assertNull(station.end(running, CallState.COMPLETED, null));
        assertSame(CallState.NEW, arrive().state());
        assertSame(
                CallState.PENDING,
                Objects.requireNonNull(station.lookOnceMore()).state());

        assertSame(CallState.PENDING, arrive().state());
    }

    /** It looks in vain, and goes to sleep again. */
    @Test
    void leave_theCallThatRousedTheWorker_leavesNothing() {
        assertNull(station.lookOnceMore());
        BlockingCall<String, Integer> call = enter();
        assertFalse(station.isIdle());
        assertTrue(line.leave(call, CallState.CANCELLED));
        assertTrue(station.own().isEmpty());
        assertNull(station.lookOnceMore());
        assertTrue(station.isIdle());
        assertFalse(station.isToGo());
    }

    @Test
    void close_whileTheWorkerSleeps_rousesItToGo() {
        assertNull(station.lookOnceMore());
        assertTrue(station.isIdle());
        line.close(Deadline.NEVER);
        assertFalse(station.isIdle());
        assertNull(station.take(0));
        assertTrue(station.isToGo());
    }

    /** Or else the caller that it has just woken may have to wait for its processor. */
    @Test
    void take_callsComeSeldom_sleepsWithoutASpin() throws Exception {
        FutureTask<Call<String, ?>> taking = new FutureTask<>(() -> {
            Call<String, ?> seldom = Objects.requireNonNull(station.take(1));
            assertTrue(station.start(seldom));
            assertNull(station.end(seldom, CallState.COMPLETED, null));
            return station.take(Duration.ofHours(1).toNanos());
        });
        Thread worker = Thread.ofPlatform().daemon().start(taking);
        Eventually.isTrue("asleep", station::isIdle);
        BlockingCall<String, Integer> seldom = new BlockingCall<>(String::length);
        seldom.comes(Observers.NOBODY);
        line.enter(seldom, true);
        Eventually.isTrue("asleep at once", station::isIdle);
        BlockingCall<String, Integer> call = enter();
        assertSame(call, taking.get());
        worker.join();
    }

    /** An interrupt of the worker's thread, by whoever, is none of its business. */
    @Test
    void take_thatIsInterrupted_waitsOn() throws Exception {
        FutureTask<Call<String, ?>> taking = new FutureTask<>(() -> station.take(0));
        Thread worker = Thread.ofPlatform().start(taking);
        Eventually.isTrue("asleep", station::isIdle);
        worker.interrupt();
        Eventually.isTrue("without the interrupt", () -> !worker.isInterrupted());
        BlockingCall<String, Integer> call = enter();
        assertSame(call, taking.get());
        worker.join();
    }

    @ParameterizedTest
    @EnumSource(names = {"CANCELLED", "EXPIRED"})
    void leave_whoWaitsOutside_hasThatEnd(CallState end) {
        enter();
        enter();
        enter();
        BlockingCall<String, Integer> outside = enter();

        assertTrue(line.leave(outside, end));

        assertSame(end, outside.state());
        assertEquals(0, line.stats().waiting());
        assertEquals(1, line.stats().turnedAway());
    }

    /** The end came between a caller's look at its call and its look at its interrupt. */
    @Test
    void await_interruptedWhenTheEndIsThere_takesTheEndAndKeepsTheInterrupt() throws Exception {
        CallThatLooksAwaited call = new CallThatLooksAwaited();
        line.enter(call, true);
        assertTrue(station.start(call));
        station.end(call, CallState.COMPLETED, null);
        Thread.currentThread().interrupt();

        call.await(line, Deadline.NEVER);

        assertTrue(Thread.interrupted());
        assertSame(CallState.COMPLETED, call.state());
    }

    @Test
    void await_limitPassesWhenTheEndIsThere_takesTheEnd() throws Exception {
        CallThatLooksAwaited call = new CallThatLooksAwaited();
        line.enter(call, true);
        assertTrue(station.start(call));
        station.end(call, CallState.COMPLETED, null);

        call.await(line, Deadline.after(Duration.ZERO));

        assertSame(CallState.COMPLETED, call.state());
    }

    private static final class CallThatLooksAwaited extends Call<String, Integer> {
        private int wakes;

        CallThatLooksAwaited() {
            super(String::length);
        }

        @Override
        void wake() {
            wakes++;
        }

        @Override
        boolean isAwaited() {
            return true;
        }

        @Override
        boolean isOwnedByVirtualThread() {
            return false;
        }
    }

    /** Otherwise a thread would stay for each call with a long limit that was cancelled. */
    @Test
    void cancel_ofACallWithALimit_endsTheThreadThatWatchesTheLimit() throws Exception {
        FutureCall<String, Integer> call = new FutureCall<>(line, String::length);
        line.enter(call, true);
        CompletableFuture<Integer> future = call.awaitPlace(Deadline.after(Duration.ofHours(1)));
        Field field = FutureCall.class.getDeclaredField("timer");
        field.setAccessible(true);
        Thread timer = (Thread) field.get(call);
        Eventually.isTrue("it watches", () -> timer.getState() == Thread.State.TIMED_WAITING);

        assertTrue(future.cancel(false));

        assertTrue(timer.join(Audit.PATIENCE));
        assertTrue(future.isCancelled());
    }

    @Test
    void die_whileNothingIsInHand_refusesWhatIsInTheLine() {
        BlockingCall<String, Integer> pending = enter();

        die();

        assertSame(CallState.REFUSED, pending.state());
        assertFalse(pending.started());
    }

    /** What was given up is in the queue still. */
    @Test
    void die_behindCallsThatWereGivenUp_leavesThemTheirEnds() {
        enter();
        BlockingCall<String, Integer> givenUp = enter();
        BlockingCall<String, Integer> last = enter();
        line.leave(givenUp, CallState.EXPIRED);
        line.close(Deadline.NEVER);

        die();

        assertSame(CallState.EXPIRED, givenUp.state());
        assertSame(CallState.REFUSED, last.state());
        assertEquals(2, line.stats().refused());
    }

    @Test
    void die_withACallInHandThatHasNotStarted_refusesItAndGivesItsPlaceBack() {
        BlockingCall<String, Integer> inHand = enter();
        assertSame(inHand, station.take(0));

        die();

        assertSame(CallState.REFUSED, inHand.state());
        assertFalse(inHand.started());
    }

    @Test
    void die_inACallWhoseCallerWaits_refusesItAsStartedAndWakesTheCaller() {
        CallThatLooksAwaited inHand = new CallThatLooksAwaited();
        line.enter(inHand, true);
        assertSame(inHand, station.take(0));
        assertTrue(station.start(inHand));

        die();

        assertSame(CallState.REFUSED, inHand.state());
        assertTrue(inHand.started());
        assertEquals(1, inHand.wakes);
    }

    @Test
    void die_inACallThatWasGivenUp_leavesItTheEndThatItsCallerWasTold() {
        BlockingCall<String, Integer> inHand = enterAndStart();
        assertTrue(line.leave(inHand, CallState.CANCELLED));

        die();

        assertSame(CallState.CANCELLED, inHand.state());
        assertEquals(1, line.stats().cancelled());
        assertEquals(0, line.stats().refused());
    }

    @Test
    void die_afterACallHadItsEnd_leavesItThat() {
        BlockingCall<String, Integer> inHand = enterAndStart();
        station.end(inHand, CallState.COMPLETED, null);

        die();

        assertSame(CallState.COMPLETED, inHand.state());
        assertEquals(1, line.stats().completed());
    }

    /** The report counts from when closing began: here, with the death. */
    @Test
    void die_whileOpen_beginsToClose() {
        station.end(enterAndStart(), CallState.COMPLETED, null);
        enter();

        die();

        assertEquals(0, line.report().drained());
        assertEquals(1, line.report().refused());
    }

    @Test
    void die_whileClosing_countsOnFromWhenClosingBegan() {
        BlockingCall<String, Integer> drained = enter();
        line.close(Deadline.after(Duration.ofHours(1)));
        assertSame(drained, station.take(0));
        assertTrue(station.start(drained));
        station.end(drained, CallState.COMPLETED, null);

        die();

        assertEquals(1, line.report().drained());
    }
}
