package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

/** Promise 10: what hangs on a future never runs on the worker, and what it does or throws harms nobody. */
class CompletionTest {
    private static final int SMALL_STACK = 256 << 10;

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

    /** The JDK's combining methods add their stages where the future does not see it, here after its call has ended; and the worker is busy for long. */
    @Test
    void stageOfAllFutures_addedWhenTheCallHasEnded_runsWhileTheWorkerIsBusy() throws Exception {
        HeldGate held = HeldGate.open(audit, 5);
        CountDownLatch later = new CountDownLatch(1);
        CompletableFuture<Integer> first = held.gate().trySubmit(resource -> 1);
        CompletableFuture<Integer> second = held.gate().trySubmit(resource -> 2);
        CompletableFuture<?> busy = held.gate().trySubmit(resource -> {
            await(later);
            return null;
        });
        held.release();
        assertEquals(2, get(second));

        get(CompletableFuture.allOf(first, second).thenRun(() -> {}));
        get(CompletableFuture.anyOf(first, second).thenRun(() -> {}));
        assertFalse(busy.isDone());
        later.countDown();
        get(busy);
    }

    /** The stages of other futures may run on the same thread. */
    @Test
    void stage_findsNothingThatAnotherOneLeftOnTheThread() throws Exception {
        assertNotSeen(
                400,
                gate -> {
                    MDC.put("left", "over");
                    Thread.currentThread().interrupt();
                },
                () -> MDC.get("left") != null || Thread.currentThread().isInterrupted());
    }

    /** Its calls would otherwise get the limit of a block that somebody else did not close. */
    @Test
    void stage_isNotInABlockThatAnotherOneLeftOpenOnTheThread() throws Exception {
        assertNotSeen(
                50,
                gate -> gate.fanOut(JoinPolicy.ALL_OR_CANCEL, Duration.ofDays(1)),
                () -> FanOut.deadlineOfBlock() != Deadline.NEVER);
    }

    /** Completes futures in turns of which one has a stage that leaves something, and one a stage that looks for it. */
    private void assertNotSeen(int times, Consumer<Turnstile<Witness>> leave, BooleanSupplier sees) throws Exception {
        HeldGate held = HeldGate.open(audit, 2 * times);
        List<CompletableFuture<?>> leaving = new ArrayList<>();
        List<CompletableFuture<Boolean>> looking = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            leaving.add(held.gate().trySubmit(resource -> 1).thenRun(() -> leave.accept(held.gate())));
            looking.add(held.gate().trySubmit(resource -> 1).thenApply(result -> sees.getAsBoolean()));
        }
        held.release();

        for (int i = 0; i < times; i++) {
            get(leaving.get(i));
            assertFalse(get(looking.get(i)));
        }
    }

    /** Who adds a stage at the end of its stack must not take others' futures with it: here one that has just ended, while the worker is busy. */
    @Test
    void stageThatIsAddedAtTheEndOfAStack_stopsNoOthers() throws Exception {
        HeldGate held = HeldGate.open(audit, 5);
        CompletableFuture<Integer> old = held.gate().trySubmit(resource -> 1);
        held.release();
        get(old);
        for (int i = 0; i < 2_400; i++) {
            int levels = i % 120;
            CountDownLatch hasEnded = new CountDownLatch(1);
            CountDownLatch isAdded = new CountDownLatch(1);
            Thread deep = new Thread(
                    null,
                    () -> {
                        await(hasEnded);
                        addStageAfterRecursion(old, levels);
                        isAdded.countDown();
                    },
                    "deep",
                    SMALL_STACK);
            deep.start();
            CompletableFuture<Integer> one = held.gate().submit(resource -> 1);
            CompletableFuture<?> busy = held.gate().submit(resource -> {
                hasEnded.countDown();
                await(isAdded);
                return null;
            });
            get(CompletableFuture.allOf(one, busy));
            get(one.thenRun(() -> {}));
        }
    }

    /** Adds one so many levels before the end. */
    @SuppressWarnings("InfiniteRecursion") // that is the point
    private static int addStageAfterRecursion(CompletableFuture<Integer> future, int levels) {
        int left;
        try {
            left = addStageAfterRecursion(future, levels);
        } catch (StackOverflowError end) {
            return levels;
        }
        if (left == 0) {
            try {
                future.thenRun(() -> {});
            } catch (StackOverflowError expected) {
                return -1;
            }
        }
        return left - 1;
    }

    /** Not a thread for each of them. */
    @Test
    void manyFutures_whoseStagesAreShort_shareThreads() throws Exception {
        int many = 1_000;
        HeldGate held = HeldGate.open(audit, many);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            futures.add(held.gate().trySubmit(resource -> 1).thenRun(() -> threads.add(Thread.currentThread())));
        }
        held.release();
        for (CompletableFuture<?> future : futures) {
            get(future);
        }

        assertTrue(threads.size() < many / 2, () -> threads.size() + " threads for " + many + " futures");
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
