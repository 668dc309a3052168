package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.GateSource.Instance;
import dev.turnstile.GateSource.Poison;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** One thing that a thread of {@link GateThreads} does with the gate: a call, a future, a block of forks, or a call for each instance; and what came of it. */
final class GateMade {
    private final GateSource source;
    private final AtomicInteger runs = new AtomicInteger();
    private volatile Thread caller;
    private volatile Outcome outcome;
    private volatile CompletableFuture<Object> future;

    private volatile List<CompletableFuture<Object>> each;
    private volatile boolean isForEach;

    private volatile boolean isBlock;
    private volatile int atOnce;
    private volatile int succeeded;

    /** So it was told when it gave up. */
    private volatile boolean isStarted;

    GateMade(GateSource source) {
        this.source = source;
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

    // ---- the caller ----

    void call(Callable<Object> call) {
        caller = Thread.currentThread();
        try {
            outcome = call.call() == this ? Outcome.RETURNED : Outcome.ANOTHERS;
        } catch (Exception thrown) {
            outcome = outcomeOf(thrown);
        }
        isCalledNoMore();
    }

    void submit(Callable<CompletableFuture<Object>> submission) {
        caller = Thread.currentThread();
        try {
            future = submission.call();
        } catch (Exception thrown) {
            outcome = outcomeOf(thrown);
        }
        isCalledNoMore();
    }

    void submitToEach(Turnstile<Instance> gate) {
        isForEach = true;
        try {
            each = gate.submitToEach(this::run);
        } catch (TurnstileClosedException closed) {
            isStarted = closed.started();
        } catch (IllegalStateException gone) { // one of the instances; the others have their calls
            assertTrue(gone.getMessage().contains("has gone"), gone::toString);
        } catch (InterruptedException nobodyDoes) {
            throw new AssertionError(nobodyDoes);
        }
    }

    /**
     * The first success is enough.
     *
     * @param most how many can run at once
     */
    void fork(FanOut<Instance, Object> opened, int most) {
        isBlock = true;
        atOnce = most;
        caller = Thread.currentThread();
        try (FanOut<Instance, Object> block = opened) {
            for (int i = 0; i <= most; i++) {
                block.fork(this::run);
            }
            try {
                block.join();
                assertTrue(runs.get() > 0, "one has succeeded");
            } catch (ExecutionException refused) {
                assertTrue(refused.getCause() instanceof TurnstileClosedException, refused::toString);
            } catch (CallTimeoutException | CallInterruptedException givenUp) {
                isStarted = isStarted(givenUp);
            } catch (InterruptedException declared) {
                throw new AssertionError(declared);
            }
            succeeded = block.results().size();
        }
        isCalledNoMore();
    }

    private static boolean isStarted(Exception givenUp) {
        return givenUp instanceof CallTimeoutException timeout
                ? timeout.started()
                : ((CallInterruptedException) givenUp).started();
    }

    private void isCalledNoMore() {
        caller = null;
        Thread.interrupted(); // if it came after the call
    }

    void interrupt() {
        Thread thread = caller;
        if (thread != null) {
            thread.interrupt();
        }
    }

    CompletableFuture<Object> future() {
        return future;
    }

    // ---- the worker ----

    Object run(Instance instance) {
        source.use(instance);
        runs.incrementAndGet();
        return this;
    }

    Object runWithKey(Instance instance) {
        source.useWithKey(instance);
        runs.incrementAndGet();
        return this;
    }

    Object runAndLose(Instance instance) {
        run(instance);
        throw new Poison();
    }

    // ---- the end ----

    /** Returns how many calls may have been completed besides: of those for each instance some had no place, so that the others were cancelled, begun or not. */
    int possibleResults() {
        return isForEach && each == null ? runs.get() : 0;
    }

    /** Returns how many results there were, when all has ended. */
    int checkedResults() {
        if (isBlock) {
            assertTrue(runs.get() >= succeeded, "who has a result was run");
            assertTrue(runs.get() > 0 || !isStarted, "what has been started runs");
            assertTrue(runs.get() <= atOnce, "none starts after the first has returned");
            return succeeded;
        }
        if (isForEach) {
            List<CompletableFuture<Object>> futures = each;
            if (futures != null) {
                assertEquals(futures.stream().filter(this::isReturned).count(), runs.get(), "each ran that returned");
            }
            assertTrue(runs.get() > 0 || !isStarted, "what has been started runs");
            return futures == null ? 0 : runs.get();
        }
        if (future != null) {
            outcome = outcomeOfFuture();
        }
        if (outcome != null) {
            assertEquals(outcome.runs, runs.get(), outcome.name());
        }
        return outcome == Outcome.RETURNED ? 1 : 0;
    }

    private boolean isReturned(CompletableFuture<Object> one) {
        return one.handle((result, thrown) -> {
                    assertTrue(thrown == null || thrown instanceof TurnstileClosedException, () -> "" + thrown);
                    return thrown == null;
                })
                .join();
    }

    /** Waits for it: futures are completed on threads of their own. */
    private Outcome outcomeOfFuture() {
        return future.handle((result, thrown) ->
                        thrown != null ? outcomeOf(thrown) : result == this ? Outcome.RETURNED : Outcome.ANOTHERS)
                .join();
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
}
