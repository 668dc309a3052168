package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.Witness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Promises 7 and 11 under load: actions that throw whatever can be thrown stand in one full line with those that do their work, by
 * all entry points. Each caller gets what is its own, and nothing is left.
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
        assertEquals(foundNoPlace.get(), stats.notAdmitted());
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
}
