import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.TimeLimit;
import dev.turnstile.TurnstileStats;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.HeldGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;

/**
 * Callers in the JDK's own StructuredTaskScope, as it is from JDK 27 on (a preview). A scope that is cancelled interrupts its
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
        audited(StructuredCallers::theLimitAroundTheScopeIsInherited);
        System.out.println("6 scenarios");
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
        try (var scope = StructuredTaskScope.open(Joiner.<Integer>awaitAllSuccessfulOrThrow())) {
            for (int i = 0; i < FORKS; i++) {
                int number = i;
                forks.add(scope.fork(() -> held.gate().call(resource -> resource.use(number))));
            }
            held.release();
            scope.join();
        }
        for (int i = 0; i < FORKS; i++) {
            assertEquals(i, forks.get(i).get());
        }
        assertEquals(FORKS + 1, held.witness().uses());
    }

    private static void oneFails(HeldGate held) throws Exception {
        try (var scope = StructuredTaskScope.open(Joiner.<Integer>awaitAllSuccessfulOrThrow())) {
            forkAll(scope, held);
            scope.fork(() -> {
                awaitAllInLine(held);
                throw new IllegalStateException("one fails");
            });
            assertThrows(ExecutionException.class, scope::join);
        }
        assertAllVanished(held);
    }

    private static void theLimitPasses(HeldGate held) throws Exception {
        Duration limit = Duration.ofMillis(20);
        try (var scope = StructuredTaskScope.open(
                Joiner.<Integer>awaitAllSuccessfulOrThrow(), configuration -> configuration.withTimeout(limit))) {
            forkAll(scope, held);
            assertThrows(ExecutionException.class, scope::join);
        }
        TurnstileStats stats = held.gate().stats();
        assertEquals(0, stats.waiting() + stats.pending(), stats::toString);
        assertEquals(1, held.witness().uses(), "only the call that holds the worker");
    }

    private static void theOwnerIsInterrupted(HeldGate held) throws Exception {
        try (var scope = StructuredTaskScope.open(Joiner.<Integer>awaitAllSuccessfulOrThrow())) {
            forkAll(scope, held);
            awaitAllInLine(held);
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, scope::join);
        }
        assertAllVanished(held);
    }

    /** The first result ends the others; what had not begun by then never does. */
    private static void oneIsEnough(HeldGate held) throws Exception {
        try (var scope = StructuredTaskScope.open(Joiner.<Integer>anySuccessfulOrThrow())) {
            forkAll(scope, held);
            awaitAllInLine(held);
            held.release();
            assertEquals(1, scope.join());
        }
        TurnstileStats stats = held.gate().stats();
        assertEquals(0, stats.waiting() + stats.pending(), stats::toString);
    }

    /** A scoped value, so it holds in the forks, which have no limit of their own and nobody who interrupts them. */
    private static void theLimitAroundTheScopeIsInherited(HeldGate held) throws Exception {
        TimeLimit.within(Duration.ofMillis(1), () -> {
            try (var scope = StructuredTaskScope.open(Joiner.<Integer>allUntil(fork -> false))) {
                List<Subtask<Integer>> forks = new ArrayList<>();
                for (int i = 0; i < FORKS; i++) {
                    forks.add(scope.fork(() -> held.gate().call(resource -> resource.use(1))));
                }
                scope.join();
                forks.forEach(fork -> assertEquals(CallTimeoutException.class, fork.exception().getClass()));
                return forks;
            }
        });
        TurnstileStats stats = held.gate().stats();
        assertEquals(0, stats.waiting() + stats.pending(), stats::toString);
        assertEquals(1, held.witness().uses(), "only the call that holds the worker");
    }

    private static void forkAll(StructuredTaskScope<Integer, ?, ?> scope, HeldGate held) {
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
