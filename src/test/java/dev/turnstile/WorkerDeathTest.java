package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Witness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * Promise 6, the worst case: the worker's own code fails, as it may when memory runs out. Everybody is told, the resource is
 * closed, nobody hangs. The tutorial's wrapper leaves all futures open and all producers blocked.
 */
class WorkerDeathTest {
    private final Error cause = new OutOfMemoryError("in the gate's own code");

    private final Line<Witness> line = new Line<>(3);
    private final Witness witness = new Witness();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch latch = new CountDownLatch(1);
    private final Worker<Witness> worker =
            new Worker<>(line, () -> witness, Witness::close, TurnstileOptions.defaults());

    /** A call whose owner cannot be told: that is the worker's own code failing. */
    private final class Deadly extends Call<Witness, Integer> {
        Deadly() {
            super(resource -> resource.use(0));
        }

        @Override
        void wake() {
            throw cause;
        }

        @Override
        boolean isAwaited() {
            return false;
        }
    }

    private FutureCall<Witness, Integer> enter(int number) {
        FutureCall<Witness, Integer> call = new FutureCall<>(line, resource -> resource.use(number));
        line.enter(call, true);
        return call;
    }

    private CompletableFuture<String> holdTheWorker() throws InterruptedException {
        FutureCall<Witness, String> held = new FutureCall<>(line, resource -> {
            resource.hold(entered, latch);
            return "held";
        });
        line.enter(held, true);
        worker.start();
        assertNull(worker.awaitOpen());
        entered.await();
        return held.future();
    }

    private void assertDead(List<CompletableFuture<Integer>> refused) throws InterruptedException {
        assertTrue(worker.awaitEnd(Audit.PATIENCE));
        for (CompletableFuture<Integer> future : refused) {
            TurnstileClosedException thrown = (TurnstileClosedException) Caller.failureOf(future);
            assertSame(cause, thrown.getCause());
            assertFalse(thrown.started());
        }
        assertEquals(1, witness.closes());
        assertEquals(0, witness.closedUnderCall());
        assertEquals(TurnstileState.CLOSED, line.state());
        Audit.assertSettled(line.stats());
        assertEquals(Line.Admission.CLOSED, line.enter(new Deadly(), true));
    }

    @Test
    void diesAfterACall_everybodyBehindIsToldWhy() throws Exception {
        CompletableFuture<String> held = holdTheWorker();
        line.enter(new Deadly(), true);
        List<CompletableFuture<Integer>> behind = new ArrayList<>();
        behind.add(enter(1).future());
        behind.add(enter(2).future());
        Caller<Object> outside = Caller.start(() -> {
            BlockingCall<Witness, Integer> call = new BlockingCall<>(resource -> resource.use(3));
            line.enter(call, true);
            call.await(line, Deadline.NEVER);
            return call.state();
        });
        dev.turnstile.testing.Eventually.isTrue("outside", () -> line.stats().waiting() == 1);
        latch.countDown();

        assertEquals("held", held.join());
        assertDead(behind.subList(0, 0));
        assertEquals(CallState.REFUSED, outside.result());
        for (CompletableFuture<Integer> future : behind) {
            assertSame(cause, Caller.failureOf(future).getCause());
        }
    }

    /** It dies between the start of a call and its run: the call in its hand is failed, too. */
    @Test
    void diesWithACallInHand_thatCallIsFailedAsStarted() throws Exception {
        holdTheWorker();
        FutureCall<Witness, Integer> inHand = enter(1);
        List<CompletableFuture<Integer>> behind = List.of(enter(2).future(), enter(3).future());
        line.enter(new Deadly(), true); // outside: it is woken when the call in hand starts
        latch.countDown();

        TurnstileClosedException thrown = (TurnstileClosedException) Caller.failureOf(inHand.future());
        assertTrue(thrown.started());
        assertSame(cause, thrown.getCause());
        assertDead(behind);
        assertEquals(1, line.stats().failed());
    }
}
