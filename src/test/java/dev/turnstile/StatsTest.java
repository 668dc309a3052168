package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Counts;
import dev.turnstile.testing.HeldGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The counts of one instant add up, at every instant. */
class StatsTest {
    @RegisterExtension
    final Audit audit = new Audit();

    @Test
    void counts_sayWhatBecameOfEveryCall() {
        HeldGate held = HeldGate.open(audit, 4);
        Turnstile<?> gate = held.gate();
        List<CompletableFuture<Integer>> futures = held.fill();
        Caller<Integer> outside = Caller.start(() -> held.gate().call(resource -> resource.use(1)));
        held.awaitWaiting(1);
        assertEquals(MadeStats.of(4, 1, 4, 1, 5, 0, 0, 0, 0, 0, 0), Counts.of(gate.stats()));

        futures.get(0).cancel(true);
        outside.interrupt();
        outside.failure();
        assertThrows(TurnstileFullException.class, () -> {
            audit.watch(held.gate().trySubmit(resource -> resource.use(1))).cancel(true);
            held.fill();
            held.gate().trySubmit(resource -> resource.use(1));
        });
        held.release();
        held.held().join();
        assertThrows(
                IllegalStateException.class,
                () -> held.gate().call(resource -> {
                    throw new IllegalStateException();
                }));
        TurnstileStats stats = gate.stats();

        Audit.assertSettled(stats);
        assertEquals(1, stats.failed());
        assertTrue(stats.cancelled() >= 1);
        assertTrue(stats.notAdmitted() >= 1);
    }

    @Test
    void counts_addUpAtEveryInstantUnderLoad() throws Exception {
        Turnstile<Integer> gate = audit.watch(Turnstile.<Integer, RuntimeException>open(
                () -> 0, unused -> {}, TurnstileOptions.defaults().withCapacity(5)));
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            callers.add(Caller.start(() -> {
                for (int n = 0; n < 200; n++) {
                    CompletableFuture<Integer> future = gate.submit(resource -> resource);
                    if (ThreadLocalRandom.current().nextBoolean()) {
                        future.cancel(true);
                    }
                }
                return 0;
            }));
        }
        while (callers.stream().anyMatch(caller -> !caller.isDone())) {
            TurnstileStats stats = gate.stats();
            Audit.assertAddsUp(stats);
            assertTrue(stats.pending() <= 5 && stats.pending() >= 0 && stats.waiting() >= 0, stats::toString);
        }
        callers.forEach(Caller::result);
        gate.close(Audit.PATIENCE);

        assertEquals(10_000, gate.stats().accepted());
    }

    @Test
    void toString_showsTheWholeState() {
        HeldGate held = HeldGate.open(audit, 2);
        held.fill();
        String shown = held.gate().toString();

        for (String part : List.of("turnstile-worker", "OPEN", "capacity=2", "pending=2", "running=1", "waiting=0")) {
            assertTrue(shown.contains(part), shown);
        }
        held.release();
        held.gate().close(Duration.ofSeconds(30));
        assertTrue(held.gate().toString().contains("CLOSED"));
    }
}
