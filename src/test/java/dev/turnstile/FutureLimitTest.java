package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.VirtualTime;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 5 for futures with a limit: it ends the future at once, and with the call it is gone. */
class FutureLimitTest {
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final TurnstileOptions OPTIONS =
            TurnstileOptions.defaults().withCapacity(2).withStuckAfter(Duration.ZERO);

    @RegisterExtension
    final Audit audit = new Audit();

    private final HeldGate held = HeldGate.open(audit, OPTIONS);

    @BeforeEach
    void awaitIdleTimer() {
        awaitPlanned(0); // those of the tests before
    }

    private static void awaitPlanned(int limits) {
        Eventually.isTrue(limits + " limits are planned", () -> SharedTimer.SYSTEM.planned() == limits);
    }

    private @Nullable BrokenTime brokenTime;

    @AfterEach
    void letTheWorkerGo() {
        held.release();
        if (brokenTime != null) {
            brokenTime.isBroken = false; // the gate is closed in that time
        }
    }

    @Test
    void limitThatPassesWhileTheCallRuns_endsTheFuture_andTheCallGoesOn() throws Exception {
        HeldGate gate = HeldGate.open(audit, OPTIONS);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        gate.release();
        CompletableFuture<Integer> future = audit.watch(gate.gate()
                .submit(
                        witness -> {
                            witness.hold(entered, leave);
                            return 1;
                        },
                        Duration.ofMillis(50)));
        CompletableFuture<Thread> stage = future.handle((value, thrown) -> Thread.currentThread());

        Throwable expired = Caller.failureOf(future);
        if (entered.getCount() == 0) { // on a slow day it passes before
            assertTrue(assertInstanceOf(CallTimeoutException.class, expired).started());
            assertEquals(1, gate.gate().stats().running());
        }
        assertTrue(stage.join().isVirtual(), "no user code on the timer");
        leave.countDown();
    }

    @Test
    void limitThatPassesInTheLine_givesThePlaceBack() throws Exception {
        CompletableFuture<Integer> future = audit.watch(held.gate().submit(witness -> witness.use(1), SHORT));

        assertFalse(assertInstanceOf(CallTimeoutException.class, Caller.failureOf(future))
                .started());
        assertEquals(0, held.gate().pendingCount());
        assertEquals(1, held.gate().stats().expired());
    }

    /** Else it would keep the ended call until it passes. */
    @Test
    void limitOfACallThatEnds_isNotPlannedAnyMore() throws Exception {
        CompletableFuture<Integer> future = audit.watch(held.gate().submit(witness -> witness.use(1), LONG));
        CompletableFuture<Integer> cancelled = audit.watch(held.gate().submit(witness -> witness.use(1), LONG));
        assertEquals(2, SharedTimer.SYSTEM.planned());
        cancelled.cancel(false);
        assertEquals(1, SharedTimer.SYSTEM.planned());
        held.release();
        assertEquals(1, future.get());

        awaitPlanned(0);
    }

    /** The reply may come before the limit is planned. */
    @Test
    void limitOfACallThatEndsAtOnce_isNotPlannedAnyMore() throws Exception {
        held.release();
        for (int i = 0; i < 1_000; i++) {
            assertEquals(i, audit.watch(held.gate().submit(resource -> 0, LONG)).get() + i);
        }
        awaitPlanned(0);
    }

    // ---- a time of the user's ----

    @Test
    void limitInATimeOfTheUsers_isKeptByAPlatformThread_whichEndsWithTheCall() throws Exception {
        VirtualTime time = new VirtualTime();
        HeldGate gate = HeldGate.open(audit, OPTIONS.withTimeSource(time));
        CompletableFuture<Integer> future = audit.watch(gate.gate().submit(witness -> witness.use(1), LONG));
        time.awaitParked(1);
        assertTrue(deadlineThreadLives());
        gate.release();
        assertEquals(1, future.get());

        Eventually.isTrue("the thread has ended", () -> !deadlineThreadLives());
    }

    private static boolean deadlineThreadLives() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.isDaemon() && thread.getName().equals("turnstile-deadline"));
    }

    private static final class AsTold extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A time that fails from some moment on, in one of its methods. */
    private static final class BrokenTime implements TimeSource {
        private final TimeSource time = TimeSource.system();
        private final Fault fault;
        private volatile boolean isBroken;

        BrokenTime(Fault fault) {
            this.fault = fault;
        }

        @Override
        public long nanoTime() {
            failIf(Fault.LOOKING);
            return time.nanoTime();
        }

        @Override
        public void parkUntil(Object blocker, long nanoTime) {
            failIf(Fault.PARKING);
            time.parkUntil(blocker, Math.min(nanoTime, time.nanoTime() + SHORT.toNanos()));
        }

        @Override
        public boolean await(CountDownLatch latch, long nanoTime) throws InterruptedException {
            return time.await(latch, nanoTime);
        }

        private void failIf(Fault here) {
            if (isBroken && here == fault && !Thread.currentThread().getName().startsWith("turnstile-worker")) {
                throw new AsTold();
            }
        }
    }

    enum Fault {
        LOOKING,
        PARKING
    }

    private BrokenTime brokenTime(Fault fault) {
        brokenTime = new BrokenTime(fault);
        return brokenTime;
    }

    private HeldGate open(TimeSource time) {
        return HeldGate.open(audit, OPTIONS.withTimeSource(time));
    }

    private static void assertLeft(HeldGate gate) {
        assertEquals(0, gate.gate().pendingCount());
        assertEquals(0, gate.gate().waitingCount());
        assertEquals(1, gate.gate().stats().cancelled() + gate.gate().stats().notAdmitted());
        gate.release();
    }

    @ParameterizedTest
    @EnumSource
    void timeThatThrows_endsTheFutureWithThat(Fault fault) throws Exception {
        BrokenTime time = brokenTime(fault);
        HeldGate gate = open(time);
        CompletableFuture<Integer> future = audit.watch(gate.gate().submit(witness -> witness.use(1), LONG));
        CompletableFuture<Boolean> stage =
                future.handle((value, thrown) -> Thread.currentThread().isVirtual());
        time.isBroken = true;

        assertInstanceOf(AsTold.class, Caller.failureOf(future));
        assertTrue(stage.get());
        assertLeft(gate);
    }

    @ParameterizedTest
    @EnumSource
    void timeThatThrows_whileACallerWaits_endsItsCallWithThat(Fault fault) {
        BrokenTime time = brokenTime(fault);
        HeldGate gate = open(time);
        Caller<Integer> caller =
                Caller.start(() -> gate.gate().<Integer, RuntimeException>call(witness -> witness.use(1), LONG));
        gate.awaitPending(1);
        time.isBroken = true;

        assertInstanceOf(AsTold.class, caller.failure());
        assertLeft(gate);
    }

    @ParameterizedTest
    @EnumSource
    void timeThatThrows_whileASubmitterWaitsForAPlace_isThrownToIt(Fault fault) {
        BrokenTime time = brokenTime(fault);
        HeldGate gate = open(time);
        gate.fill();
        Caller<CompletableFuture<Integer>> submitter =
                Caller.start(() -> gate.gate().submit(witness -> witness.use(1), LONG));
        gate.awaitWaiting(1);
        time.isBroken = true;

        assertInstanceOf(AsTold.class, submitter.failure());
        assertEquals(0, gate.gate().waitingCount());
        gate.release();
    }

    @Test
    void timeThatThrows_beforeThereIsAPlace_refusesTheCall() {
        BrokenTime time = brokenTime(Fault.LOOKING);
        HeldGate gate = open(time);
        time.isBroken = true;
        assertThrows(AsTold.class, () -> gate.gate().submit(witness -> witness.use(1), LONG));
        assertThrows(
                AsTold.class, () -> TimeLimit.within(LONG, () -> gate.gate().trySubmit(w -> w.use(1))));
        assertEquals(0, gate.gate().pendingCount());
        gate.release();
    }

    // ---- TimeLimit ----

    /** Its limit would hold for whatever the thread does later. */
    @Test
    void timeLimit_atTheEndOfTheStack_leavesNoLimitBehind() throws Exception {
        held.release();
        Turnstile<Witness> gate = held.gate();
        setLimit(); // links what the test itself needs there
        CompletableFuture<Object> after = new CompletableFuture<>();
        Thread deep = new Thread(
                null,
                () -> {
                    try {
                        descend();
                        after.completeExceptionally(new AssertionError("the stack did not end"));
                    } catch (StackOverflowError asMeant) {
                        try {
                            assertSame(Deadline.NEVER, TimeLimit.current());
                            after.complete(gate.<Integer, RuntimeException>call(witness -> witness.use(1)));
                        } catch (Throwable thrown) {
                            after.completeExceptionally(thrown);
                        }
                    } catch (Throwable other) {
                        after.completeExceptionally(other);
                    }
                },
                "deep caller",
                256 * 1024);
        deep.setDaemon(true);
        deep.start();

        assertEquals(1, after.get());
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private static void descend() {
        try {
            descend();
        } finally {
            setLimit();
        }
    }

    private static void setLimit() {
        try {
            TimeLimit.within(Duration.ZERO, () -> 1);
        } catch (CallTimeoutException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
