package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Witness;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Promises 7 and 11: whatever an action throws fails that call only; its place comes back; the worker goes on. */
class ErrorsTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private Turnstile<Witness> open() throws InterruptedException {
        return audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, TurnstileOptions.defaults().withCapacity(1)));
    }

    static Stream<Arguments> everythingThatCanBeThrown() {
        return Stream.of(EntryPoint.values())
                .flatMap(entry -> Stream.of(
                                new IllegalStateException("unchecked"),
                                new IOException("checked"),
                                new InterruptedException("thrown, not an interrupt"),
                                new CancellationException("thrown, not a cancel"),
                                new CompletionException("wrapper", new IOException()),
                                new OutOfMemoryError("thrown by hand"),
                                new StackOverflowError(),
                                new LinkageError("missing"),
                                new AssertionError("wrong"),
                                new ThreadDeathLike())
                        .map(thrown -> Arguments.of(entry, thrown)));
    }

    /** Neither an exception nor an error. */
    static final class ThreadDeathLike extends Throwable {
        private static final long serialVersionUID = 1L;
    }

    @ParameterizedTest
    @MethodSource("everythingThatCanBeThrown")
    void actionThrows_callerGetsThatVeryThrowable_andTheWorkerGoesOn(EntryPoint entry, Throwable thrown)
            throws Throwable {
        Turnstile<Witness> gate = open();
        for (int i = 0; i < 3; i++) { // more often than there are places
            assertSame(
                    thrown,
                    assertThrows(Throwable.class, () -> entry.run(gate, resource -> ErrorsTest.<Error>sneak(thrown))));
            assertEquals(0, gate.pendingCount());
        }

        assertEquals(5, (int) entry.run(gate, resource -> resource.use(5)));
        assertEquals(3, gate.stats().failed());
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> Object sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @ParameterizedTest
    @EnumSource
    void realStackOverflow_failsThatCallOnly(EntryPoint entry) throws Throwable {
        Turnstile<Witness> gate = open();
        assertThrows(StackOverflowError.class, () -> entry.run(gate, resource -> endless(0)));

        assertEquals(5, (int) entry.run(gate, resource -> resource.use(5)));
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int endless(int depth) {
        return endless(depth + 1) + 1;
    }

    @ParameterizedTest
    @EnumSource
    void nullResult_isAResult(EntryPoint entry) throws Throwable {
        assertNull(entry.run(open(), resource -> null));
    }

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("NullAway")
    void nullAction_isRefusedByName(EntryPoint entry) throws Throwable {
        Turnstile<Witness> gate = open();
        NullPointerException thrown = assertThrows(NullPointerException.class, () -> {
            switch (entry) {
                case CALL -> gate.call(null);
                case TIMED_CALL -> gate.call(null, Audit.PATIENCE);
                case TRY_CALL -> gate.tryCall(null);
                case SUBMIT -> gate.submit(null);
                case TIMED_SUBMIT -> gate.submit(null, Audit.PATIENCE);
                case TRY_SUBMIT -> gate.trySubmit(null);
            }
        });
        assertEquals("action", thrown.getMessage());
        assertEquals(5, (int) entry.run(gate, resource -> resource.use(5)), "and no place is lost");
    }

    /** An action that interrupts its own thread disturbs neither the next action nor the worker's waiting. */
    @Test
    void actionThatInterruptsTheWorker_disturbsNobody() throws Exception {
        Turnstile<Witness> gate = open();
        for (int i = 0; i < 100; i++) {
            gate.call(resource -> {
                Thread.currentThread().interrupt();
                return 0;
            });
            assertFalse((boolean) gate.call(resource -> Thread.currentThread().isInterrupted()));
        }
    }

    /** Nobody ends the worker by an interrupt from outside, either. */
    @Test
    void interruptOfTheIdleWorker_isIgnored() throws Exception {
        Turnstile<Witness> gate = open();
        Thread worker = gate.call(resource -> Thread.currentThread());
        for (int i = 0; i < 100; i++) {
            worker.interrupt();
            assertEquals(1, (int) gate.tryCall(resource -> resource.use(1)));
        }
    }
}
