package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.internal.Decoder;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Uninterruptibly;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promises 6 and 10 for who waits for a future, or looks at it: one outcome, the same for all, read without another thread's help. */
class CallFutureTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final HeldGate held = HeldGate.open(audit, 5);
    private final AtomicInteger decodings = new AtomicInteger();

    @AfterEach
    void letTheWorkerGo() {
        held.release();
    }

    /** A call of which the user gets something else than what it returns. */
    private static class Decoded implements Action<Witness, Integer, RuntimeException>, Decoder<Integer, Object> {
        private final Function<Integer, Object> decode;

        Decoded(Function<Integer, Object> decode) {
            this.decode = decode;
        }

        @Override
        public Integer run(Witness witness) {
            return witness.use(1);
        }

        @Override
        public Object decode(Integer returned) {
            return decode.apply(returned);
        }

        @Override
        public Throwable decodeFailure(Throwable thrown) {
            return new IllegalStateException("decoded", thrown);
        }
    }

    private CompletableFuture<Object> submit(Function<Integer, Object> decode) {
        return submit(new Decoded(decode));
    }

    @SuppressWarnings("unchecked") // as the decoder says
    private CompletableFuture<Object> submit(Decoded action) {
        CompletableFuture<?> future = audit.watch(held.gate().trySubmit(action));
        return (CompletableFuture<Object>) future;
    }

    private Object decodeOnce(Integer returned) {
        decodings.incrementAndGet();
        return "decoded " + returned;
    }

    /** Somebody who waits, on a platform thread: in which it is seen to. */
    private static final class Waiter extends Thread {
        private final Future<?> future;
        private final CompletableFuture<Object> got = new CompletableFuture<>();

        Waiter(Future<?> future) {
            this.future = future;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try {
                got.complete(future.get());
            } catch (ExecutionException failed) {
                got.completeExceptionally(failed.getCause());
            } catch (Throwable thrown) {
                got.completeExceptionally(thrown);
            }
        }

        Waiter parked() {
            Eventually.isTrue("it waits", () -> getState() == State.WAITING);
            return this;
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static boolean isAwaited(CompletableFuture<?> future) {
        return ((CallFuture<?>) future).isAwaited();
    }

    private static int waiters(CompletableFuture<?> future) {
        return ((CallFuture<?>) future).waiters();
    }

    // ---- who decodes ----

    @Test
    void get_whileTheCallRuns_decodesOnTheThreadThatWaits() throws Exception {
        CompletableFuture<Object> future = submit(returned -> Thread.currentThread());
        Waiter waiter = new Waiter(future).parked();
        held.release();

        assertSame(waiter, get(waiter.got));
    }

    @Test
    void future_thatNobodyWaitsFor_isDecodedOnAVirtualThread() throws Exception {
        CompletableFuture<Object> stage =
                submit(returned -> Thread.currentThread()).thenApply(thread -> thread);
        held.release();

        assertTrue(assertInstanceOf(Thread.class, get(stage)).isVirtual());
    }

    /** To submit is not to wait for a decoder, however early the reply is. */
    @Test
    void submit_ofACallThatEndsBeforeItReturns_doesNotDecode() throws Exception {
        held.release();
        CountDownLatch mayDecode = new CountDownLatch(1);
        List<CompletableFuture<Object>> stages = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            CompletableFuture<?> future = held.gate().submit(new Decoded(returned -> {
                Uninterruptibly.await(mayDecode);
                return Thread.currentThread();
            }));
            stages.add(future.thenApply(thread -> thread));
        }
        mayDecode.countDown();
        for (CompletableFuture<Object> stage : stages) {
            assertTrue(assertInstanceOf(Thread.class, get(stage)).isVirtual());
        }
    }

    @Test
    void outcome_isDecodedOnce_andTheSameForAll() throws Exception {
        CompletableFuture<Object> future = submit(this::decodeOnce);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiters.add(new Waiter(future).parked());
        }
        CompletableFuture<Object> stage = future.thenApply(value -> value);
        held.release();

        Object value = get(future);
        for (Waiter waiter : waiters) {
            assertSame(value, get(waiter.got));
        }
        assertSame(value, get(stage));
        assertSame(value, future.getNow(null));
        assertSame(value, future.resultNow());
        assertEquals("decoded 1", value);
        assertEquals(1, decodings.get());
        assertEquals(0, waiters(future));
    }

    @Test
    void decoderThatThrows_failsTheFutureForAll() throws Exception {
        IllegalArgumentException asTold = new IllegalArgumentException("as told");
        CompletableFuture<Object> future = submit(returned -> {
            decodings.incrementAndGet();
            throw asTold;
        });
        Waiter waiter = new Waiter(future).parked();
        CompletableFuture<Throwable> stage = future.handle((value, thrown) -> thrown);
        held.release();

        assertSame(asTold, Caller.failureOf(waiter.got));
        assertSame(asTold, Caller.failureOf(future));
        assertSame(asTold, get(stage));
        assertSame(asTold, future.exceptionNow());
        assertEquals(1, decodings.get());
        assertEquals(1, held.gate().stats().completed() - 1, "the call itself has returned");
    }

    /** How deep a thread's stack is, is its own affair. */
    @Test
    void decoderThatReachesTheEndOfAWaitersStack_failsForThatOneAlone() throws Exception {
        Queue<Thread> shallow = new ConcurrentLinkedQueue<>();
        CompletableFuture<Object> future = submit(returned -> {
            if (shallow.contains(Thread.currentThread())) {
                throw new StackOverflowError("as told");
            }
            return decodeOnce(returned);
        });
        Waiter waiter = new Waiter(future);
        shallow.add(waiter);
        waiter.parked();
        held.release();

        assertInstanceOf(StackOverflowError.class, Caller.failureOf(waiter.got));
        assertEquals("decoded 1", get(future));
        assertEquals(1, decodings.get());
    }

    @Test
    void decoderThatReachesTheEndOfAnyStack_failsTheFuture() throws Exception {
        CompletableFuture<Object> future = submit(returned -> {
            throw new StackOverflowError("as told");
        });
        CompletableFuture<Object> stage = future.thenApply(value -> value);
        held.release();

        assertInstanceOf(StackOverflowError.class, Caller.failureOf(stage));
        assertInstanceOf(StackOverflowError.class, Caller.failureOf(future));
    }

    @Test
    void decoderThatWaitsForItself_isToldSo() throws Exception {
        CompletableFuture<CompletableFuture<Object>> itself = new CompletableFuture<>();
        CompletableFuture<Object> future = submit(returned -> itself.join().join());
        itself.complete(future);
        Waiter waiter = new Waiter(future).parked();
        held.release();

        assertInstanceOf(IllegalStateException.class, Caller.failureOf(waiter.got));
    }

    @Test
    void whatTheActionThrows_isDecoded_butNotWhatTheGateSays() {
        IllegalArgumentException asTold = new IllegalArgumentException("as told");
        CompletableFuture<Object> failed = submit(new Decoded(returned -> returned) {
            @Override
            public Integer run(Witness witness) {
                throw asTold;
            }
        });
        held.gate().trySubmit(witness -> held.gate().close(Duration.ZERO));
        CompletableFuture<Object> refused = submit(returned -> returned);
        held.release();

        assertSame(
                asTold,
                assertInstanceOf(IllegalStateException.class, Caller.failureOf(failed))
                        .getCause());
        assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(refused));
    }

    // ---- done is done ----

    /** The call has ended, and the decoder takes its time. */
    @Test
    void future_whileItIsDecoded_isDone() throws Exception {
        CountDownLatch decoding = new CountDownLatch(1);
        CountDownLatch mayDecode = new CountDownLatch(1);
        CompletableFuture<Object> future = submit(returned -> {
            decoding.countDown();
            Uninterruptibly.await(mayDecode);
            return decodeOnce(returned);
        });
        held.release();
        decoding.await();

        assertTrue(future.isDone());
        assertFalse(future.complete("mine"));
        assertFalse(future.completeExceptionally(new IllegalStateException("mine")));
        assertFalse(future.cancel(true));
        assertTrue(future.toString().endsWith("[Completed, not decoded yet]"), future::toString);
        assertThrows(TimeoutException.class, () -> future.get(1, TimeUnit.NANOSECONDS));
        Caller<Object> looks = Caller.start(() -> future.getNow("too early"));
        mayDecode.countDown();
        assertEquals("decoded 1", looks.result());
        assertEquals("decoded 1", get(future));
        assertEquals(Future.State.SUCCESS, future.state());
        assertTrue(future.toString().endsWith("[Completed normally]"), future::toString);
    }

    @Test
    void obtrudeValue_whileItIsDecoded_holds() throws Exception {
        CountDownLatch decoding = new CountDownLatch(1);
        CountDownLatch mayDecode = new CountDownLatch(1);
        CompletableFuture<Object> future = submit(returned -> {
            decoding.countDown();
            Uninterruptibly.await(mayDecode);
            return returned;
        });
        Waiter waiter = new Waiter(future).parked();
        held.release();
        decoding.await();
        future.obtrudeValue("mine");
        mayDecode.countDown();

        assertEquals("mine", get(waiter.got));
        assertEquals("mine", get(future));
        assertEquals("mine", get(future.thenApply(value -> value)));
    }

    // ---- waiting ----

    @Test
    void get_thatIsInterrupted_throws_andTheCallGoesOn() throws Exception {
        CompletableFuture<Object> future = submit(this::decodeOnce);
        Waiter waiter = new Waiter(future).parked();
        waiter.interrupt();

        assertInstanceOf(InterruptedException.class, Caller.failureOf(waiter.got));
        assertFalse(isAwaited(future));
        assertFalse(future.isDone());
        held.release();
        assertEquals("decoded 1", get(future));
    }

    @Test
    void get_byWhoWasInterruptedBefore_throwsIfItHasToWait() throws Exception {
        CompletableFuture<Object> future = submit(this::decodeOnce);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, future::get);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> future.get(1, TimeUnit.DAYS));
        assertFalse(Thread.currentThread().isInterrupted());
        held.release();
        get(future);
        Thread.currentThread().interrupt();
        assertEquals("decoded 1", future.get());
        assertTrue(Thread.interrupted(), "the interrupt is kept");
    }

    @Test
    void join_thatIsInterrupted_waitsOnAndKeepsTheInterrupt() throws Exception {
        CompletableFuture<Object> future = submit(this::decodeOnce);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread joins = Thread.ofPlatform().daemon().start(() -> {
            future.join();
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        Eventually.isTrue("it waits", () -> joins.getState() == Thread.State.WAITING);
        joins.interrupt();
        held.release();

        assertTrue(get(interrupted));
    }

    @Test
    void get_whoseLimitPasses_throws_andLeavesNothingBehind() throws Exception {
        CompletableFuture<Object> future = submit(this::decodeOnce);
        Waiter first = new Waiter(future).parked();
        for (int i = 0; i < 100; i++) {
            assertThrows(TimeoutException.class, () -> future.get(1, TimeUnit.NANOSECONDS));
            assertThrows(TimeoutException.class, () -> future.get(-1, TimeUnit.NANOSECONDS));
        }
        assertEquals(1, waiters(future));
        assertTrue(isAwaited(future));
        Waiter second = new Waiter(future).parked();
        first.interrupt();
        Caller.failureOf(first.got);
        assertEquals(1, waiters(future));
        second.interrupt();
        Caller.failureOf(second.got);
        assertEquals(0, waiters(future));
        assertFalse(isAwaited(future));
        held.release();
        assertEquals("decoded 1", get(future));
    }

    @Test
    void get_onTheThreadOfAPool_letsThePoolWorkOn() throws Exception {
        CompletableFuture<Object> future = submit(this::decodeOnce);
        try (ForkJoinPool pool = new ForkJoinPool(1)) {
            Future<Object> waits = pool.submit(() -> future.get());
            Eventually.isTrue("it waits", () -> isAwaited(future));
            pool.execute(held::release);
            assertEquals("decoded 1", get(waits));
        }
    }

    @Test
    void givenUp_whileOthersWait_endsForThemToo() throws Exception {
        CompletableFuture<Object> cancelled = submit(this::decodeOnce);
        CompletableFuture<Object> completed = submit(this::decodeOnce);
        Waiter ofCancelled = new Waiter(cancelled).parked();
        Waiter ofCompleted = new Waiter(completed).parked();
        assertTrue(cancelled.cancel(false));
        assertTrue(completed.complete("mine"));

        assertInstanceOf(CancellationException.class, Caller.failureOf(ofCancelled.got));
        assertEquals("mine", get(ofCompleted.got));
        assertEquals(0, decodings.get());
    }

    // ---- stages ----

    @Test
    void stageThatBlocks_holdsUpNobodyWhoWaits() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CompletableFuture<Object> future = submit(this::decodeOnce);
        CompletableFuture<String> stage = future.thenApply(value -> {
            Uninterruptibly.await(mayEnd);
            return Thread.currentThread().getName();
        });
        Waiter first = new Waiter(future).parked();
        Waiter second = new Waiter(future).parked();
        held.release();

        assertEquals("decoded 1", get(first.got));
        assertEquals("decoded 1", get(second.got));
        assertEquals("decoded 1", get(future));
        assertFalse(stage.isDone());
        mayEnd.countDown();
        assertEquals("turnstile-completion", get(stage));
    }

    /** The worker leaves it to who waits to start the thread of the stages; and who waits may leave just then. */
    @Test
    void stages_runThoughWhoWaitedLeaves() throws Exception {
        held.release();
        for (int i = 0; i < 3_000; i++) {
            CompletableFuture<Integer> future = held.gate().submit(witness -> witness.use(1));
            CompletableFuture<Integer> stage = future.thenApply(value -> value + 1);
            long nanos = ThreadLocalRandom.current().nextLong(60_000);
            try {
                assertEquals(1, future.get(nanos, TimeUnit.NANOSECONDS));
            } catch (TimeoutException tooEarly) {
                assertFalse(isAwaited(future));
            }
            assertEquals(2, get(stage));
        }
    }

    // ---- all at once ----

    /** What is seen of a future that others give up, wait for and look at while its call ends: one outcome, from the first look on. */
    @Test
    void views_ofAFutureThatIsGivenUpWhileItsCallEnds_agree() throws Exception {
        held.release();
        String[] outcomes = {"decoded 1", "mine", "cancelled", "failed"};
        int[] counts = new int[outcomes.length];
        for (int round = 0; round < 2_000; round++) {
            CompletableFuture<Object> future = submit(this::decodeOnce);
            CyclicBarrier start = new CyclicBarrier(5);
            List<Caller<List<Object>>> all = List.of(
                    attempt(start, future, () -> future.complete("mine")),
                    attempt(start, future, () -> future.cancel(true)),
                    attempt(start, future, () -> future.completeExceptionally(new IllegalStateException("failed"))),
                    attempt(start, future, () -> false),
                    attempt(start, future, () -> false));
            int outcome = List.of(outcomes).indexOf(seen(future));
            counts[outcome]++;
            boolean[] won = new boolean[3];
            for (int i = 0; i < all.size(); i++) {
                List<Object> seen = all.get(i).result();
                if (seen.getFirst().equals(true)) {
                    won[i] = true;
                }
                for (Object view : seen.subList(1, seen.size())) {
                    assertEquals(outcomes[outcome], view);
                }
            }
            assertArrayEquals(
                    new boolean[] {outcome == 1, outcome == 2, outcome == 3}, won, () -> "only one of them wins");
        }
        assertEquals(2_000, counts[0] + counts[1] + counts[2] + counts[3]);
    }

    private static Caller<List<Object>> attempt(
            CyclicBarrier start, CompletableFuture<Object> future, Callable<Boolean> givesUp) {
        return Caller.start(() -> {
            List<Object> seen = new ArrayList<>();
            start.await();
            seen.add(givesUp.call());
            if (future.isDone()) {
                seen.add(seen(future));
                seen.add(future.isCancelled() ? "cancelled" : seen(future));
                seen.add(future.isCompletedExceptionally() ? seen(future) : future.getNow("not done"));
            }
            seen.add(seen(future));
            return seen;
        });
    }

    private static Object seen(CompletableFuture<Object> future) throws Exception {
        try {
            return get(future);
        } catch (ExecutionException failed) {
            return failed.getCause().getMessage();
        } catch (CancellationException cancelled) {
            return "cancelled";
        }
    }
}
