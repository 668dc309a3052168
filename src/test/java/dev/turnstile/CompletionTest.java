package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.HeldGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promise 10: what hangs on a future never runs on the worker, and what it does or throws harms nobody. */
class CompletionTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void dependentStage_runsOnAVirtualThread_notOnTheWorker() throws Exception {
        HeldGate held = HeldGate.open(audit, 5);
        CompletableFuture<Boolean> ofResult = held.gate()
                .trySubmit(resource -> 1)
                .thenApply(result -> Thread.currentThread().isVirtual());
        CompletableFuture<Boolean> ofFailure = held.gate()
                .trySubmit(resource -> {
                    throw new IllegalStateException();
                })
                .handle((result, thrown) -> Thread.currentThread().isVirtual());
        CompletableFuture<Boolean> ofRefusal = held.gate()
                .trySubmit(resource -> 1)
                .handle((result, thrown) -> Thread.currentThread().isVirtual());
        held.gate().trySubmit(resource -> held.gate().close(Duration.ZERO));
        held.release();

        assertTrue(get(ofResult));
        assertTrue(get(ofFailure));
        assertTrue(get(ofRefusal));
    }

    /** In the tutorial's wrapper such a stage runs on the worker and waits for itself. */
    @Test
    void dependentStageThatCallsAgain_doesNotDeadlock() throws Exception {
        HeldGate held = HeldGate.open(audit, 1);
        CompletableFuture<Integer> again = held.held().thenApply(result -> {
            try {
                return held.gate().call(resource -> resource.use(3))
                        + get(held.gate().submit(resource -> 4));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        held.release();

        assertEquals(7, get(again));
    }

    @Test
    void dependentStageThatBlocks_holdsUpNeitherTheWorkerNorOtherFutures() throws Exception {
        HeldGate held = HeldGate.open(audit, 100);
        CountDownLatch never = new CountDownLatch(1);
        List<CompletableFuture<Integer>> free = new ArrayList<>();
        List<CompletableFuture<Void>> blocked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            blocked.add(held.gate().trySubmit(resource -> resource.use(number)).thenAccept(result -> await(never)));
            free.add(held.gate().trySubmit(resource -> resource.use(number)));
        }
        held.release();
        for (int i = 0;
                i < 50;
                i++) { // not of those with a stage: whoever waits for a future may be made to run its stages
            assertEquals(i, get(free.get(i)));
        }
        assertTrue(held.gate().close(Audit.PATIENCE).resourceClosed());
        assertFalse(blocked.stream().anyMatch(CompletableFuture::isDone));
        never.countDown();
        for (CompletableFuture<Void> stage : blocked) {
            get(stage);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Two futures whose stages wait for each other's futures: one thread for both would never finish. */
    @Test
    void dependentStageThatWaitsForALaterFuture_finishes() throws Exception {
        HeldGate held = HeldGate.open(audit, 5);
        CompletableFuture<CompletableFuture<Integer>> later = new CompletableFuture<>();
        CompletableFuture<Integer> first = held.gate()
                .trySubmit(resource -> 1)
                .thenApply(result -> later.join().join() + result);
        later.complete(held.gate().trySubmit(resource -> 2));
        held.release();

        assertEquals(3, get(first));
    }

    @Test
    void dependentStageThatThrows_harmsNobody() throws Exception {
        HeldGate held = HeldGate.open(audit, 5);
        CompletableFuture<?> future = held.held();
        future.whenComplete((result, thrown) -> {
            throw new StackOverflowError();
        });
        held.release();

        get(future);
        assertEquals(5, (int) held.gate().call(resource -> resource.use(5)));
    }

    @Test
    void complete_byTheOwner_saysWhetherItDid() throws Exception {
        HeldGate held = HeldGate.open(audit, 1);
        CompletableFuture<Integer> future = audit.watch(held.gate().trySubmit(resource -> resource.use(1)));

        assertTrue(future.complete(5));
        assertFalse(future.complete(6));
        assertEquals(5, get(future));
        assertEquals(0, held.gate().pendingCount(), "its call has left the line");
        held.release();
    }
}
