import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.TurnstileStats;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.HeldGate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Subtask;
import java.util.concurrent.TimeoutException;

/**
 * Callers in the JDK's own StructuredTaskScope, as it is in JDK 21 to 24 (a preview). A scope that shuts down interrupts its
 * waiting forks: their calls leave the line, never reach the resource, and their places come back.
 */
public class StructuredCallers {
    private static final int CAPACITY = 10;
    private static final int FORKS = 200;

    private interface Scenario {
        void run(HeldGate held) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        audited(StructuredCallers::allReturn);
        audited(StructuredCallers::oneFails);
        audited(StructuredCallers::theLimitPasses);
        audited(StructuredCallers::theOwnerIsInterrupted);
        audited(StructuredCallers::oneIsEnough);
        System.out.println("5 scenarios");
    }

    private static void audited(Scenario scenario) throws Exception {
        try (Audit audit = new Audit()) {
            HeldGate held = HeldGate.open(audit, CAPACITY);
            scenario.run(held);
            held.release();
        }
    }

    private static void allReturn(HeldGate held) throws Exception {
        List<Subtask<Integer>> forks = new ArrayList<>();
        try (var scope = new StructuredTaskScope.ShutdownOnFailure()) {
            for (int i = 0; i < FORKS; i++) {
                int number = i;
                forks.add(scope.fork(() -> held.gate().call(resource -> resource.use(number))));
            }
            held.release();
            scope.join().throwIfFailed();
        }
        for (int i = 0; i < FORKS; i++) {
            assertEquals(i, forks.get(i).get());
        }
        assertEquals(FORKS + 1, held.witness().uses());
    }

    private static void oneFails(HeldGate held) throws Exception {
        try (var scope = new StructuredTaskScope.ShutdownOnFailure()) {
            forkAll(scope, held);
            scope.fork(() -> {
                awaitAllInLine(held);
                throw new IllegalStateException("one fails");
            });
            scope.join();
            assertThrows(ExecutionException.class, scope::throwIfFailed);
        }
        assertAllVanished(held);
    }

    private static void theLimitPasses(HeldGate held) throws Exception {
        try (var scope = new StructuredTaskScope.ShutdownOnFailure()) {
            forkAll(scope, held);
            awaitAllInLine(held);
            assertThrows(TimeoutException.class, () -> scope.joinUntil(Instant.now()));
        }
        assertAllVanished(held);
    }

    private static void theOwnerIsInterrupted(HeldGate held) throws Exception {
        try (var scope = new StructuredTaskScope.ShutdownOnFailure()) {
            forkAll(scope, held);
            awaitAllInLine(held);
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, scope::join);
            scope.shutdown();
        }
        assertAllVanished(held);
    }

    /** The first result ends the others; what had not begun by then never does. */
    private static void oneIsEnough(HeldGate held) throws Exception {
        try (var scope = new StructuredTaskScope.ShutdownOnSuccess<Integer>()) {
            forkAll(scope, held);
            awaitAllInLine(held);
            held.release();
            assertEquals(1, scope.join().result());
        }
        TurnstileStats stats = held.gate().stats();
        assertEquals(0, stats.waiting() + stats.pending(), stats::toString);
    }

    private static void forkAll(StructuredTaskScope<? super Integer> scope, HeldGate held) {
        for (int i = 0; i < FORKS; i++) {
            scope.fork(() -> held.gate().call(resource -> resource.use(1)));
        }
    }

    private static void awaitAllInLine(HeldGate held) {
        held.awaitPending(CAPACITY);
        held.awaitWaiting(FORKS - CAPACITY);
    }

    /** The worker is held all the while: the scope was left, and all its calls with it. */
    private static void assertAllVanished(HeldGate held) {
        TurnstileStats stats = held.gate().stats();
        assertEquals(0, stats.waiting() + stats.pending(), stats::toString);
        assertEquals(FORKS, stats.cancelled() + stats.notAdmitted(), stats::toString);
        assertEquals(1, held.witness().uses(), "only the call that holds the worker");
    }
}
