package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Uninterruptibly;
import dev.turnstile.testing.VirtualTime;
import dev.turnstile.testing.Witness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 8: closing refuses, wakes, drains up to a limit, reports; and the resource is never closed under a call. */
class CloseTest {
    @RegisterExtension
    final Audit audit = new Audit();

    @Test
    void close_runsWhatIsInTheLine_thenClosesTheResource() {
        HeldGate held = HeldGate.open(audit, 10);
        List<CompletableFuture<Integer>> futures = held.fill();
        Caller<CloseReport> closer = Caller.start(() -> held.gate().close(Audit.PATIENCE));
        Eventually.isTrue("draining", () -> held.gate().state() == TurnstileState.DRAINING);
        held.release();
        CloseReport report = closer.result();

        for (int i = 0; i < 10; i++) {
            assertEquals(i, futures.get(i).join());
        }
        assertEquals(11, report.drained());
        assertEquals(0, report.refused() + report.notAdmitted() + report.abandoned());
        assertTrue(report.resourceClosed());
        assertFalse(report.elapsed().isNegative());
        assertEquals(TurnstileState.CLOSED, held.gate().state());
        assertEquals(1, held.witness().closes());
        assertEquals(0, held.witness().closedUnderCall());
    }

    @Test
    void close_wakesThoseOutsideAtOnce_whileTheWorkerIsBusy() {
        HeldGate held = HeldGate.open(audit, 1);
        held.fill();
        List<Caller<Integer>> outside = new ArrayList<>();
        EntryPoint[] waiting = {EntryPoint.CALL, EntryPoint.TIMED_CALL, EntryPoint.SUBMIT, EntryPoint.TIMED_SUBMIT};
        for (int i = 0; i < 200; i++) {
            outside.add(waiting[i % 4].start(held.gate(), resource -> resource.use(1)));
        }
        held.awaitWaiting(200);
        held.gate().shutdown();

        for (Caller<Integer> caller : outside) {
            assertFalse(assertInstanceOf(TurnstileClosedException.class, caller.failure())
                    .started());
        }
        assertEquals(1, held.gate().pendingCount(), "what is in the line stays");
        held.release();
        CloseReport report = held.gate().close(Audit.PATIENCE);
        assertEquals(200, report.notAdmitted());
        assertEquals(2, held.witness().uses());
    }

    @ParameterizedTest
    @EnumSource
    void call_afterClosingBegan_isRefused(EntryPoint entry) {
        HeldGate held = HeldGate.open(audit, 5);
        held.gate().shutdown();

        assertFalse(assertThrows(
                        TurnstileClosedException.class, () -> entry.run(held.gate(), resource -> resource.use(1)))
                .started());
        held.release();
        held.gate().close();
        assertThrows(TurnstileClosedException.class, () -> entry.run(held.gate(), resource -> resource.use(1)));
        assertEquals(1, held.witness().uses());
    }

    @ParameterizedTest
    @EnumSource
    void limitPasses_refusesTheRestOfTheLine(EntryPoint entry) {
        HeldGate held = HeldGate.open(audit, 1);
        Caller<Integer> pending = entry.start(held.gate(), resource -> resource.use(1));
        held.awaitPending(1);
        CloseReport report = held.gate().close(Duration.ofMillis(1));

        assertFalse(assertInstanceOf(TurnstileClosedException.class, pending.failure())
                .started());
        assertEquals(1, report.refused());
        held.release();
        assertTrue(held.gate().close(Audit.PATIENCE).resourceClosed());
        assertEquals(1, held.witness().uses(), "the refused call never reached the resource");
    }

    /** The tutorial's wrapper shuts the plugin down under the running call. */
    @Test
    void callThatDoesNotReturn_closeComesBackSaysSoAndLeavesTheResourceOpen() {
        HeldGate held = HeldGate.open(audit, 1);
        CloseReport report = held.gate().close(Duration.ofMillis(1));

        assertEquals(1, report.abandoned());
        assertFalse(report.resourceClosed());
        assertEquals(0, held.witness().closes());
        assertTrue(assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(held.held()))
                .started());
        assertEquals(TurnstileState.REFUSING, held.gate().state());
        assertEquals(1, held.gate().stats().running());

        held.release();
        assertTrue(held.gate().close(Audit.PATIENCE).resourceClosed());
        assertEquals(1, held.witness().closes());
        assertEquals(0, held.witness().closedUnderCall());
        assertEquals(1, held.gate().stats().refused());
    }

    @Test
    void close_withZero_refusesAtOnce() {
        HeldGate held = HeldGate.open(audit, 3);
        List<CompletableFuture<Integer>> futures = held.fill();
        CloseReport report = held.gate().close(Duration.ZERO);

        assertEquals(3, report.refused());
        futures.forEach(future -> assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(future)));
        held.release();
    }

    /** The tutorial's wrapper shuts down at once if its closer is interrupted, and lets a second closer by while it is open. */
    @Test
    void close_interrupted_countsAsTheLimitAndKeepsTheInterrupt() {
        HeldGate held = HeldGate.open(audit, 1);
        held.fill();
        CountDownLatch kept = new CountDownLatch(1);
        Caller<CloseReport> closer = Caller.start(() -> {
            CloseReport report = held.gate().close(Duration.ofHours(1));
            if (Thread.currentThread().isInterrupted()) {
                kept.countDown();
            }
            return report;
        });
        Eventually.isTrue("draining", () -> held.gate().state() == TurnstileState.DRAINING);
        closer.interrupt();
        CloseReport report = closer.result();

        assertEquals(0, kept.getCount());
        assertEquals(1, report.refused());
        assertFalse(report.resourceClosed());
        assertEquals(0, held.witness().closes(), "not closed under the running call");
        held.release();
    }

    @Test
    void close_fromManyThreads_closesOnceAndAllSeeTheEnd() {
        HeldGate held = HeldGate.open(audit, 10);
        held.fill();
        List<Caller<CloseReport>> closers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            closers.add(Caller.start(() -> held.gate().close(Audit.PATIENCE)));
        }
        Eventually.isTrue("draining", () -> held.gate().state() == TurnstileState.DRAINING);
        held.release();

        for (Caller<CloseReport> closer : closers) {
            assertTrue(closer.result().resourceClosed());
            assertEquals(11, closer.result().drained());
        }
        assertEquals(1, held.witness().closes());
    }

    @Test
    void close_again_returnsTheSameReport() {
        HeldGate held = HeldGate.open(audit, 3);
        held.fill();
        held.release();
        CloseReport first = held.gate().close(Audit.PATIENCE);
        CloseReport second = held.gate().close(Duration.ZERO);

        assertEquals(first.drained(), second.drained());
        assertEquals(0, second.refused());
        assertTrue(second.resourceClosed());
    }

    @Test
    void close_fromTheWorker_returnsAtOnceAndHappensAfterTheCall() throws Exception {
        HeldGate held = HeldGate.open(audit, 3);
        CompletableFuture<CloseReport> closing =
                audit.watch(held.gate().trySubmit(resource -> held.gate().close(Audit.PATIENCE)));
        CompletableFuture<Integer> behind = audit.watch(held.gate().trySubmit(resource -> resource.use(1)));
        held.release();

        assertFalse(closing.join().resourceClosed());
        assertEquals(1, behind.join(), "the line is drained");
        assertTrue(held.gate().awaitTermination(Audit.PATIENCE));
        assertEquals(0, held.witness().closedUnderCall());
    }

    /** Nobody waits for this close, so the worker itself minds the limit. */
    @Test
    void close_fromTheWorkerWithZero_refusesWhatStandsBehind() throws Exception {
        HeldGate held = HeldGate.open(audit, 3);
        audit.watch(held.gate().trySubmit(resource -> held.gate().close(Duration.ZERO)));
        CompletableFuture<Integer> behind = audit.watch(held.gate().trySubmit(resource -> resource.use(1)));
        held.release();

        assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(behind));
        assertTrue(held.gate().awaitTermination(Audit.PATIENCE));
        assertEquals(1, held.witness().uses());
    }

    @Test
    void close_fromADependentStage_isSafe() throws Exception {
        HeldGate held = HeldGate.open(audit, 3);
        CompletableFuture<CloseReport> closing =
                held.held().thenApply(result -> held.gate().close(Audit.PATIENCE));
        held.release();

        assertTrue(closing.get(30, java.util.concurrent.TimeUnit.SECONDS).resourceClosed());
    }

    @Test
    void shutdown_doesNotWait_andDrains() throws Exception {
        HeldGate held = HeldGate.open(audit, 3);
        List<CompletableFuture<Integer>> futures = held.fill();
        held.gate().shutdown();
        held.gate().shutdown();
        assertEquals(TurnstileState.DRAINING, held.gate().state());
        assertFalse(held.gate().awaitTermination(Duration.ZERO));
        held.release();

        assertTrue(held.gate().awaitTermination(Audit.PATIENCE));
        futures.forEach(future -> assertTrue(future.isDone() || future.join() != null));
    }

    @Test
    void closerThrows_isReportedAndTheGateIsClosed() throws Exception {
        IOException failure = new IOException("cannot");
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new,
                resource -> {
                    throw failure;
                },
                TurnstileOptions.defaults()));
        CloseReport report = gate.close(Audit.PATIENCE);

        assertSame(failure, report.closeFailure());
        assertTrue(report.resourceClosed());
        assertEquals(TurnstileState.CLOSED, gate.state());
    }

    @Test
    void tryWithResources_closesWithTheLimitOfTheOptions() throws Exception {
        AtomicReference<Witness> witness = new AtomicReference<>();
        try (Turnstile<Witness> gate = Turnstile.<Witness, RuntimeException>open(() -> {
            witness.set(new Witness());
            return witness.get();
        })) {
            assertEquals(4, (int) gate.call(resource -> resource.use(4)));
        }
        assertEquals(1, witness.get().closes());
    }

    @Test
    void resourceThatHangsWhileItCloses_closeComesBackInTime() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, resource -> resource.hold(new CountDownLatch(1), latch), TurnstileOptions.defaults()));
        CloseReport report = gate.close(Duration.ofMillis(1));

        assertFalse(report.resourceClosed());
        assertEquals(0, report.abandoned());
        latch.countDown();
        assertTrue(gate.awaitTermination(Audit.PATIENCE));
    }

    /** Nobody waited for this close, and so nobody minded its limit. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void limitOfACloseFromTheWorker_passes_refusesTheRestAndTellsTheCaller(boolean inVirtualTime) throws Exception {
        VirtualTime time = new VirtualTime();
        Duration limit = inVirtualTime ? Duration.ofHours(1) : Duration.ofMillis(1);
        TurnstileOptions options = TurnstileOptions.defaults();
        HeldGate held = HeldGate.open(audit, inVirtualTime ? options.withTimeSource(time) : options);
        CountDownLatch mayReturn = audit.latch();
        CompletableFuture<CloseReport> closing = audit.watch(held.gate().trySubmit(resource -> {
            CloseReport report = held.gate().close(limit);
            Uninterruptibly.await(mayReturn);
            return report;
        }));
        CompletableFuture<Integer> behind = audit.watch(held.gate().trySubmit(resource -> resource.use(1)));
        held.release();
        if (inVirtualTime) {
            time.awaitParked(1);
            time.advance(limit);
        }

        assertTrue(assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(closing))
                .started());
        assertFalse(assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(behind))
                .started());
        mayReturn.countDown();
        assertTrue(held.gate().awaitTermination(Audit.PATIENCE));
        assertEquals(1, held.gate().close(Audit.PATIENCE).abandoned());
    }

    /** Another instance hangs, which the limit is for. */
    @Test
    void limitOfACloseFromAWorkerOfAPool_isKeptForTheOthers() throws Exception {
        HeldGate held = HeldGate.open(audit, TurnstileOptions.defaults().withPoolSize(2));
        var unused = audit.watch(held.gate().trySubmit(resource -> held.gate().close(Duration.ofMillis(1))));

        assertTrue(assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(held.held()))
                .started());
        held.release();
        assertTrue(held.gate().awaitTermination(Audit.PATIENCE));
    }

    /** What is said of closing was said of a resource that had been lost long before. */
    @Test
    void closerOfALostResource_thatThrew_isNotReportedAsFailureToClose() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        ResourceSource<Object, RuntimeException> source = new ResourceSource<>() {
            @Override
            public Object open() {
                return new Object();
            }

            @Override
            public boolean isLost(Object resource, Throwable failure) {
                return true;
            }

            @Override
            public void close(Object resource) {
                if (closed.incrementAndGet() == 1) {
                    throw new IllegalStateException("cannot close the lost one");
                }
            }
        };
        RestartPolicy atOnce = RestartPolicy.limited(1, Duration.ofHours(1)).withDelays(Duration.ZERO, Duration.ZERO);
        Turnstile<Object> gate =
                audit.watch(Turnstile.open(source, TurnstileOptions.defaults().withRestarts(atOnce)));
        assertThrows(
                IllegalStateException.class,
                () -> gate.call(resource -> {
                    throw new IllegalStateException("it breaks");
                }));
        gate.call(Object::hashCode);
        Eventually.isTrue("the lost one is closed", () -> closed.get() == 1);

        CloseReport report = gate.close(Audit.PATIENCE);
        assertTrue(report.resourceClosed());
        assertNull(report.closeFailure());
    }
}
