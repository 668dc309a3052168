package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Recursion;
import dev.turnstile.testing.Witness;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Promises 6 and 7 for callers at the end of their stack. A recursion that calls the gate on each level overflows in the
 * gate's own code, which lies deeper than the caller's: were that between the taking and the giving back of a lock, a
 * place or an owner, one caller's mistake would stop the gate for everybody. The overflow is to come before anything has
 * happened, or not at all.
 */
@Tag("slow")
class StackOverflowTest {
    /** Made here: a lambda is made at its first use, and that is not to be at the end of the stack. */
    private static final Action<Witness, Integer, RuntimeException> USE = resource -> resource.use(1);

    @RegisterExtension
    final Audit audit = new Audit();

    /** The classes of the tests themselves are not to be loaded at the end of the stack; those of the gate are. */
    @BeforeAll
    static void loadEntryPoints() {
        assertEquals(CallEnd.RETURNED, CallEnd.of(() -> "loaded"));
        for (EntryPoint entry : EntryPoint.values()) {
            assertThrows(NullPointerException.class, () -> entry.run(null, USE));
        }
    }

    /** What is left of the gate is looked at on another thread: if the lock is lost, that one hangs, and not the test. */
    private static void assertIntact(Turnstile<Witness> gate) {
        Caller<TurnstileStats> next = Caller.start(() -> {
            assertEquals("seven", gate.call(resource -> resource.use("seven")));
            gate.close(Audit.PATIENCE);
            return gate.stats();
        });
        Audit.assertSettled(next.result());
    }

    private Turnstile<Witness> open(TurnstileOptions options) throws InterruptedException {
        return audit.watch(
                Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, options.withCapacity(5)));
    }

    @ParameterizedTest
    @EnumSource
    void call_atTheEndOfTheStack_overflowsBeforeItHasBegun(EntryPoint entry) throws Exception {
        assertStaysIntact(TurnstileOptions.defaults(), gate -> make(gate, entry));
    }

    @ParameterizedTest
    @EnumSource
    void callThatIsListenedTo_atTheEndOfTheStack_harmsNobodyElse(EntryPoint entry) throws Exception {
        LongAdder reported = new LongAdder();
        CallListener counts = new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                reported.increment();
            }
        };
        assertStaysIntact(TurnstileOptions.defaults().withListeners(counts), gate -> make(gate, entry));
        assertTrue(reported.sum() > 0);
    }

    @Test
    void block_atTheEndOfTheStack_leavesTheLineWhole() throws Exception {
        assertStaysIntact(TurnstileOptions.defaults(), StackOverflowTest::makeBlock);
    }

    private void assertStaysIntact(TurnstileOptions options, Consumer<Turnstile<Witness>> use) throws Exception {
        int overflows = 0;
        for (int attempt = 0; attempt < 6; attempt++) {
            Turnstile<Witness> gate = open(options);
            overflows += new Recursion(() -> use.accept(gate)).run(attempt);
            assertIntact(gate);
        }
        assertTrue(overflows > 0, "the end of the stack was never reached");
    }

    private static void makeBlock(Turnstile<Witness> gate) {
        try (FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            block.fork(USE);
            block.join();
        } catch (ExecutionException | InterruptedException | CallTimeoutException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static void make(Turnstile<Witness> gate, EntryPoint entry) {
        try {
            entry.run(gate, USE);
        } catch (TurnstileFullException allowed) {
            assertTrue(!entry.waitsForPlace());
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    /** What is done with the future of a call that waits in the line. */
    enum FutureUse {
        CANCEL,
        COMPLETE,
        COMPLETE_EXCEPTIONALLY,
        OBTRUDE_VALUE,
        OBTRUDE_EXCEPTION,
        GET,
        LOOK;

        void use(CompletableFuture<Integer> future) {
            switch (this) {
                case CANCEL -> future.cancel(true);
                case COMPLETE -> future.complete(1);
                case COMPLETE_EXCEPTIONALLY -> future.completeExceptionally(MEANT);
                case OBTRUDE_VALUE -> future.obtrudeValue(1);
                case OBTRUDE_EXCEPTION -> future.obtrudeException(MEANT);
                case GET -> get(future);
                case LOOK -> future.getNow(future.isDone() || future.isCancelled() ? 1 : 2);
            }
        }

        private static void get(CompletableFuture<Integer> future) {
            try {
                future.get(1, TimeUnit.NANOSECONDS);
            } catch (TimeoutException asMeant) {
                return;
            } catch (InterruptedException | ExecutionException unexpected) {
                throw new AssertionError(unexpected);
            }
        }
    }

    @SuppressWarnings("StaticAssignmentOfThrowable") // made where there is stack enough
    private static final RuntimeException MEANT = new IllegalStateException("meant");

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("unchecked") // an array of a generic type
    void future_atTheEndOfTheStack_leavesTheLineWhole(FutureUse use) throws Exception {
        int overflows = 0;
        for (int attempt = 0; attempt < 6; attempt++) {
            HeldGate held = HeldGate.open(audit, Recursion.LEVELS);
            CompletableFuture<Integer>[] futures = held.fill().toArray(CompletableFuture[]::new);
            int[] next = {0}; // a deque would be left halfway by an overflow in its own code
            try {
                overflows += new Recursion(() -> use.use(futures[next[0]++])).run(attempt);
            } finally {
                held.release();
            }
            assertInstanceOf(String.class, held.held().join());
            assertIntact(held.gate());
        }
        assertTrue(overflows > 0, "the end of the stack was never reached");
    }

    @Test
    void looks_atTheEndOfTheStack_leaveTheLineWhole() throws Exception {
        assertStaysIntact(TurnstileOptions.defaults(), gate -> {
            assertEquals(0, gate.pendingCount());
            assertEquals(1, gate.instances().size());
            assertEquals(Health.Status.UP, gate.health().status());
            assertTrue(gate.toString().contains("OPEN"));
        });
    }
}
