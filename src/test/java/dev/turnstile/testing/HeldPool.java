package dev.turnstile.testing;

import dev.turnstile.Action;
import dev.turnstile.Lane;
import dev.turnstile.Probe;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Copies.Copy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A pool whose instances a test holds one by one, each inside a call. It is looked at with a {@link Probe} alone. */
public final class HeldPool {
    private final Audit audit;
    private final Turnstile<Copy> gate;
    private final Probe probe;
    private final Map<Integer, Object> keys = new HashMap<>();

    private HeldPool(Audit audit, Turnstile<Copy> gate) {
        this.audit = audit;
        this.gate = gate;
        this.probe = Probe.of(gate);
    }

    public static HeldPool open(Audit audit, Copies copies, TurnstileOptions options) throws InterruptedException {
        HeldPool pool = new HeldPool(audit, audit.watch(Turnstile.open(copies, options)));
        for (int key = 0; pool.keys.size() < options.poolSize(); key++) {
            pool.keys.putIfAbsent(pool.instanceOf(key), key);
        }
        pool.probe.awaitQuiet();
        return pool;
    }

    private int instanceOf(Object key) throws InterruptedException {
        String worker = gate.request((Copy copy) -> Thread.currentThread().getName())
                .withKey(key)
                .call();
        return Integer.parseInt(worker.substring(worker.lastIndexOf('-') + 1));
    }

    public Turnstile<Copy> gate() {
        return gate;
    }

    public Probe probe() {
        return probe;
    }

    /** A key whose calls an instance runs that was there from the beginning. */
    public Object key(int instance) {
        return keys.get(instance);
    }

    /** The same action, for one instance alone. */
    public <T, X extends Exception> Action<Copy, T, X> at(int instance, Action<Copy, T, X> action) {
        return new At<>(key(instance), action);
    }

    private record At<T, X extends Exception>(Object key, Action<Copy, T, X> action) implements Action<Copy, T, X> {
        @Override
        public T run(Copy copy) throws X {
            return action.run(copy);
        }

        @Override
        public Lane lane() {
            return action.lane();
        }
    }

    /** A call that an instance is in. */
    public final class Hold {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch latch = audit.latch();
        private final CompletableFuture<Object> future;
        private volatile boolean poisons;

        private Hold(int instance) {
            future = audit.watch(gate.trySubmit(at(instance, this::run)));
            Uninterruptibly.await(entered);
        }

        private Object run(Copy copy) {
            copy.witness().hold(entered, latch);
            if (poisons) {
                throw new Copies.Poison();
            }
            return "held";
        }

        /** Lets it return. */
        public void release() {
            latch.countDown();
        }

        /** Lets it throw what its instance is lost by. */
        public void poison() {
            poisons = true;
            latch.countDown();
        }

        public CompletableFuture<Object> future() {
            return future;
        }
    }

    /** Has an instance run a call until that is released; there is a place for it. */
    public Hold hold(int instance) {
        return new Hold(instance);
    }

    /** Puts a call for each instance into the line. Those held do not come to it. */
    public List<CompletableFuture<String>> submitToEach(Action<Copy, String, ?> action) throws InterruptedException {
        List<CompletableFuture<String>> futures = gate.submitToEach(action);
        futures.forEach(audit::watch);
        return futures;
    }
}
