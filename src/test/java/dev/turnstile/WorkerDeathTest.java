package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Witness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/**
 * Promise 6, the worst case: the worker's own code fails, as it may when memory runs out. Everybody is told, the resource is
 * closed, nobody hangs. The tutorial's wrapper leaves all futures open and all producers blocked.
 */
class WorkerDeathTest {
    private static final TurnstileOptions OPTIONS = TurnstileOptions.defaults().withCapacity(3);

    private final Error cause = new OutOfMemoryError("in the gate's own code");

    private final DeadlyQueue queue = new DeadlyQueue();
    private final Line<Witness> line = new Line<>(OPTIONS, Observers.NOBODY, queue);
    private final Witness witness = new Witness();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch latch = new CountDownLatch(1);
    private final Workers<Witness> workers =
            new Workers<>(line, Observers.NOBODY, new SimpleSource<>(() -> witness, Witness::close), OPTIONS);

    /** Fails once when it is told to: that is the worker's own code failing. */
    private final class DeadlyQueue extends LinkedBlockingQueue<Call<Witness, ?>> {
        private static final long serialVersionUID = 1;
        private transient boolean deadly;

        @Override
        public Call<Witness, ?> poll() {
            if (deadly) {
                deadly = false;
                throw cause;
            }
            return super.poll();
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
        assertNull(workers.open());
        entered.await();
        return held.future();
    }

    private void assertDead(List<CompletableFuture<Integer>> refused) throws InterruptedException {
        assertTrue(workers.awaitEnd(Deadline.after(Audit.PATIENCE)));
        for (CompletableFuture<Integer> future : refused) {
            TurnstileClosedException thrown = (TurnstileClosedException) Caller.failureOf(future);
            assertSame(cause, thrown.getCause());
            assertFalse(thrown.started());
        }
        assertEquals(1, witness.closes());
        assertEquals(0, witness.closedUnderCall());
        assertEquals(TurnstileState.CLOSED, line.state());
        Audit.assertSettled(line.stats());
        assertEquals(Line.Admission.REFUSED, line.enter(new FutureCall<>(line, resource -> resource.use(0)), true));
    }

    @Test
    void diesAfterACall_everybodyBehindIsToldWhy() throws Exception {
        CompletableFuture<String> held = holdTheWorker();
        queue.deadly = true;
        List<CompletableFuture<Integer>> behind = new ArrayList<>();
        behind.add(enter(0).future());
        behind.add(enter(1).future());
        behind.add(enter(2).future());
        Caller<Object> outside = Caller.start(() -> {
            BlockingCall<Witness, Integer> call = new BlockingCall<>(resource -> resource.use(3), Deadline.NEVER);
            line.enter(call, true);
            call.await(line, Deadline.NEVER);
            return call.state();
        });
        Eventually.isTrue("outside", () -> line.stats().waiting() == 1);
        latch.countDown();

        assertEquals("held", held.join());
        assertDead(behind);
        assertEquals(CallState.REFUSED, outside.result());
    }

    /** Those who wait for their calls and those with futures, in the line and outside: each is told, once. */
    @Test
    void diesBeforeACrowd_everybodyIsToldWhy() throws Exception {
        int crowd = 240;
        CompletableFuture<String> held = holdTheWorker();
        queue.deadly = true;
        List<Caller<Object>> behind = new ArrayList<>();
        for (int i = 0; i < crowd; i++) {
            boolean blocking = i % 2 == 0;
            behind.add(Caller.start(() -> blocking ? outcomeOfABlockingCall() : outcomeOfAFuture()));
        }
        Eventually.isTrue(
                "all have come", () -> line.stats().pending() + line.stats().waiting() == crowd);
        latch.countDown();

        assertEquals("held", held.get());
        for (Caller<Object> caller : behind) {
            TurnstileClosedException told = (TurnstileClosedException) caller.result();
            assertSame(cause, told.getCause());
            assertFalse(told.started());
        }
        assertDead(List.of());
        assertEquals(1, line.stats().completed());
        assertEquals(
                crowd, line.stats().refused() + line.stats().notAdmitted() - 1, "but for the one that came too late");
    }

    private Object outcomeOfABlockingCall() throws Exception {
        BlockingCall<Witness, Integer> call = new BlockingCall<>(resource -> resource.use(2), Deadline.NEVER);
        line.enter(call, true);
        call.await(line, Deadline.NEVER);
        return call.state() == CallState.COMPLETED
                ? call.result()
                : line.refusals().of(call);
    }

    private Object outcomeOfAFuture() throws Exception {
        FutureCall<Witness, Integer> call = enter(2);
        call.await(line, Deadline.NEVER);
        return call.accepted()
                ? Caller.failureOf(call.placed(Deadline.NEVER))
                : line.refusals().of(call);
    }
}
