package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.Witness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Promises 6, 7 and 11 under load: actions that throw whatever can be thrown stand in one full line with those that do their work, by
 * all entry points; and the worst, a worker that dies before a crowd. Each caller gets what is its own, and nothing is left.
 */
class FaultsUnderLoadTest {
    private static final int CAPACITY = 16;
    private static final int CALLERS = 240;

    @RegisterExtension
    final Audit audit = new Audit();

    private final AtomicInteger foundNoPlace = new AtomicInteger();

    /** What the action does instead of its work; the errors are the JVM's own where it makes them without harm. */
    enum Fault {
        CHECKED(IOException.class) {
            @Override
            Object happen() throws IOException {
                throw new IOException("checked");
            }
        },
        UNCHECKED(IllegalStateException.class) {
            @Override
            Object happen() {
                throw new IllegalStateException("unchecked");
            }
        },
        OUT_OF_MEMORY(OutOfMemoryError.class) {
            @Override
            Object happen() {
                return new long[Integer.MAX_VALUE];
            }
        },
        STACK_OVERFLOW(StackOverflowError.class) {
            @Override
            @SuppressWarnings("InfiniteRecursion")
            Object happen() {
                return "more " + happen();
            }
        },
        LINKAGE(NoClassDefFoundError.class) {
            @Override
            Object happen() {
                try {
                    return new Unlinkable();
                } catch (ExceptionInInitializerError firstTime) {
                    return new Unlinkable();
                }
            }
        },
        THROWN_INTERRUPT(InterruptedException.class) {
            @Override
            Object happen() throws InterruptedException {
                Thread.currentThread().interrupt();
                throw new InterruptedException("of the action's own");
            }
        },
        THROWN_CANCEL(CancellationException.class) {
            @Override
            Object happen() {
                throw new CancellationException("of the action's own");
            }
        },
        THROWN_REFUSAL(TurnstileClosedException.class) {
            @Override
            Object happen() {
                throw new TurnstileClosedException("of another gate", false, null);
            }
        };

        private final Class<? extends Throwable> thrown;

        Fault(Class<? extends Throwable> thrown) {
            this.thrown = thrown;
        }

        abstract Object happen() throws Exception;
    }

    /** Cannot be initialised. */
    private static final class Unlinkable {
        static {
            failToInitialise();
        }

        private static void failToInitialise() {
            throw new IllegalStateException("as asked");
        }
    }

    /** One that would not wait and finds no place comes again and waits. */
    private Object placed(EntryPoint entry, Turnstile<Witness> gate, Action<Witness, Object, Exception> action)
            throws Throwable {
        try {
            return entry.run(gate, action);
        } catch (TurnstileFullException full) {
            foundNoPlace.incrementAndGet();
            return (entry.hasFuture() ? EntryPoint.SUBMIT : EntryPoint.CALL).run(gate, action);
        }
    }

    private Caller<Object> send(EntryPoint entry, Turnstile<Witness> gate, Action<Witness, Object, Exception> action) {
        return Caller.start(() -> {
            try {
                return placed(entry, gate, action);
            } catch (Throwable thrown) {
                return thrown;
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void fault_amongHealthyActions_isItsCallersAlone(Fault fault) {
        HeldGate held = HeldGate.open(audit, CAPACITY);
        List<Caller<Object>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int number = i;
            Action<Witness, Object, Exception> action =
                    isFaulty(i) ? resource -> fault.happen() : resource -> resource.use(number);
            callers.add(send(EntryPoint.inTurn(i / 4), held.gate(), action));
        }
        held.awaitWaiting(CALLERS - CAPACITY);
        held.release();

        for (int i = 0; i < CALLERS; i++) {
            if (isFaulty(i)) {
                assertInstanceOf(fault.thrown, callers.get(i).result());
            } else {
                assertEquals(i, callers.get(i).result());
            }
        }
        assertTrue(held.gate().close(Audit.PATIENCE).resourceClosed());
        TurnstileStats stats = held.gate().stats();
        assertEquals(1 + CALLERS * 3 / 4, stats.completed());
        assertEquals(CALLERS / 4, stats.failed());
        assertEquals(foundNoPlace.get(), stats.turnedAway());
        assertEquals(1 + CALLERS * 3 / 4, held.witness().uses());
        assertOneThreadAndNoOverlap(held.witness());
    }

    private static boolean isFaulty(int number) {
        return number % 4 == 3;
    }

    private static void assertOneThreadAndNoOverlap(Witness witness) {
        assertAll(
                () -> assertEquals(0, witness.overlaps()),
                () -> assertEquals(1, witness.closes()),
                () -> assertEquals(0, witness.closedUnderCall()),
                () -> assertEquals(1, witness.threads().size()));
        Leftovers.awaitNoThreads();
    }

    // ---- the worker dies ----

    /** A call whose owner cannot be told: that is the worker's own code failing, as it may when memory runs out. */
    private static final class Deadly extends Call<Witness, Integer> {
        private final Error cause;

        Deadly(Error cause) {
            super(resource -> resource.use(0));
            this.cause = cause;
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

    /** Everybody behind the deadly call is told why: by return or through a future, in the line or outside. */
    @Test
    void worker_thatDiesBeforeACrowd_tellsEverybody() throws Exception {
        Error cause = new OutOfMemoryError("in the gate's own code");
        Line<Witness> line = new Line<>(CAPACITY);
        Witness witness = new Witness();
        Worker<Witness> worker = new Worker<>(line, () -> witness, Witness::close, TurnstileOptions.defaults());
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch latch = new CountDownLatch(1);
        FutureCall<Witness, String> held = new FutureCall<>(line, resource -> {
            resource.hold(entered, latch);
            return "held";
        });
        line.enter(held, true);
        worker.start();
        entered.await();
        int before = CAPACITY / 2;
        List<Caller<Object>> served = sendTo(line, before);
        Eventually.isTrue("before the deadly one", () -> line.stats().pending() == before);
        line.enter(new Deadly(cause), true);
        List<Caller<Object>> doomed = sendTo(line, CALLERS);
        Eventually.isTrue("all have come", () -> line.stats().waiting() == CALLERS + before + 1 - CAPACITY);
        latch.countDown();

        assertEquals("held", Caller.start(() -> held.future().get()).result());
        served.forEach(caller -> assertEquals(7, caller.result()));
        for (Caller<Object> caller : doomed) {
            TurnstileClosedException told = assertInstanceOf(TurnstileClosedException.class, caller.result());
            assertSame(cause, told.getCause());
            assertEquals(false, told.started());
        }
        assertTrue(worker.awaitEnd(Audit.PATIENCE));
        TurnstileStats stats = line.stats();
        Audit.assertSettled(stats);
        assertEquals(TurnstileState.CLOSED, line.state());
        assertEquals(1 + before + 1, stats.completed(), "the deadly one did its work");
        assertEquals(stats.accepted() - stats.completed(), stats.refused());
        assertEquals(CALLERS, stats.refused() + stats.turnedAway());
        assertEquals(1 + before + 1, witness.uses());
        assertEquals(1, witness.closes());
        Leftovers.awaitNoThreads();
    }

    /** Blocking callers and futures by turns, as {@link Turnstile} makes them. */
    private static List<Caller<Object>> sendTo(Line<Witness> line, int callers) {
        List<Caller<Object>> sent = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            boolean blocking = i % 2 == 0;
            sent.add(Caller.start(() -> blocking ? blockingCall(line) : futureCall(line)));
        }
        return sent;
    }

    private static Object blockingCall(Line<Witness> line) throws Exception {
        BlockingCall<Witness, Integer> call = new BlockingCall<>(resource -> resource.use(7));
        line.enter(call, true);
        call.await(line, Deadline.NEVER);
        return call.state() == CallState.COMPLETED ? call.result() : line.closedException(call.started());
    }

    private static Object futureCall(Line<Witness> line) throws Exception {
        FutureCall<Witness, Integer> call = new FutureCall<>(line, resource -> resource.use(7));
        line.enter(call, true);
        call.await(line, Deadline.NEVER);
        call.placed();
        return call.accepted()
                ? call.future()
                        .handle((Integer result, Throwable thrown) -> thrown == null ? (Object) result : thrown)
                        .get()
                : line.closedException(false);
    }
}
