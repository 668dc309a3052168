package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The line taken through its steps on one thread: what each step leaves behind, above all when the worker dies. */
class LineStepsTest {
    private final Error cause = new OutOfMemoryError("in the gate's own code");
    private final Line<String> line = new Line<>(3);
    private final ManualWorker<String> worker = ManualWorker.of(line);

    private static BlockingCall<String, Integer> call() {
        return new BlockingCall<>(String::length, Deadline.NEVER);
    }

    private BlockingCall<String, Integer> enter() {
        BlockingCall<String, Integer> call = call();
        line.enter(call, true);
        return call;
    }

    private BlockingCall<String, Integer> arrive() {
        BlockingCall<String, Integer> call = call();
        line.arrive(call);
        return call;
    }

    private BlockingCall<String, Integer> enterAndStart() {
        BlockingCall<String, Integer> call = enter();
        assertSame(call, worker.start());
        return call;
    }

    private void die() {
        worker.die(cause);
        line.ended(null);
        Audit.assertSettled(line.stats());
    }

    // ---- those who want to know at once whether there is a place ----

    @Test
    void enter_workerIsBusyAndThereIsRoom_hasAPlaceWithoutTheMonitor() throws Exception {
        enterAndStart();
        enter();
        BlockingCall<String, Integer> call = call();
        FutureTask<Line.Admission> entering = new FutureTask<>(() -> line.enter(call, false));
        line.lock();
        try {
            Thread.startVirtualThread(entering);
            assertSame(Line.Admission.ACCEPTED, entering.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } finally {
            line.unlock();
        }
        assertTrue(call.accepted());
        assertEquals(2, line.stats().pending());
        assertSame(CallState.PENDING, call.state());
    }

    @Test
    void enter_intoRoom_findsNoMoreThanThePlacesThatAreFree() {
        enterAndStart();
        enter();
        arrive(); // also gets one of the two
        assertSame(Line.Admission.ACCEPTED, tryToEnter());
        assertSame(Line.Admission.FULL, tryToEnter());
        assertEquals(3, line.stats().pending());
    }

    @Test
    void enter_intoRoom_isBehindThoseWhoCameBefore_andBeforeThoseWhoComeAfter() {
        BlockingCall<String, Integer> running = enterAndStart();
        BlockingCall<String, Integer> first = enter();
        BlockingCall<String, Integer> second = enter();
        assertSame(CallState.NEW, second.state());
        BlockingCall<String, Integer> third = arrive();

        assertSame(first, worker.end(running, CallState.COMPLETED));
        assertSame(second, worker.end(first, CallState.COMPLETED));
        assertSame(third, worker.end(second, CallState.COMPLETED));
    }

    @Test
    void enter_workerHasFreedPlaces_hasRoomAgain() {
        BlockingCall<String, Integer> running = enterAndStart();
        BlockingCall<String, Integer> next = enter();
        enter();
        enter();
        assertSame(Line.Admission.FULL, tryToEnter());

        assertSame(next, worker.end(running, CallState.COMPLETED));
        assertSame(CallState.NEW, enter().state());
        assertSame(Line.Admission.FULL, tryToEnter());
    }

    @Test
    void enter_intoRoom_leavesLikeAnyOther() {
        enterAndStart();
        enter();
        BlockingCall<String, Integer> call = enter();
        assertTrue(line.leave(call, CallState.CANCELLED));
        assertSame(CallState.CANCELLED, call.state());
        assertEquals(1, line.stats().pending());
    }

    @Test
    void closing_takesTheRoomAway() {
        enterAndStart();
        enter();
        BlockingCall<String, Integer> inRoom = enter();
        line.close(Deadline.NEVER);
        assertSame(CallState.PENDING, inRoom.state());
        assertSame(Line.Admission.REFUSED, tryToEnter());
    }

    private Line.Admission tryToEnter() {
        return line.enter(call(), false);
    }

    @Test
    void lossOfTheResource_takesTheRoomAway_ifTheGateRefusesWhileItIsDown() {
        Line<String> refusing = new Line<>(
                TurnstileOptions.defaults()
                        .withRestarts(
                                RestartPolicy.limited(1, Duration.ofMinutes(1)).refusingWhileDown()),
                Observers.NOBODY);
        ManualWorker<String> itsWorker = ManualWorker.of(refusing);
        refusing.enter(call(), true);
        itsWorker.start();
        refusing.enter(call(), true);

        refusing.slots().departures().lose(itsWorker.slot(), cause, true);
        assertSame(Line.Admission.REFUSED, refusing.enter(call(), true));
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

        assertSame(first, worker.end(running, CallState.COMPLETED));
        assertSame(second, worker.end(first, CallState.COMPLETED));
    }

    /** The worker looks at those who have arrived when nobody else is left. */
    @Test
    void arrive_inAHigherLane_isBeforeThoseInTheLine() {
        BlockingCall<String, Integer> running = enterAndStart();
        enter();
        BlockingCall<String, Integer> high =
                new BlockingCall<>(DescribedAction.inLane(Lane.HIGH, String::length), Deadline.NEVER);
        line.arrive(high);

        assertSame(high, worker.end(running, CallState.COMPLETED));
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

        assertSame(arrived, worker.end(running, CallState.COMPLETED));
        assertSame(entered, worker.end(arrived, CallState.COMPLETED));
    }

    @Test
    void enter_othersHaveTakenTheLastPlace_isFull() {
        enterAndStart();
        for (int i = 0; i < 3; i++) {
            arrive();
        }

        assertSame(Line.Admission.FULL, tryToEnter());
    }

    @Test
    void leave_hasArrived_isGivenUpBeforeItsStart() {
        BlockingCall<String, Integer> running = enterAndStart();
        BlockingCall<String, Integer> arrived = arrive();

        assertTrue(line.leave(arrived, CallState.EXPIRED));

        assertSame(CallState.EXPIRED, arrived.state());
        assertFalse(arrived.started());
        assertNull(worker.end(running, CallState.COMPLETED));
        Audit.assertSettled(line.stats());
    }

    @Test
    void close_othersHaveArrived_runsThemIfThereIsAPlace() {
        BlockingCall<String, Integer> running = enterAndStart();
        BlockingCall<String, Integer> arrived = arrive();
        line.close(Deadline.NEVER);

        assertSame(CallState.PENDING, arrived.state());
        assertSame(CallState.REFUSED, arrive().state(), "came too late");
        assertSame(arrived, worker.end(running, CallState.COMPLETED));
        assertSame(CallState.REFUSED, arrive().state(), "came too late");
    }

    /** Nobody else may be there to mind it. */
    @Test
    void close_whoseLimitHasPassed_refusesWhatIsNext() {
        BlockingCall<String, Integer> running = enterAndStart();
        BlockingCall<String, Integer> pending = enter();
        line.close(Deadline.after(Duration.ZERO));

        assertNull(worker.end(running, CallState.COMPLETED));
        assertSame(CallState.REFUSED, pending.state());
    }

    /** It came after the closing had looked who is there, and before that said that nobody polls any more. */
    @Test
    void arrive_inTheMidstOfClosing_isRefused_andItsOwnerIsTold() {
        Line<Object> closing = new Line<>(3);
        ManualWorker<Object> busy = ManualWorker.of(closing);
        closing.enter(new WokenCall("first"), true);
        busy.start();
        WokenCall late = new WokenCall("late");
        AtomicBoolean comes = new AtomicBoolean();
        Deadline limit = Deadline.after(Duration.ofHours(1), new TimeSource() {
            @Override
            public long nanoTime() {
                if (comes.getAndSet(false)) {
                    closing.arrive(late);
                }
                return 0;
            }

            @Override
            public void parkUntil(Object blocker, long nanoTime) {
                throw new AssertionError("nobody waits");
            }

            @Override
            public boolean await(CountDownLatch latch, long nanoTime) {
                throw new AssertionError("nobody waits");
            }
        });
        comes.set(true);
        closing.close(limit);

        assertSame(CallState.REFUSED, late.state());
        late.assertWoken();
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
    void start_nothingThere_pollsNoMore() {
        BlockingCall<String, Integer> running = enterAndStart();
        assertNull(worker.end(running, CallState.COMPLETED));
        assertSame(CallState.NEW, arrive().state());
        Call<String, ?> arrived = Objects.requireNonNull(worker.start());
        assertNull(worker.end(arrived, CallState.COMPLETED));
        assertNull(worker.start());

        assertSame(CallState.PENDING, arrive().state());
    }

    /** It looks in vain, and goes to sleep again. */
    @Test
    void leave_theCallThatRousedTheWorker_leavesNothing() {
        assertNull(worker.start());
        BlockingCall<String, Integer> call = enter();
        assertFalse(worker.isIdle());
        assertTrue(line.leave(call, CallState.CANCELLED));
        assertTrue(worker.slot().own().isEmpty());
        assertNull(worker.start());
        assertTrue(worker.isIdle());
        assertFalse(worker.isToGo());
    }

    @Test
    void close_whileTheWorkerSleeps_rousesItToGo() {
        assertNull(worker.start());
        assertTrue(worker.isIdle());
        line.close(Deadline.NEVER);
        assertFalse(worker.isIdle());
        assertNull(worker.await());
        assertTrue(worker.isToGo());
    }

    /** Or else the caller that it has just woken may have to wait for its processor. */
    @Test
    void take_callsComeSeldom_sleepsWithoutASpin() throws Exception {
        FutureTask<Call<String, ?>> taking = new FutureTask<>(() -> {
            Call<String, ?> seldom = Objects.requireNonNull(worker.await(Duration.ofNanos(1)));
            assertNull(worker.end(seldom, CallState.COMPLETED));
            return worker.await(Duration.ofHours(1));
        });
        Thread thread = Thread.ofPlatform().daemon().start(taking);
        Eventually.isTrue("asleep", worker::isIdle);
        BlockingCall<String, Integer> seldom = call();
        seldom.comes(Observers.NOBODY, Surroundings.MDC_ALONE);
        line.enter(seldom, true);
        Eventually.isTrue("asleep at once", worker::isIdle);
        BlockingCall<String, Integer> call = enter();
        assertSame(call, taking.get());
        thread.join();
    }

    /** An interrupt of the worker's thread, by whoever, is none of its business. */
    @Test
    void take_thatIsInterrupted_waitsOn() throws Exception {
        FutureTask<Call<String, ?>> taking = new FutureTask<>(worker::await);
        Thread thread = Thread.ofPlatform().start(taking);
        Eventually.isTrue("asleep", worker::isIdle);
        thread.interrupt();
        Eventually.isTrue("without the interrupt", () -> !thread.isInterrupted());
        BlockingCall<String, Integer> call = enter();
        assertSame(call, taking.get());
        thread.join();
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
        assertEquals(1, line.stats().notAdmitted());
    }

    /** The end came between a caller's look at its call and its look at its interrupt. */
    @Test
    void await_interruptedWhenTheEndIsThere_takesTheEndAndKeepsTheInterrupt() throws Exception {
        CallThatLooksAwaited call = new CallThatLooksAwaited();
        line.enter(call, true);
        assertSame(call, worker.start());
        worker.end(call, CallState.COMPLETED);
        Thread.currentThread().interrupt();

        call.await(line, Deadline.NEVER);

        assertTrue(Thread.interrupted());
        assertSame(CallState.COMPLETED, call.state());
    }

    @Test
    void await_limitPassesWhenTheEndIsThere_takesTheEnd() throws Exception {
        CallThatLooksAwaited call = new CallThatLooksAwaited();
        line.enter(call, true);
        assertSame(call, worker.start());
        worker.end(call, CallState.COMPLETED);

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
    void die_inACallWhoseCallerWaits_refusesItAsStartedAndWakesTheCaller() {
        CallThatLooksAwaited inHand = new CallThatLooksAwaited();
        line.enter(inHand, true);
        assertSame(inHand, worker.start());

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
        worker.end(inHand, CallState.COMPLETED);

        die();

        assertSame(CallState.COMPLETED, inHand.state());
        assertEquals(1, line.stats().completed());
    }

    /** The report counts from when closing began: here, with the death. */
    @Test
    void die_whileOpen_beginsToClose() {
        worker.end(enterAndStart(), CallState.COMPLETED);
        enter();

        die();

        assertEquals(0, line.report().drained());
        assertEquals(1, line.report().refused());
    }

    @Test
    void die_whileClosing_countsOnFromWhenClosingBegan() {
        BlockingCall<String, Integer> drained = enter();
        line.close(Deadline.after(Duration.ofHours(1)));
        assertSame(drained, worker.start());
        worker.end(drained, CallState.COMPLETED);

        die();

        assertEquals(1, line.report().drained());
    }
}
