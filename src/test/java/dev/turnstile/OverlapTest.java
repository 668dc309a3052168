package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Witness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promise 1: never two calls in the resource at once; everything on the one worker thread. */
class OverlapTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final AtomicReference<Witness> witness = new AtomicReference<>();

    private Turnstile<Witness> open() throws InterruptedException {
        return audit.watch(Turnstile.<Witness, RuntimeException>open(
                () -> {
                    witness.set(new Witness());
                    return witness.get();
                },
                Witness::close,
                TurnstileOptions.defaults().withCapacity(3)));
    }

    @Test
    void calls_fromManyThreadsByEveryEntryPoint_neverOverlap() throws Exception {
        Turnstile<Witness> gate = open();
        List<Caller<?>> callers = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            EntryPoint entry = EntryPoint.inTurn(i);
            callers.add(Caller.start(() -> {
                int ran = 0;
                for (int n = 0; n < 20; n++) {
                    ran += runOrRefused(entry, gate);
                }
                return ran;
            }));
        }
        int ran = callers.stream().mapToInt(caller -> (int) caller.result()).sum();
        gate.close(Audit.PATIENCE);

        assertEquals(ran, witness.get().uses());
        assertEquals(0, witness.get().overlaps());
    }

    private static int runOrRefused(EntryPoint entry, Turnstile<Witness> gate) {
        try {
            return entry.run(gate, resource -> resource.use(1));
        } catch (TurnstileFullException refused) {
            return 0;
        } catch (Throwable thrown) {
            throw new AssertionError(thrown);
        }
    }

    @Test
    void openCallsAndClose_happenOnOneThread() throws Exception {
        Turnstile<Witness> gate = open();
        Thread worker = gate.call(resource -> Thread.currentThread());
        IntStream.range(0, 10)
                .forEach(i -> Caller.start(() -> gate.call(resource -> resource.use(i)))
                        .result());
        gate.close(Audit.PATIENCE);

        assertEquals(java.util.Set.of(worker), witness.get().threads());
        assertEquals(1, witness.get().closes());
    }

    @Test
    void worker_isAPlatformThreadAsTheOptionsSay() throws Exception {
        TurnstileOptions options = TurnstileOptions.defaults()
                .withWorkerName("turnstile-worker-of-my-own")
                .withWorkerDaemon(false)
                .withWorkerStackSize(16 << 20);
        Turnstile<Witness> gate =
                audit.watch(Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, options));
        Thread worker = gate.call(resource -> Thread.currentThread());

        assertTrue(!worker.isVirtual() && !worker.isDaemon());
        assertEquals("turnstile-worker-of-my-own", worker.getName());
        // 40,000 frames of at least 100 bytes: too deep for the default of 1 MiB, well within 16.
        assertEquals(40_000, (int) gate.call(resource -> depth(40_000)));
        assertSame(worker, gate.call(resource -> Thread.currentThread()));
    }

    private static int depth(int left) {
        return left == 0 ? 0 : 1 + depth(left - 1);
    }
}
