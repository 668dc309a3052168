package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.VirtualTime;
import dev.turnstile.testing.Witness;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No call inside of a limit waits longer than what is left of it. */
class TimeLimitTest {
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration SHORT = Duration.ofMillis(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private final HeldGate held = HeldGate.open(audit, 2);

    @AfterEach
    void letTheWorkerGo() {
        held.release();
    }

    @Test
    void call_withoutALimitOfItsOwn_waitsNoLonger() {
        assertThrows(
                CallTimeoutException.class,
                () -> TimeLimit.within(SHORT, () -> held.gate().call(w -> w.use(1))));
    }

    /** A call that says nothing of a limit may have one, so its end can be caught there, without a {@code throws} anywhere. */
    @Test
    void call_withoutALimitOfItsOwn_canBeCaughtWhereItIsMade() throws InterruptedException {
        EndedEarly end = TimeLimit.within(SHORT, () -> {
            try {
                throw new AssertionError(held.gate().<Integer, RuntimeException>call(w -> w.use(1)));
            } catch (CallTimeoutException late) {
                return late;
            }
        });
        assertFalse(end.started());
    }

    @Test
    void call_withALongerLimit_waitsNoLonger() {
        assertThrows(
                CallTimeoutException.class,
                () -> TimeLimit.within(SHORT, () -> held.gate().call(w -> w.use(1), LONG)));
    }

    @Test
    void call_withAShorterLimit_keepsIt() {
        assertThrows(
                CallTimeoutException.class,
                () -> TimeLimit.within(LONG, () -> held.gate().call(w -> w.use(1), SHORT)));
    }

    @Test
    void tryCall_waitsNoLonger() {
        assertThrows(
                CallTimeoutException.class,
                () -> TimeLimit.within(SHORT, () -> held.gate().tryCall(w -> w.use(1))));
    }

    /** In a time that does not pass before both are submitted. */
    @Test
    void futures_submittedInside_expireWithIt() throws Exception {
        VirtualTime time = new VirtualTime();
        HeldGate own =
                HeldGate.open(audit, TurnstileOptions.defaults().withCapacity(2).withTimeSource(time));
        CompletableFuture<Integer> submitted =
                TimeLimit.within(LONG, () -> own.gate().submit(w -> w.use(1)));
        CompletableFuture<Integer> tried =
                TimeLimit.within(LONG, () -> own.gate().trySubmit(w -> w.use(1)));
        time.advance(LONG);
        assertInstanceOf(CallTimeoutException.class, Caller.failureOf(submitted));
        assertInstanceOf(CallTimeoutException.class, Caller.failureOf(tried));
        own.release();
    }

    @Test
    void submit_thatWaitsForAPlace_waitsNoLonger() {
        held.fill();
        assertThrows(
                CallTimeoutException.class,
                () -> TimeLimit.within(SHORT, () -> held.gate().submit(w -> w.use(1))));
    }

    @Test
    void innerLimit_thatIsLonger_changesNothing() {
        assertThrows(
                CallTimeoutException.class,
                () -> TimeLimit.within(
                        SHORT, () -> TimeLimit.within(LONG, () -> held.gate().call(w -> w.use(1)))));
    }

    @Test
    void callBehindALimit_isNotBoundByIt() throws Exception {
        assertEquals("done", TimeLimit.within(Duration.ZERO, () -> "done"));
        TimeLimit.within(LONG, () -> TimeLimit.within(Duration.ZERO, () -> "done"));
        held.release();
        assertEquals(1, held.gate().<Integer, RuntimeException>call(witness -> witness.use(1)));
    }

    @Test
    void whatTheBodyThrows_comesOut() {
        IOException meant = new IOException("meant");
        assertSame(
                meant,
                assertThrows(
                        IOException.class,
                        () -> TimeLimit.within(LONG, () -> {
                            throw meant;
                        })));
    }

    @Test
    void otherThread_isNotBound() throws Exception {
        CompletableFuture<Integer> other = new CompletableFuture<>();
        TimeLimit.within(
                Duration.ZERO,
                () -> Thread.ofVirtual().start(() -> {
                    try {
                        other.complete(held.gate().call(witness -> witness.use(1)));
                    } catch (Throwable thrown) {
                        other.completeExceptionally(thrown);
                    }
                }));
        held.release();
        assertEquals(1, other.get());
    }

    @Test
    void fanOut_insideOfALimit_endsWithIt() {
        assertThrows(
                CallTimeoutException.class,
                () -> TimeLimit.within(SHORT, () -> {
                    try (FanOut<Witness, Integer> block = held.gate().fanOut(JoinPolicy.ALL_OR_CANCEL, LONG)) {
                        block.fork(witness -> witness.use(1));
                        return block.join();
                    }
                }));
    }

    @Test
    void call_insideOfAFanOutWithALimit_waitsNoLonger() throws Exception {
        try (FanOut<Witness, Integer> block = held.gate().fanOut(JoinPolicy.ALL_OR_CANCEL, SHORT)) {
            assertThrows(CallTimeoutException.class, () -> held.gate().call(w -> w.use(1), LONG));
            block.join();
        }
        held.release();
        assertEquals(1, held.gate().<Integer, RuntimeException>call(witness -> witness.use(1)));
    }

    @Test
    void trySubmit_whenTheLimitHasPassed_isNotLetIn() throws Exception {
        HeldGate held = HeldGate.open(audit, 3);
        CallTimeoutException expired = assertThrows(
                CallTimeoutException.class,
                () -> TimeLimit.within(Duration.ZERO, () -> held.gate().trySubmit(w -> w.use(1))));

        assertFalse(expired.started());
        assertEquals(0, held.gate().pendingCount());
        held.release();
    }

    /** Every later call of the thread ended by the limit of a block that nobody had closed. */
    @Test
    void block_thatIsJoined_boundsNoOtherCallAnyMore() throws Exception {
        VirtualTime time = new VirtualTime();
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, TurnstileOptions.defaults().withTimeSource(time)));
        FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL, SHORT);
        try (block) {
            block.fork(w -> w.use(1));
            block.join();
            time.advance(SHORT);

            assertEquals(2, gate.<Integer, RuntimeException>call(w -> w.use(2)));
        }
    }
}
