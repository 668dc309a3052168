package dev.turnstile;

import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Run by {@link LateClassesTest} in a JVM that logs which classes it loads: opens gates, loads {@link Mark}, and uses the gates in every way, also
 * those that fail.
 */
public final class LateClassesProgram {
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration SHORT = Duration.ofMillis(5);

    /** Loaded when everything has been opened. */
    public static final class Mark {
        private Mark() {}

        public static void set() {}
    }

    /** Loaded when everything has been done with them. */
    public static final class End {
        private End() {}

        public static void set() {}
    }

    private final Turnstile<Witness> gate;

    private LateClassesProgram(Turnstile<Witness> gate) {
        this.gate = gate;
    }

    public static void main(String[] arguments) throws Exception {
        Callable<Turnstile<Witness>> opener =
                arguments[0].equals("POOL") ? LateClassesProgram::pool : LateClassesProgram::single;
        List<LateClassesProgram> gates = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            gates.add(new LateClassesProgram(opener.call()));
        }
        useTimeoutsOfTheJdk();
        Mark.set();
        wakeVirtualThread();
        gates.get(0).look();
        gates.get(0).call();
        gates.get(0).fork();
        gates.get(0).useFutures();
        gates.get(0).change();
        gates.get(1).closeInTime();
        gates.get(2).closeTooEarly();
        gates.get(3).lose();
        End.set();
        System.exit(0);
    }

    private static TurnstileOptions options() {
        return TurnstileOptions.defaults()
                .withCapacity(2)
                .withReservedPlaces(1)
                .withListeners(new CallListener() {})
                .withRestarts(RestartPolicy.limited(1, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO));
    }

    private static Turnstile<Witness> single() throws InterruptedException {
        return Turnstile.open(new Source(), options());
    }

    private static Turnstile<Witness> pool() throws InterruptedException {
        return Turnstile.open(new Source(), options().withPoolSize(2));
    }

    private static final class Poison extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static final class Source implements ResourceSource<Witness, RuntimeException> {
        @Override
        public Witness open() {
            return new Witness();
        }

        @Override
        public void close(Witness witness) {
            witness.close();
        }

        @Override
        public boolean isLost(Witness witness, Throwable failure) {
            return failure instanceof Poison;
        }
    }

    public interface Use {
        Object make() throws Throwable;
    }

    /** Makes a use of which the outcome does not matter. */
    public static void attempt(Use use) {
        try {
            use.make();
        } catch (Throwable whatever) {
            if (whatever instanceof VirtualMachineError broken) {
                throw broken;
            }
        }
    }

    private static Object fail(Witness witness) {
        throw new IllegalArgumentException("as told");
    }

    private static Object lose(Witness witness) {
        throw new Poison();
    }

    private void look() {
        attempt(gate::state);
        attempt(gate::stats);
        attempt(gate::instances);
        attempt(gate::health);
        attempt(gate::toString);
        attempt(gate::capacity);
        attempt(gate::pendingCount);
        attempt(gate::waitingCount);
        attempt(() -> gate.awaitTermination(Duration.ZERO));
    }

    private void call() {
        attempt(() -> gate.call(witness -> witness.use(1)));
        attempt(() -> gate.call(DescribedAction.tagged("tag", witness -> witness.use(1))));
        attempt(() -> gate.call(DescribedAction.keyed("key", witness -> witness.use(1))));
        for (Lane lane : Lane.values()) {
            attempt(() -> gate.call(DescribedAction.inLane(lane, witness -> witness.use(1))));
        }
        attempt(() -> gate.call(witness -> witness.use(1), LONG));
        attempt(() -> gate.tryCall(witness -> witness.use(1)));
        attempt(() -> gate.call(LateClassesProgram::fail));
        attempt(() -> gate.call(witness -> gate.call(other -> 1)));
        attempt(() -> gate.call(witness -> witness.use(1), Duration.ZERO));
        attempt(() -> TimeLimit.within(LONG, () -> gate.call(witness -> witness.use(1))));
        attempt(() -> TimeLimit.within(Duration.ZERO, () -> gate.call(witness -> witness.use(1))));
        attempt(() -> {
            Thread.currentThread().interrupt();
            return gate.call(witness -> witness.use(1));
        });
        whileHeld(() -> {
            attempt(() -> gate.call(witness -> witness.use(1), SHORT));
            fill();
            attempt(() -> gate.tryCall(witness -> witness.use(1)));
            attempt(() -> gate.call(witness -> witness.use(1), SHORT));
            attempt(() -> gate.call(DescribedAction.inLane(Lane.HIGH, witness -> witness.use(1)), SHORT));
            Caller<Integer> outside = Caller.start(() -> gate.call(witness -> witness.use(1)));
            Eventually.isTrue("outside", () -> gate.waitingCount() == 1);
            look();
            outside.interrupt();
            outside.failure();
        });
    }

    private void fork() {
        for (JoinPolicy policy : JoinPolicy.values()) {
            attempt(() -> {
                try (FanOut<Witness, Object> block = gate.fanOut(policy)) {
                    Fork<Object> fork = block.fork(witness -> witness.use(1));
                    block.fork(LateClassesProgram::fail);
                    block.join();
                    attempt(block::first);
                    attempt(block::results);
                    attempt(fork::get);
                    attempt(fork::failure);
                    return block.toString() + fork;
                }
            });
            attempt(() -> {
                try (FanOut<Witness, Object> block = gate.fanOut(policy, LONG)) {
                    return block.fork(witness -> witness.use(1));
                }
            });
            attempt(() -> {
                try (FanOut<Witness, Object> block = gate.fanOut(policy, Duration.ZERO)) {
                    block.fork(witness -> witness.use(1));
                    return block.join();
                }
            });
        }
    }

    private void useFutures() {
        attempt(() -> gate.submit(witness -> witness.use(1)).get());
        attempt(() -> gate.submit(witness -> witness.use(1), LONG).join());
        attempt(() -> gate.submit(LateClassesProgram::fail).join());
        attempt(() -> gate.trySubmit(LateClassesProgram::fail).get(1, TimeUnit.DAYS));
        attempt(() -> gate.submitToEach(witness -> witness.use(1)).getFirst().get());
        attempt(() -> TimeLimit.within(
                LONG, () -> gate.submit(witness -> witness.use(1)).get()));
        attempt(() -> gate.call(witness -> gate.submit(other -> 1)));
        whileHeld(() -> {
            attempt(() -> gate.submit(witness -> witness.use(1), SHORT).get());
            attempt(() -> gate.submit(witness -> witness.use(1)).get(5, TimeUnit.MILLISECONDS));
            attempt(() -> use(gate.trySubmit(witness -> witness.use(1))));
            fill();
            attempt(() -> gate.trySubmit(witness -> witness.use(1)));
            attempt(() -> gate.submit(witness -> witness.use(1), SHORT));
        });
        attempt(() -> {
            CompletableFuture<Integer> done = gate.trySubmit(witness -> witness.use(1));
            done.join();
            return use(done);
        });
        attempt(() -> use(gate.trySubmit(LateClassesProgram::fail)));
    }

    /** In all ways that a future can be used; each of these that ends it has one of its own. */
    private Object use(CompletableFuture<?> future) {
        attempt(future::toString);
        attempt(future::isDone);
        attempt(future::isCancelled);
        attempt(future::isCompletedExceptionally);
        attempt(future::state);
        attempt(() -> future.getNow(null));
        attempt(future::resultNow);
        attempt(future::exceptionNow);
        attempt(future::getNumberOfDependents);
        attempt(future::copy);
        attempt(future::minimalCompletionStage);
        attempt(() -> future.thenApply(result -> result));
        attempt(() -> CompletableFuture.allOf(future));
        attempt(() -> future.completeAsync(() -> null).join());
        attempt(() -> future.cancel(true));
        attempt(future::join);
        attempt(() -> gate.trySubmit(witness -> 1).complete(2));
        attempt(() -> gate.trySubmit(witness -> 1).completeExceptionally(new IllegalArgumentException()));
        attempt(() -> {
            gate.trySubmit(witness -> 1).obtrudeValue(2);
            return null;
        });
        attempt(() -> {
            gate.trySubmit(witness -> 1).obtrudeException(new IllegalArgumentException());
            return null;
        });
        attempt(() ->
                gate.trySubmit(witness -> 1).orTimeout(1, TimeUnit.MILLISECONDS).join());
        attempt(() -> gate.trySubmit(witness -> 1)
                .completeOnTimeout(1, 1, TimeUnit.MILLISECONDS)
                .join());
        return future.toString();
    }

    private void change() {
        attempt(() -> {
            gate.resize(3);
            gate.call(DescribedAction.keyed("key", witness -> witness.use(1)));
            gate.resize(1);
            return null;
        });
        attempt(() -> {
            gate.resize(0);
            return null;
        });
        attempt(() -> gate.swap(new Source(), LONG));
        attempt(() -> gate.swap(new Source(), Duration.ZERO));
    }

    private void closeInTime() throws Exception {
        attempt(() -> gate.call(witness -> {
            gate.shutdown();
            return gate.close(LONG);
        }));
        gate.close();
        call();
        useFutures();
        fork();
        change();
        look();
        gate.awaitTermination(LONG);
    }

    private void closeTooEarly() {
        whileHeld(() -> {
            fill();
            Caller<Integer> outside = Caller.start(() -> gate.call(witness -> witness.use(1)));
            Eventually.isTrue("outside", () -> gate.waitingCount() == 1);
            gate.close(Duration.ZERO);
            outside.failure();
            look();
        });
    }

    /** The first loss is made good, the second one is not. */
    private void lose() {
        for (int i = 0; i < 3; i++) {
            attempt(() -> gate.call(LateClassesProgram::lose));
            attempt(() -> gate.call(witness -> witness.use(1)));
            look();
        }
    }

    /** What the JDK's own methods of futures load is not ours to load. */
    private static void useTimeoutsOfTheJdk() {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        future.orTimeout(1, TimeUnit.DAYS).completeAsync(() -> 1).join();
        attempt(future::state);
    }

    /** As whoever completes a future, or releases a lock for which a virtual thread waits. */
    public static void wakeVirtualThread() {
        Thread thread = Thread.ofVirtual().unstarted(() -> {});
        LockSupport.unpark(thread);
        thread.start();
    }

    /** Does something while all workers are in calls. */
    private void whileHeld(Runnable use) {
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<Integer>> held = new ArrayList<>();
        try {
            for (InstanceStats ignored : gate.instances()) {
                CountDownLatch entered = new CountDownLatch(1);
                held.add(gate.submit(witness -> {
                    witness.hold(entered, release);
                    return 1;
                }));
                entered.await();
            }
            use.run();
        } catch (InterruptedException | TurnstileClosedException closed) {
            attempt(() -> gate.submit(witness -> 1));
        } finally {
            release.countDown();
        }
        held.forEach(future -> attempt(future::join));
    }

    private void fill() {
        while (gate.pendingCount() < gate.capacity()) {
            gate.trySubmit(DescribedAction.inLane(Lane.CONTROL, witness -> witness.use(1)));
        }
    }
}
