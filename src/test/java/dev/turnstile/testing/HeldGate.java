package dev.turnstile.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A gate over a {@link Witness} whose worker is held inside a call until {@link #release()}. */
public final class HeldGate {
    private final Audit audit;
    private final Witness witness;
    private final Turnstile<Witness> gate;
    private final CountDownLatch latch;
    private final CompletableFuture<?> held;

    private HeldGate(Audit audit, Witness witness, Turnstile<Witness> gate) {
        this.audit = audit;
        this.latch = audit.latch();
        this.witness = witness;
        this.gate = gate;
        CountDownLatch entered = new CountDownLatch(1);
        this.held = audit.watch(gate.trySubmit(resource -> {
            resource.hold(entered, latch);
            return "held";
        }));
        try {
            entered.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Opens a gate and holds its worker: {@code capacity} places are free. */
    public static HeldGate open(Audit audit, int capacity) {
        return open(audit, TurnstileOptions.defaults().withCapacity(capacity));
    }

    public static HeldGate open(Audit audit, TurnstileOptions options) {
        Witness[] witness = new Witness[1];
        try {
            Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                    () -> witness[0] = new Witness(), Witness::close, options));
            return new HeldGate(audit, witness[0], gate);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public Turnstile<Witness> gate() {
        return gate;
    }

    public Witness witness() {
        return witness;
    }

    /** The future of the call that is held. */
    public CompletableFuture<?> held() {
        return held;
    }

    public void release() {
        latch.countDown();
    }

    /** Takes all free places with calls that use the witness. */
    public List<CompletableFuture<Integer>> fill() {
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = gate.pendingCount(); i < gate.capacity(); i++) {
            int number = i;
            futures.add(audit.watch(gate.trySubmit(resource -> resource.use(number))));
        }
        assertEquals(gate.capacity(), gate.pendingCount());
        return futures;
    }

    /** Waits until this many callers stand outside. */
    public void awaitWaiting(int callers) {
        Eventually.isTrue(callers + " callers wait outside", () -> gate.waitingCount() == callers);
    }

    public void awaitPending(int calls) {
        Eventually.isTrue(calls + " calls are pending", () -> gate.pendingCount() == calls);
    }
}
