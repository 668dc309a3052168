package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 3: at most {@code capacity} calls are pending; who gives up gives the place back at once. */
class BoundTest {
    @RegisterExtension
    final Audit audit = new Audit();

    @Test
    void capacity_byDefault_isAHundred() {
        assertEquals(100, TurnstileOptions.defaults().capacity());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100})
    void pending_neverExceedsCapacity_theRestWaitsOutside(int capacity) {
        HeldGate held = HeldGate.open(audit, capacity);
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < capacity + 7; i++) {
            callers.add(Caller.start(() -> held.gate().call(resource -> resource.use(1))));
        }
        held.awaitPending(capacity);
        held.awaitWaiting(7);

        assertEquals(capacity, held.gate().capacity());
        assertEquals(capacity + 1, held.gate().stats().accepted(), "those outside are not accepted");
        held.release();
        callers.forEach(Caller::result);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRY_CALL", "TRY_SUBMIT"})
    void fullLine_refusesThoseWhoWouldNotWait(EntryPoint entry) {
        HeldGate held = HeldGate.open(audit, 2);
        held.fill();

        TurnstileFullException refused =
                assertThrows(TurnstileFullException.class, () -> entry.run(held.gate(), resource -> resource.use(1)));
        assertTrue(refused.getMessage().contains("capacity of 2"), refused.getMessage());
        assertEquals(0, refused.getStackTrace().length, "a refusal is cheap");
        assertEquals(1, held.gate().stats().notAdmitted());
        held.release();
    }

    @Test
    void submit_whenFull_waitsUntilAPlaceIsFree() {
        HeldGate held = HeldGate.open(audit, 1);
        held.fill();
        Caller<CompletableFuture<Integer>> submitter =
                Caller.start(() -> audit.watch(held.gate().submit(resource -> resource.use(5))));
        held.awaitWaiting(1);
        assertTrue(!submitter.isDone());
        held.release();

        assertEquals(
                5,
                submitter
                        .result()
                        .orTimeout(30, java.util.concurrent.TimeUnit.SECONDS)
                        .join());
    }

    @Test
    void cancelledWhilePending_givesItsPlaceBackAtOnce() {
        HeldGate held = HeldGate.open(audit, 3);
        List<CompletableFuture<Integer>> futures = held.fill();
        futures.get(1).cancel(false);

        assertEquals(2, held.gate().pendingCount());
        held.fill();
        held.release();
    }

    @Test
    void cancelledWhilePending_theFirstOutsideGetsThePlaceWhileTheWorkerIsBusy() {
        HeldGate held = HeldGate.open(audit, 1);
        List<CompletableFuture<Integer>> futures = held.fill();
        Caller<CompletableFuture<Integer>> outside =
                Caller.start(() -> audit.watch(held.gate().submit(resource -> resource.use(5))));
        held.awaitWaiting(1);
        futures.get(0).cancel(false);
        outside.result();

        assertEquals(1, held.gate().pendingCount());
        held.release();
    }

    @Test
    void expiredWhilePending_givesItsPlaceBackWhileTheWorkerIsBusy() {
        HeldGate held = HeldGate.open(audit, 1);
        assertThrows(
                CallTimeoutException.class, () -> held.gate().call(resource -> resource.use(1), Duration.ofMillis(1)));
        assertEquals(0, held.gate().pendingCount());
        held.release();
    }

    /** What has left the line is not kept for the worker to find: here it is held, and finds nothing. */
    @Test
    void cancelledCalls_doNotLingerInTheQueue() {
        HeldGate held = HeldGate.open(audit, 1000);
        List<WeakReference<Object>> captured = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            List<CompletableFuture<Object>> futures = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                Object big = new byte[100];
                captured.add(new WeakReference<>(big));
                futures.add(held.gate().trySubmit(resource -> big));
            }
            Collections.shuffle(futures, new Random(round));
            futures.forEach(future -> future.cancel(false));
        }
        assertEquals(0, held.gate().pendingCount());
        Eventually.isTrue("all that was cancelled is garbage", () -> {
            System.gc();
            return captured.stream().allMatch(reference -> reference.get() == null);
        });
        held.release();
    }

    /** The peak that callers see from within the resource, with many more callers than places. */
    @Test
    void pending_seenFromTheWorker_neverExceedsCapacity() throws Exception {
        Turnstile<AtomicInteger> gate = audit.watch(Turnstile.<AtomicInteger, RuntimeException>open(
                AtomicInteger::new, unused -> {}, TurnstileOptions.defaults().withCapacity(3)));
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            callers.add(Caller.start(() -> {
                for (int n = 0; n < 50; n++) {
                    gate.call(peak -> peak.accumulateAndGet(gate.pendingCount(), Math::max));
                }
                return 0;
            }));
        }
        callers.forEach(Caller::result);
        int peak = gate.call(AtomicInteger::get);

        assertTrue(peak >= 1 && peak <= 3, "peak " + peak);
    }
}
