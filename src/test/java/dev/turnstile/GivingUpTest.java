package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.HeldGate;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Promise 5: who gives up before the start never reaches the resource; who gives up after it goes at once, while the call
 * runs to its end; and the exception says which.
 */
class GivingUpTest {
    private static final Duration SHORT = Duration.ofMillis(2);

    @RegisterExtension
    final Audit audit = new Audit();

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch latch = new CountDownLatch(1);

    private HeldGate full() {
        HeldGate held = HeldGate.open(audit, 1);
        held.fill();
        return held;
    }

    /** A gate whose worker is free, for calls that hold it themselves. */
    private HeldGate free() {
        HeldGate held = HeldGate.open(audit, 1);
        held.release();
        held.held().join();
        return held;
    }

    private static void assertOnlyHeldAndFilledRan(HeldGate held, int filled) {
        held.release();
        held.gate().close(Audit.PATIENCE);
        assertEquals(1 + filled, held.witness().uses(), "what was given up never reached the resource");
    }

    // ---- interrupt ----

    @ParameterizedTest
    @EnumSource(names = {"CALL", "TIMED_CALL", "SUBMIT", "TIMED_SUBMIT"})
    void interrupt_whileOutside_neverReachesTheResource(EntryPoint entry) {
        HeldGate held = full();
        Caller<Integer> caller = entry.start(held.gate(), resource -> resource.use(1));
        held.awaitWaiting(1);
        caller.interrupt();

        assertFalse(assertInstanceOf(CallInterruptedException.class, caller.failure())
                .started());
        assertEquals(0, held.gate().waitingCount());
        assertOnlyHeldAndFilledRan(held, 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"CALL", "TIMED_CALL", "TRY_CALL"})
    void interrupt_whilePending_neverReachesTheResource(EntryPoint entry) {
        HeldGate held = HeldGate.open(audit, 1);
        Caller<Integer> caller = entry.start(held.gate(), resource -> resource.use(1));
        held.awaitPending(1);
        caller.interrupt();

        assertFalse(assertInstanceOf(CallInterruptedException.class, caller.failure())
                .started());
        assertEquals(0, held.gate().pendingCount());
        assertOnlyHeldAndFilledRan(held, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"CALL", "TIMED_CALL", "TRY_CALL"})
    void interrupt_whileRunning_callerGoesAtOnceAndTheCallRunsOn(EntryPoint entry) throws Exception {
        HeldGate held = free();
        Caller<Object> caller = entry.start(held.gate(), resource -> {
            resource.hold(entered, latch);
            return "late";
        });
        entered.await();
        caller.interrupt();

        assertTrue(assertInstanceOf(CallInterruptedException.class, caller.failure())
                .started());
        assertEquals(1, held.gate().stats().running(), "it runs on");
        latch.countDown();
        held.gate().close(Audit.PATIENCE);
        assertEquals(1, held.gate().stats().cancelled());
        assertEquals(0, held.witness().overlaps());
    }

    @ParameterizedTest
    @EnumSource(names = {"CALL", "TIMED_CALL", "TRY_CALL", "SUBMIT", "TIMED_SUBMIT"})
    void interrupt_beforeTheCall_isRefusedEvenIfThereIsAPlace(EntryPoint entry) {
        HeldGate held = HeldGate.open(audit, 1);
        Thread.currentThread().interrupt();
        CallInterruptedException thrown =
                assertThrows(CallInterruptedException.class, () -> entry.run(held.gate(), resource -> resource.use(1)));

        assertFalse(thrown.started());
        assertFalse(Thread.interrupted(), "the interrupt is spent, as the exception tells");
        assertOnlyHeldAndFilledRan(held, 0);
    }

    @Test
    void trySubmit_neverWaits_soAnInterruptedThreadMaySubmit() {
        HeldGate held = HeldGate.open(audit, 1);
        Thread.currentThread().interrupt();
        CompletableFuture<Integer> future = held.gate().trySubmit(resource -> resource.use(3));

        assertTrue(Thread.interrupted(), "the interrupt is kept");
        held.release();
        assertEquals(3, future.join());
    }

    // ---- deadline ----

    @ParameterizedTest
    @EnumSource(names = {"TIMED_CALL", "TIMED_SUBMIT"})
    void deadline_whileOutside_coversTheWaitForAPlace(EntryPoint entry) {
        HeldGate held = full();
        CallTimeoutException thrown = assertThrows(
                CallTimeoutException.class, () -> entry.run(held.gate(), resource -> resource.use(1), SHORT));

        assertFalse(thrown.started());
        assertEquals(0, held.gate().waitingCount());
        assertOnlyHeldAndFilledRan(held, 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMED_CALL", "TIMED_SUBMIT"})
    void deadline_whilePending_neverReachesTheResource(EntryPoint entry) {
        HeldGate held = HeldGate.open(audit, 1);
        CallTimeoutException thrown = assertThrows(
                CallTimeoutException.class, () -> entry.run(held.gate(), resource -> resource.use(1), SHORT));

        assertFalse(thrown.started());
        assertEquals(0, held.gate().pendingCount());
        assertEquals(1, held.gate().stats().expired());
        assertOnlyHeldAndFilledRan(held, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMED_CALL", "TIMED_SUBMIT"})
    void deadline_whileRunning_callerGoesAtOnceAndTheCallRunsOn(EntryPoint entry) throws Exception {
        HeldGate held = free();
        Duration limit = SHORT;
        CallTimeoutException thrown;
        do { // until the limit is long enough for this machine to start the call within it
            Duration current = limit;
            thrown = assertThrows(
                    CallTimeoutException.class,
                    () -> entry.run(
                            held.gate(),
                            resource -> {
                                resource.hold(entered, latch);
                                return "late";
                            },
                            current));
            limit = limit.multipliedBy(2);
        } while (!thrown.started());
        entered.await();

        assertEquals(1, held.gate().stats().running(), "it runs on");
        long expiredBefore = held.gate().stats().expired();
        latch.countDown();
        held.gate().close(Audit.PATIENCE);
        assertEquals(expiredBefore + 1, held.gate().stats().expired());
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMED_CALL", "TIMED_SUBMIT"})
    void deadline_passedBeforeTheCall_isNotLetIn(EntryPoint entry) {
        HeldGate held = free();
        for (Duration none :
                new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MIN_VALUE)}) {
            CallTimeoutException thrown = assertThrows(
                    CallTimeoutException.class, () -> entry.run(held.gate(), resource -> resource.use(1), none));
            assertFalse(thrown.started());
        }
        assertOnlyHeldAndFilledRan(held, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMED_CALL", "TIMED_SUBMIT"})
    void deadline_soFarAwayThatItOverflows_isNoLimit(EntryPoint entry) throws Throwable {
        HeldGate held = free();
        assertEquals(1, (int) entry.run(held.gate(), resource -> resource.use(1), Duration.ofSeconds(Long.MAX_VALUE)));
    }

    // ---- cancel ----

    @Test
    void cancel_whilePending_neverReachesTheResource() {
        HeldGate held = HeldGate.open(audit, 1);
        CompletableFuture<Integer> future = audit.watch(held.gate().trySubmit(resource -> resource.use(1)));

        assertTrue(future.cancel(true));
        assertTrue(future.isCancelled());
        CallCancelledException thrown = assertInstanceOf(CallCancelledException.class, Caller.failureOf(future));
        assertFalse(thrown.started());
        assertThrows(CancellationException.class, future::join);
        assertOnlyHeldAndFilledRan(held, 0);
    }

    @Test
    void cancel_whileRunning_ownerGoesAtOnceAndTheCallRunsOn() {
        HeldGate held = HeldGate.open(audit, 1);
        assertTrue(held.held().cancel(true));

        assertTrue(assertInstanceOf(CallCancelledException.class, Caller.failureOf(held.held()))
                .started());
        assertEquals(1, held.gate().stats().running(), "it runs on");
        held.release();
        held.gate().close(Audit.PATIENCE);
        assertEquals(1, held.gate().stats().cancelled());
    }

    @Test
    void cancel_afterTheEnd_changesNothing() {
        HeldGate held = free();
        CompletableFuture<Integer> future = held.gate().trySubmit(resource -> resource.use(7));
        assertEquals(7, future.join());

        assertFalse(future.cancel(true));
        assertEquals(7, future.join());
        assertEquals(0, held.gate().stats().cancelled());
    }

    /** {@code orTimeout}, {@code completeOnTimeout} and completing by hand leave nobody who could get the result. */
    @ParameterizedTest
    @ValueSource(strings = {"orTimeout", "completeOnTimeout", "complete", "completeExceptionally"})
    void future_completedFromOutside_givesTheCallUp(String how) {
        HeldGate held = HeldGate.open(audit, 1);
        CompletableFuture<Integer> future = audit.watch(held.gate().trySubmit(resource -> resource.use(1)));
        switch (how) {
            case "orTimeout" ->
                assertInstanceOf(TimeoutException.class, Caller.failureOf(future.orTimeout(1, TimeUnit.MILLISECONDS)));
            case "completeOnTimeout" ->
                assertEquals(
                        9, future.completeOnTimeout(9, 1, TimeUnit.MILLISECONDS).join());
            case "complete" -> assertTrue(future.complete(9));
            default -> assertTrue(future.completeExceptionally(new IllegalStateException()));
        }
        assertEquals(0, held.gate().pendingCount());
        assertOnlyHeldAndFilledRan(held, 0);
    }

    /** A dependent stage is another future: giving it up says nothing about the call. */
    @Test
    void cancel_ofADependentStage_leavesTheCallAlone() {
        HeldGate held = HeldGate.open(audit, 1);
        CompletableFuture<Integer> future = audit.watch(held.gate().trySubmit(resource -> resource.use(1)));
        future.thenApply(result -> result + 1).cancel(true);

        assertEquals(1, held.gate().pendingCount());
        held.release();
        assertEquals(1, future.join());
    }
}
