package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A whole {@link Turnstile} with one place and what the threads of a {@link GateScenario} do, the worker's included: Lincheck
 * follows only the threads that it starts, so the {@link Worker} is run on one of them and its own is never started.
 */
public class GateThreads {
    private static final Duration SHORT = Duration.ofNanos(20_000);

    private final Turnstile<Object> gate;
    private final Runnable worker;
    private final Made[] made = {new Made(), new Made(), new Made()};
    private final AtomicInteger callersLeft = new AtomicInteger();

    private volatile boolean inside;
    private volatile boolean resourceClosed;
    private volatile boolean overlapped;

    public GateThreads() {
        try {
            Constructor<?> constructor =
                    Turnstile.class.getDeclaredConstructor(ResourceSource.class, TurnstileOptions.class);
            constructor.setAccessible(true);
            ResourceSource<Object, RuntimeException> source =
                    new SimpleSource<>(Object::new, resource -> resourceClosed = true);
            // No watchdog: its thread belongs to no gate and never ends, which Fray takes for a schedule that goes on.
            TurnstileOptions options = TurnstileOptions.defaults()
                    .withCapacity(1)
                    .withIdleSpin(Duration.ZERO)
                    .withStuckAfter(Duration.ZERO);
            gate = newGate(constructor.newInstance(source, options));
            Field field = Turnstile.class.getDeclaredField("crew");
            field.setAccessible(true);
            Worker<Object> hand = newWorker(field.get(gate), source, options);
            gate.line().roster().addStations(List.of(hand));
            worker = hand;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the gate is built otherwise", e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Turnstile<Object> newGate(Object made) {
        return (Turnstile<Object>) made;
    }

    @SuppressWarnings("unchecked")
    private static Worker<Object> newWorker(
            Object crew, ResourceSource<Object, RuntimeException> source, TurnstileOptions options) {
        return new Worker<>((Crew<Object>) crew, options.workerName(), source, options, false, null);
    }

    /** The whole life of the worker. */
    public void work() {
        worker.run();
    }

    public void call(int number) {
        make(number, () -> gate.call(resource -> made[number].run()));
    }

    /** With a limit that has an end, so the waiting is another, but that never passes. */
    public void timedCall(int number) {
        make(number, () -> gate.call(resource -> made[number].run(), Duration.ofDays(1)));
    }

    public void tryCall(int number) {
        make(number, () -> gate.tryCall(resource -> made[number].run()));
    }

    /** With a limit that may pass anywhere on the way. */
    public void shortCall(int number) {
        make(number, () -> gate.call(resource -> made[number].run(), SHORT));
    }

    public void submit(int number) {
        make(number, () -> made[number].future = gate.submit(resource -> made[number].run()));
    }

    public void shortSubmit(int number) {
        make(number, () -> made[number].future = gate.submit(resource -> made[number].run(), SHORT));
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
        assertTrue(resourceClosed, "the resource is closed");
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

        Object run() {
            overlapped |= inside || resourceClosed;
            inside = true;
            runs.incrementAndGet();
            inside = false;
            return this;
        }
    }
}
