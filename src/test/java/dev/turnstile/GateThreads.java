package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A whole {@link Turnstile} with one place and what the threads of a {@link GateScenario} do, the workers' included: Lincheck
 * follows only the threads that it starts, so each {@link Worker} is run on one of them and its own is never started.
 */
public class GateThreads {
    private static final Duration SHORT = Duration.ofNanos(20_000);
    private static final Object KEY = "key";

    private final Turnstile<Instance> gate;
    private final Roster<Instance> roster;
    private final List<Worker<Instance>> workers = new ArrayList<>();
    private final Made[] made = {new Made(), new Made(), new Made()};
    private final AtomicInteger callersLeft = new AtomicInteger();
    private final Queue<Instance> instances = new ConcurrentLinkedQueue<>();

    private volatile boolean insideWithKey;
    private volatile boolean overlapped;

    public GateThreads() {
        this(TurnstileOptions.defaults().withCapacity(1), 1, 1);
    }

    /**
     * Makes a gate.
     *
     * @param working of how many workers there are stations; the others are still to come
     */
    private GateThreads(TurnstileOptions given, int workerCount, int working) {
        // No watchdog: its thread belongs to no gate and never ends, which Fray takes for a schedule that goes on.
        TurnstileOptions options = given.withIdleSpin(Duration.ZERO).withStuckAfter(Duration.ZERO);
        Source source = new Source();
        try {
            Constructor<?> constructor =
                    Turnstile.class.getDeclaredConstructor(ResourceSource.class, TurnstileOptions.class);
            constructor.setAccessible(true);
            gate = newGate(constructor.newInstance(source, options));
            Field field = Turnstile.class.getDeclaredField("crew");
            field.setAccessible(true);
            Crew<Instance> crew = crew(field.get(gate));
            for (int number = 0; number < workerCount; number++) {
                Worker<Instance> worker = new Worker<>(crew, "worker-" + number, source, options, false, null);
                crew.add(worker);
                workers.add(worker);
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the gate is built otherwise", e);
        }
        roster = gate.line().roster();
        roster.addStations(workers.subList(0, working));
    }

    private static TurnstileOptions pool() {
        return TurnstileOptions.defaults().withCapacity(1).withPoolSize(2);
    }

    /** Two workers. */
    public static final class OfPool extends GateThreads {
        public OfPool() {
            super(pool(), 2, 2);
        }
    }

    /** Two workers, one of whom is still to come. */
    public static final class OfGrowingPool extends GateThreads {
        public OfGrowingPool() {
            super(pool(), 2, 1);
        }
    }

    /** A worker, and another one that may relieve it. */
    public static final class OfSwap extends GateThreads {
        public OfSwap() {
            super(TurnstileOptions.defaults().withCapacity(1), 2, 1);
        }
    }

    /** A place for everybody, and one for control calls. */
    public static final class WithLanes extends GateThreads {
        public WithLanes() {
            super(
                    TurnstileOptions.defaults()
                            .withCapacity(2)
                            .withReservedPlaces(1)
                            .withOvertakes(1),
                    1,
                    1);
        }
    }

    @SuppressWarnings("unchecked")
    private static Turnstile<Instance> newGate(Object made) {
        return (Turnstile<Instance>) made;
    }

    @SuppressWarnings("unchecked")
    private static Crew<Instance> crew(Object made) {
        return (Crew<Instance>) made;
    }

    /** The whole life of a worker. */
    public void work(int number) {
        workers.get(number).run();
    }

    /** The second worker relieves the first. */
    public void swap() {
        workers.get(1).succeeds();
        roster.relieve(roster.staying().getFirst(), workers.get(1), false);
    }

    /** The second worker comes. */
    public void grow() {
        roster.addStations(List.of(workers.get(1)));
    }

    /** The second worker goes. */
    public void shrink() {
        roster.retire(roster.staying().getLast());
    }

    public void call(int number) {
        make(number, () -> gate.call(made[number]::run));
    }

    /** With a limit that has an end, so the waiting is another, but that never passes. */
    public void timedCall(int number) {
        make(number, () -> gate.call(made[number]::run, Duration.ofDays(1)));
    }

    public void tryCall(int number) {
        make(number, () -> gate.tryCall(made[number]::run));
    }

    /** With a limit that may pass anywhere on the way. */
    public void shortCall(int number) {
        make(number, () -> gate.call(made[number]::run, SHORT));
    }

    public void keyedCall(int number) {
        make(number, () -> gate.call(Action.keyed(KEY, made[number]::runWithKey)));
    }

    public void highCall(int number) {
        make(number, () -> gate.call(Action.inLane(Lane.HIGH, made[number]::run)));
    }

    public void controlCall(int number) {
        make(number, () -> gate.call(Action.inLane(Lane.CONTROL, made[number]::run)));
    }

    /** After it its instance is lost. */
    public void poisonCall(int number) {
        make(number, () -> gate.call(made[number]::die));
    }

    public void submit(int number) {
        make(number, () -> made[number].future = gate.submit(made[number]::run));
    }

    public void shortSubmit(int number) {
        make(number, () -> made[number].future = gate.submit(made[number]::run, SHORT));
    }

    public void cancel(int number) {
        CompletableFuture<Object> future = made[number].future;
        if (future != null) {
            future.cancel(false);
        }
    }

    private void make(int number, Callable<Object> call) {
        Made mine = made[number];
        mine.caller = Thread.currentThread();
        try {
            Object got = call.call();
            if (mine.future == null) {
                mine.outcome = got == mine ? Outcome.RETURNED : Outcome.ANOTHERS;
            }
        } catch (Exception thrown) {
            mine.outcome = outcomeOf(thrown);
        }
        mine.caller = null;
        Thread.interrupted(); // if it came after the call
    }

    private static Outcome outcomeOf(Throwable thrown) {
        return switch (thrown) {
            case TurnstileClosedException closed when closed.getCause() == null -> gone(closed.started());
            case CallInterruptedException interrupted -> gone(interrupted.started());
            case CallTimeoutException timeout -> gone(timeout.started());
            case CallCancelledException cancelled -> gone(cancelled.started());
            case TurnstileFullException full -> Outcome.GONE_BEFORE;
            case Poison poison -> Outcome.FAILED;
            default -> throw new AssertionError(thrown);
        };
    }

    private static Outcome gone(boolean started) {
        return started ? Outcome.GONE_AFTER : Outcome.GONE_BEFORE;
    }

    public void interrupt(int number) {
        Thread caller = made[number].caller;
        if (caller != null) {
            caller.interrupt();
        }
    }

    public void shutdown() {
        gate.shutdown();
    }

    /** Nobody closes while somebody still calls: who is not woken then waits for ever. */
    public void shutdownIfLast(int callers) {
        if (callersLeft.incrementAndGet() == callers) {
            gate.shutdown();
        }
    }

    /** With a limit that has passed. */
    public void closeAtOnce() {
        gate.close(Duration.ZERO);
    }

    public void closeAndWait() {
        assertTrue(gate.close(Duration.ofDays(1)).resourceClosed(), "closed without a limit");
    }

    /** At the end, when all threads have come to theirs. */
    @Validate
    public void everyCallHasOneEnd() {
        assertFalse(overlapped, "no overlap, and no call after the closing");
        assertTrue(instances.stream().allMatch(instance -> instance.closed), "all that was opened is closed");
        assertEquals(TurnstileState.CLOSED, gate.state());
        Audit.assertSettled(gate.stats());
        long returned = 0;
        for (Made each : made) {
            if (each.future != null) {
                each.outcome = each.outcomeOfFuture();
            }
            if (each.outcome != null) {
                assertEquals(each.outcome.runs, each.runs.get(), each.outcome.name());
            }
            returned += each.outcome == Outcome.RETURNED ? 1 : 0;
        }
        assertEquals(returned, gate.stats().completed(), "who has a result was given it");
    }

    /** What a caller got, and how often the action has run then. */
    private enum Outcome {
        RETURNED(1),
        FAILED(1),
        GONE_AFTER(1),
        GONE_BEFORE(0),
        ANOTHERS(-1);

        private final int runs;

        Outcome(int runs) {
            this.runs = runs;
        }
    }

    private final class Made {
        private volatile Thread caller;
        private volatile Outcome outcome;
        private final AtomicInteger runs = new AtomicInteger();
        private volatile CompletableFuture<Object> future;

        /** Waits for it: futures are completed on threads of their own. */
        Outcome outcomeOfFuture() {
            return future.handle((result, thrown) ->
                            thrown != null ? outcomeOf(thrown) : result == this ? Outcome.RETURNED : Outcome.ANOTHERS)
                    .join();
        }

        Object run(Instance instance) {
            overlapped |= instance.inside || instance.closed;
            instance.inside = true;
            runs.incrementAndGet();
            instance.inside = false;
            return this;
        }

        /** The calls of one key do not overlap wherever they are run. */
        Object runWithKey(Instance instance) {
            overlapped |= insideWithKey;
            insideWithKey = true;
            Object got = run(instance);
            insideWithKey = false;
            return got;
        }

        Object die(Instance instance) {
            run(instance);
            throw new Poison();
        }
    }

    private static final class Instance {
        private volatile boolean inside;
        private volatile boolean closed;
    }

    private static final class Poison extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final class Source implements ResourceSource<Instance, RuntimeException> {
        @Override
        public Instance open() {
            Instance opened = new Instance();
            instances.add(opened);
            return opened;
        }

        @Override
        public void close(Instance instance) {
            overlapped |= instance.inside || instance.closed;
            instance.closed = true;
        }

        @Override
        public boolean isLost(Instance instance, Throwable failure) {
            return failure instanceof Poison;
        }
    }
}
