package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.GateSource.Instance;
import dev.turnstile.testing.Audit;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
    private final Slots<Instance> slots;
    private final List<Worker<Instance>> workers = new ArrayList<>();
    private final int working;
    private final int mostAtOnce;
    private final GateSource source = new GateSource();
    private final GateMade[] made = {new GateMade(source), new GateMade(source), new GateMade(source)};
    private final AtomicInteger callersLeft = new AtomicInteger();
    private final boolean hasRestart;

    public GateThreads() {
        this(TurnstileOptions.defaults().withCapacity(1), 1, 1);
    }

    /**
     * Makes a gate.
     *
     * @param working of how many workers there are slots; the others are still to come
     */
    GateThreads(TurnstileOptions given, int workerCount, int working) {
        // No watchdog: its thread belongs to no gate and never ends, which Fray takes for a schedule that goes on.
        TurnstileOptions options = given.withIdleSpin(Duration.ZERO).withStuckAfter(Duration.ZERO);
        this.working = working;
        this.mostAtOnce = given.isPool() ? given.poolSize() : 1;
        this.hasRestart = given.restarts().budget() > 0;
        try {
            Constructor<?> constructor =
                    Turnstile.class.getDeclaredConstructor(ResourceSource.class, TurnstileOptions.class);
            constructor.setAccessible(true);
            gate = newGate(constructor.newInstance(source, options));
            Field field = Turnstile.class.getDeclaredField("workers");
            field.setAccessible(true);
            Workers<Instance> threads = workersOf(field.get(gate));
            for (int number = 0; number < workerCount; number++) {
                Worker<Instance> worker = new Worker<>(threads, "worker-" + number, source, options, false, null, null);
                threads.add(worker);
                workers.add(worker);
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the gate is built otherwise", e);
        }
        slots = gate.line().slots();
        slots.add(workers.subList(0, working));
    }

    @SuppressWarnings("unchecked")
    private static Turnstile<Instance> newGate(Object made) {
        return (Turnstile<Instance>) made;
    }

    @SuppressWarnings("unchecked")
    private static Workers<Instance> workersOf(Object made) {
        return (Workers<Instance>) made;
    }

    /** The whole life of a worker. */
    public void work(int number) {
        workers.get(number).run();
    }

    /** The last worker relieves the first. */
    public void swap() {
        workers.getLast().succeeds();
        slots.relieve(slots.staying().getFirst(), workers.getLast(), false);
    }

    /** The first one comes that does not work yet. */
    public void grow() {
        slots.add(List.of(workers.get(working)));
    }

    /** All workers but one are to go, the last ones. */
    public void shrink() {
        slots.shrinkTo(1);
    }

    public void call(int number) {
        made[number].call(() -> gate.call(made[number]::run));
    }

    /** With a limit that has an end, so the waiting is another, but that never passes. */
    public void timedCall(int number) {
        made[number].call(() -> gate.call(made[number]::run, Duration.ofDays(1)));
    }

    public void tryCall(int number) {
        made[number].call(() -> gate.tryCall(made[number]::run));
    }

    /** With a limit that may pass anywhere on the way. */
    public void shortCall(int number) {
        made[number].call(() -> gate.call(made[number]::run, SHORT));
    }

    public void keyedCall(int number) {
        made[number].call(() -> gate.call(DescribedAction.keyed(KEY, made[number]::runWithKey)));
    }

    public void highCall(int number) {
        made[number].call(() -> gate.call(DescribedAction.inLane(Lane.HIGH, made[number]::run)));
    }

    public void controlCall(int number) {
        made[number].call(() -> gate.call(DescribedAction.inLane(Lane.CONTROL, made[number]::run)));
    }

    /** After it its instance is lost. */
    public void poisonCall(int number) {
        made[number].call(() -> gate.call(made[number]::runAndLose));
    }

    public void submit(int number) {
        made[number].submit(() -> gate.submit(made[number]::run));
    }

    public void shortSubmit(int number) {
        made[number].submit(() -> gate.submit(made[number]::run, SHORT));
    }

    public void submitToEach(int number) {
        made[number].submitToEach(gate);
    }

    /** One more than can run at once; the first success is enough. */
    public void fork(int number) {
        made[number].fork(gate.fanOut(JoinPolicy.FIRST_SUCCESS), mostAtOnce);
    }

    /** With a limit that may pass anywhere on the way. */
    public void shortFork(int number) {
        made[number].fork(gate.fanOut(JoinPolicy.FIRST_SUCCESS, SHORT), mostAtOnce);
    }

    public void cancel(int number) {
        CompletableFuture<Object> future = made[number].future();
        if (future != null) {
            future.cancel(false);
        }
    }

    /** What comes of it is looked at at the end; here nobody waits for ever. */
    public void awaitFuture(int number) {
        CompletableFuture<Object> future = made[number].future();
        if (future != null) {
            try {
                future.get();
            } catch (ExecutionException | CancellationException ended) {
                assertTrue(future.isDone(), "it has ended");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    public void interrupt(int number) {
        made[number].interrupt();
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
        if (hasRestart) { // on a thread that is none of the scenario's
            assertTrue(gate.close(Duration.ofDays(1)).resourceClosed(), "closed without a limit");
        }
        assertFalse(source.isMisused(), "no overlap, and no call after the closing");
        assertTrue(source.areAllClosed(), "all that was opened is closed");
        assertEquals(TurnstileState.CLOSED, gate.state());
        Audit.assertSettled(gate.stats());
        long returned = 0;
        long possible = 0;
        for (GateMade each : made) {
            returned += each.checkedResults();
            possible += each.possibleResults();
        }
        long completed = gate.stats().completed();
        assertTrue(
                returned <= completed && completed <= returned + possible,
                "who has a result was given it: " + returned + " to " + (returned + possible) + ", not " + completed);
    }
}
