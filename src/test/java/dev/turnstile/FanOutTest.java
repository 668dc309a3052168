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
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A block of forks: what it waits for, what it cancels, and that nothing is left of it. */
class FanOutTest {
    private static final int CAPACITY = 3;
    private static final int FORKS = 20;

    @RegisterExtension
    final Audit audit = new Audit();

    private final HeldGate held = HeldGate.open(audit, CAPACITY);
    private final AtomicInteger ran = new AtomicInteger();

    @AfterEach
    void letTheWorkerGo() {
        held.release();
    }

    private FanOut<Witness, Integer> open(JoinPolicy policy) {
        return held.gate().fanOut(policy);
    }

    private List<Fork<Integer>> forkAll(FanOut<Witness, Integer> block) {
        List<Fork<Integer>> forks = new ArrayList<>();
        for (int i = 0; i < FORKS; i++) {
            forks.add(forkOne(block, i));
        }
        return forks;
    }

    private Fork<Integer> forkOne(FanOut<Witness, Integer> block, int number) {
        return block.fork(witness -> {
            ran.incrementAndGet();
            return witness.use(number);
        });
    }

    private static Fork<Integer> forkFailing(FanOut<Witness, Integer> block) {
        return block.fork(witness -> {
            throw new IllegalArgumentException("this fork fails");
        });
    }

    private void assertLineIsEmpty() {
        TurnstileStats stats = held.gate().stats();
        assertEquals(0, stats.waiting() + stats.pending(), stats::toString);
    }

    /** The line is served in order: a call that comes now runs behind all that were in it. */
    private void assertNoneRuns() throws InterruptedException {
        held.release();
        held.gate().<Integer, RuntimeException>call(witness -> witness.use(0));
        assertEquals(0, ran.get());
    }

    // ---- all, or cancel ----

    @Test
    void allSucceed_joinHasTheResultsInOrder() throws Exception {
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            List<Fork<Integer>> forks = forkAll(block);
            assertEquals(CAPACITY, held.gate().pendingCount());
            assertEquals(FORKS - CAPACITY, held.gate().waitingCount());
            held.release();
            assertEquals(
                    IntStream.range(0, FORKS).boxed().toList(), block.join().results());
            for (int i = 0; i < FORKS; i++) {
                assertEquals(i, forks.get(i).get());
                assertEquals(Fork.State.SUCCESS, forks.get(i).state());
            }
        }
    }

    @Test
    void oneFails_noneOfTheOthersReachesTheResource_andTheJoinThrows() throws Exception {
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            Fork<Integer> before = forkOne(block, 0);
            Fork<Integer> failing = forkFailing(block);
            List<Fork<Integer>> behind = forkAll(block);
            held.release();
            ExecutionException thrown = assertThrows(ExecutionException.class, block::join);
            assertEquals("Fork 2 of 22 failed: this fork fails", thrown.getMessage());
            assertEquals(1, ran.get());
            assertEquals(0, before.get());
            assertSame(thrown.getCause(), failing.failure());
            assertEquals(Fork.State.FAILED, failing.state());
            for (Fork<Integer> fork : behind) {
                assertEquals(Fork.State.CANCELLED, fork.state());
                assertNull(assertThrows(IllegalStateException.class, fork::get).getCause());
                assertThrows(IllegalStateException.class, fork::failure);
            }
            assertLineIsEmpty();
            assertSame(
                    failing.failure(),
                    assertThrows(IllegalStateException.class, failing::get).getCause());
        }
        assertEquals(
                FORKS, held.gate().stats().cancelled() + held.gate().stats().notAdmitted());
    }

    @Test
    void callsOfOthers_amongTheCancelled_runAllTheSame() throws Exception {
        List<CompletableFuture<Integer>> others = new ArrayList<>();
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            forkFailing(block);
            forkOne(block, 1);
            others.add(audit.watch(held.gate().trySubmit(witness -> witness.use(7))));
            forkAll(block);
            held.release();
            assertThrows(ExecutionException.class, block::join);
        }
        assertEquals(7, others.get(0).get());
        assertEquals(0, ran.get());
    }

    /** The places of several cancelled forks change hands at once; each of their next holders is to know. */
    @Test
    void submittersOutside_behindCancelledForks_areToldOfTheirPlaces() throws Exception {
        HeldFork first = new HeldFork();
        List<CompletableFuture<CompletableFuture<Integer>>> submitters = new ArrayList<>();
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            forkFailing(block);
            for (int i = 1; i < 2 * CAPACITY; i++) {
                forkOne(block, i);
            }
            for (int i = 0; i < CAPACITY; i++) {
                int number = i;
                submitters.add(submitting(number == 0 ? first : witness -> witness.use(number)));
                held.awaitWaiting(CAPACITY + i + 1);
            }
            held.release();
            for (CompletableFuture<?> submitter : submitters) {
                submitter.get(); // the first one's call is in the resource all the while
            }
            first.latch.countDown();
            assertThrows(ExecutionException.class, block::join);
        }
        for (var submitter : submitters) {
            audit.watch(submitter.get()).get();
        }
        assertEquals(0, ran.get());
    }

    private CompletableFuture<CompletableFuture<Integer>> submitting(
            Action<Witness, Integer, RuntimeException> action) {
        CompletableFuture<CompletableFuture<Integer>> submitted = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                submitted.complete(held.gate().submit(action));
            } catch (Throwable thrown) {
                submitted.completeExceptionally(thrown);
            }
        });
        return submitted.orTimeout(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    // ---- the first success ----

    @Test
    void firstSuccess_cancelsTheOthers() throws Exception {
        try (var block = open(JoinPolicy.FIRST_SUCCESS)) {
            forkFailing(block);
            Fork<Integer> second = forkOne(block, 2);
            forkAll(block);
            held.release();
            assertSame(second, block.join().first());
            assertEquals(2, block.first().get());
            assertEquals(1, ran.get());
            assertLineIsEmpty();
        }
    }

    @Test
    void firstSuccess_whenAllFail_throwsWhatTheFirstThrew() throws Exception {
        try (var block = open(JoinPolicy.FIRST_SUCCESS)) {
            Fork<Integer> first = forkFailing(block);
            forkFailing(block);
            held.release();
            ExecutionException thrown = assertThrows(ExecutionException.class, block::join);
            assertSame(first.failure(), thrown.getCause());
            assertThrows(NoSuchElementException.class, block::first);
        }
    }

    // ---- all outcomes ----

    @Test
    void allOutcomes_areThereAfterTheJoin() throws Exception {
        try (var block = open(JoinPolicy.ALL_OUTCOMES)) {
            Fork<Integer> failing = forkFailing(block);
            forkAll(block);
            held.release();
            assertEquals(FORKS, block.join().results().size());
            assertInstanceOf(IllegalArgumentException.class, failing.failure());
            assertThrows(NoSuchElementException.class, block::first);
        }
    }

    // ---- the limit, the interrupt, the closing of the gate ----

    @ParameterizedTest
    @EnumSource
    void limit_thatHasPassed_letsNoForkRun(JoinPolicy policy) throws Exception {
        try (FanOut<Witness, Integer> block = held.gate().fanOut(policy, Duration.ZERO)) {
            List<Fork<Integer>> forks = forkAll(block);
            CallTimeoutException timeout = assertThrows(CallTimeoutException.class, block::join);
            assertFalse(timeout.started());
            forks.forEach(fork -> assertEquals(Fork.State.CANCELLED, fork.state()));
            assertLineIsEmpty();
        }
        assertEquals(CAPACITY, held.gate().stats().expired());
        assertNoneRuns();
    }

    /** The owner is busy elsewhere while the worker comes to its forks. */
    @Test
    void limit_thatHasPassedBeforeTheJoin_letsNoForkRun() throws Exception {
        try (FanOut<Witness, Integer> block = held.gate().fanOut(JoinPolicy.ALL_OR_CANCEL, Duration.ZERO)) {
            forkAll(block);
            held.release();
            held.awaitPending(0);
            held.awaitWaiting(0);
            assertThrows(CallTimeoutException.class, block::join);
        }
        assertEquals(0, ran.get());
        TurnstileStats stats = held.gate().stats();
        assertEquals(FORKS, stats.expired() + stats.notAdmitted());
    }

    @ParameterizedTest
    @EnumSource
    void interruptOfTheOwner_cancelsAll(JoinPolicy policy) throws Exception {
        try (var block = open(policy)) {
            List<Fork<Integer>> forks = forkAll(block);
            Thread.currentThread().interrupt();
            CallInterruptedException interrupted = assertThrows(CallInterruptedException.class, block::join);
            assertFalse(interrupted.started());
            forks.forEach(fork -> assertEquals(Fork.State.CANCELLED, fork.state()));
            assertLineIsEmpty();
        }
        assertFalse(Thread.currentThread().isInterrupted());
        assertNoneRuns();
    }

    @Test
    void closedGate_failsTheForks() throws Exception {
        try (var block = open(JoinPolicy.ALL_OUTCOMES)) {
            List<Fork<Integer>> before = forkAll(block);
            held.gate().shutdown();
            Fork<Integer> late = forkOne(block, 1);
            held.release();
            assertEquals(CAPACITY, block.join().results().size());
            assertInstanceOf(TurnstileClosedException.class, late.failure());
            assertInstanceOf(
                    TurnstileClosedException.class, before.get(FORKS - 1).failure());
        }
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            forkOne(block, 1);
            assertInstanceOf(
                    TurnstileClosedException.class,
                    assertThrows(ExecutionException.class, block::join).getCause());
        }
    }

    /** It is not waited for: nobody waits for a native call that was given up. */
    @Test
    void forkInTheResource_whenTheBlockIsLeft_runsToItsEndThere() throws Exception {
        HeldFork fork = new HeldFork();
        held.release();
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            Fork<Integer> running = block.fork(fork);
            forkAll(block);
            fork.entered.await();
            Thread.currentThread().interrupt();
            assertTrue(assertThrows(CallInterruptedException.class, block::join).started());
            assertEquals(Fork.State.CANCELLED, running.state());
        }
        assertEquals(1, held.gate().stats().running());
        fork.latch.countDown();
        assertNoneRuns();
    }

    /** A thread may be unparked at any time, also just when the deciding fork has run and its end is not settled yet. */
    @Test
    void ownerThatIsUnparkedAllTheTime_keepsTheForkThatDecides() throws Exception {
        held.release();
        Thread owner = Thread.currentThread();
        AtomicBoolean done = new AtomicBoolean();
        Thread storm = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                LockSupport.unpark(owner);
            }
        });
        try {
            for (int i = 0; i < 5_000; i++) {
                try (var block = open(JoinPolicy.FIRST_SUCCESS)) {
                    forkOne(block, i);
                    assertEquals(i, block.join().first().get());
                }
            }
        } finally {
            done.set(true);
            storm.join();
        }
    }

    // ---- misuse ----

    @Test
    void forkAfterJoin_isRefused() throws Exception {
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            block.join();
            assertThrows(IllegalStateException.class, () -> forkOne(block, 1));
            assertThrows(IllegalStateException.class, block::join);
        }
    }

    @Test
    void closeWithoutJoin_cancelsAndIsRefused() throws Exception {
        var block = open(JoinPolicy.ALL_OR_CANCEL);
        forkAll(block);
        assertThrows(IllegalStateException.class, block::close);
        assertLineIsEmpty();
        assertNoneRuns();
        block.close(); // once is enough
        assertThrows(IllegalStateException.class, () -> forkOne(block, 1));
        assertThrows(IllegalStateException.class, block::join);
    }

    @Test
    void innerBlock_thatWasNotClosed_isClosedWithItsOuterOne() throws Exception {
        var outer = open(JoinPolicy.ALL_OR_CANCEL);
        var inner = open(JoinPolicy.ALL_OR_CANCEL);
        forkAll(inner);
        outer.join();
        assertThrows(IllegalStateException.class, outer::close);
        assertLineIsEmpty();
        held.release();
        assertThrows(IllegalStateException.class, () -> forkOne(inner, 1));
        assertEquals(0, ran.get());
    }

    @Test
    void innerBlock_thatIsClosed_leavesTheForksOfItsOuterOneAlone() throws Exception {
        try (var outer = open(JoinPolicy.ALL_OR_CANCEL)) {
            Fork<Integer> fork = forkOne(outer, 7);
            try (var inner = open(JoinPolicy.ALL_OR_CANCEL)) {
                assertEquals(List.of(), inner.join().results());
            }
            held.release();
            outer.join();
            assertEquals(7, fork.get());
        }
    }

    @Test
    void limitOfTheOuterBlock_holdsAgainWhenAnInnerOneIsClosed() throws Exception {
        try (var outer = held.gate().<Integer>fanOut(JoinPolicy.ALL_OR_CANCEL, Duration.ofMillis(1))) {
            try (var inner = open(JoinPolicy.ALL_OR_CANCEL)) {
                inner.join();
            }
            assertThrows(CallTimeoutException.class, () -> held.gate().call(witness -> witness.use(1)));
            assertThrows(CallTimeoutException.class, () -> forkAndJoin(outer));
        }
        held.release();
        assertEquals(1, held.gate().<Integer, RuntimeException>call(witness -> witness.use(1)), "no limit any more");
    }

    private void forkAndJoin(FanOut<Witness, Integer> block) throws Exception {
        forkOne(block, 1);
        block.join();
    }

    @Test
    void ownerWhoSleepsInJoin_isWokenByTheForkThatDecides() throws Exception {
        CompletableFuture<Thread> owner = new CompletableFuture<>();
        Caller<Throwable> joining = Caller.start(() -> {
            try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
                forkFailing(block);
                forkAll(block);
                owner.complete(Thread.currentThread());
                return assertThrows(ExecutionException.class, block::join);
            }
        });
        Eventually.isTrue("the owner sleeps", () -> LockSupport.getBlocker(owner.join()) instanceof FanOut);
        held.release();
        assertInstanceOf(IllegalArgumentException.class, joining.result().getCause());
        assertEquals(0, ran.get());
    }

    @Test
    void toString_saysHowFarItIs() throws Exception {
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            Fork<Integer> fork = forkOne(block, 1);
            assertEquals("FanOut[ALL_OR_CANCEL, 1 of 1 forks left]", block.toString());
            assertEquals("Fork 1, UNAVAILABLE", fork.toString());
            held.release();
            block.join();
            assertEquals("FanOut[ALL_OR_CANCEL, 0 of 1 forks left]", block.toString());
            assertEquals("Fork 1, SUCCESS", fork.toString());
        }
    }

    @Test
    void failureBeforeTheJoin_isRefused() throws Exception {
        try (var block = open(JoinPolicy.ALL_OUTCOMES)) {
            Fork<Integer> fork = forkFailing(block);
            held.release();
            Eventually.isTrue("it has failed", () -> fork.state() == Fork.State.FAILED);
            assertThrows(IllegalStateException.class, fork::failure);
            block.join();
            assertInstanceOf(IllegalArgumentException.class, fork.failure());
        }
    }

    @Test
    void resultBeforeTheJoin_isRefused() throws Exception {
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            Fork<Integer> fork = forkOne(block, 1);
            assertThrows(IllegalStateException.class, fork::get);
            assertThrows(IllegalStateException.class, fork::failure);
            assertThrows(IllegalStateException.class, block::results);
            assertThrows(IllegalStateException.class, block::first);
            held.release();
            block.join();
        }
    }

    @Test
    void otherThread_isRefused() throws Exception {
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            Fork<Integer> fork = forkOne(block, 1);
            CompletableFuture.runAsync(() -> {
                        assertThrows(WrongThreadException.class, () -> forkOne(block, 2));
                        assertThrows(WrongThreadException.class, block::join);
                        assertThrows(WrongThreadException.class, block::close);
                        assertThrows(WrongThreadException.class, block::results);
                        assertThrows(WrongThreadException.class, fork::get);
                    })
                    .get();
            held.release();
            assertEquals(List.of(1), block.join().results());
        }
    }

    @Test
    void forkOnTheWorker_isRefused() throws Exception {
        held.release();
        held.gate().call(witness -> {
            try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
                assertThrows(ReentrantCallException.class, () -> forkOne(block, 1));
            }
            return witness;
        });
    }

    // ---- many ----

    /** Half of them have run when one fails; afterwards nobody else has. */
    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void hundredThousandForks_oneOfThemFails(int capacity) throws Exception {
        int many = 100_000;
        Turnstile<Witness> gate = audit.watch(Turnstile.open(
                Witness::new, Witness::close, TurnstileOptions.defaults().withCapacity(capacity)));
        try (FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            for (int i = 0; i < many; i++) {
                if (i == many / 2) {
                    forkFailing(block);
                } else {
                    forkOne(block, i);
                }
            }
            assertThrows(ExecutionException.class, block::join);
        }
        assertEquals(many / 2, ran.get());
        TurnstileStats stats = gate.stats();
        assertEquals(many / 2, stats.completed());
        assertEquals(1, stats.failed());
        assertTrue(stats.cancelled() + stats.notAdmitted() <= many / 2 - 1, stats::toString);
    }

    @Test
    void hundredThousandForks_allSucceed() throws Exception {
        int many = 100_000;
        held.release();
        try (var block = open(JoinPolicy.ALL_OR_CANCEL)) {
            for (int i = 0; i < many; i++) {
                forkOne(block, i);
            }
            assertEquals(IntStream.range(0, many).boxed().toList(), block.join().results());
        }
        assertEquals(0, held.witness().overlaps());
    }

    private static final class HeldFork implements Action<Witness, Integer, RuntimeException> {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch latch = new CountDownLatch(1);

        @Override
        public Integer run(Witness witness) {
            witness.hold(entered, latch);
            return 0;
        }
    }
}
