package dev.turnstile.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A virtual thread that does one thing; its outcome can be waited for, and the thread be interrupted. */
public final class Caller<T> {
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final Thread thread;

    private Caller(Callable<T> work) {
        this.thread = Thread.ofVirtual().name("caller").unstarted(() -> {
            try {
                outcome.complete(work.call());
            } catch (Throwable thrown) {
                outcome.completeExceptionally(thrown);
            }
        });
    }

    public static <T> Caller<T> start(Callable<T> work) {
        Caller<T> caller = new Caller<>(work);
        caller.thread.start();
        return caller;
    }

    public void interrupt() {
        thread.interrupt();
    }

    /** Waits for the result. */
    public T result() {
        return result(Audit.PATIENCE);
    }

    /** The same for what takes long. */
    public T result(Duration patience) {
        return outcome.orTimeout(patience.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Waits for what was thrown. */
    public Throwable failure() {
        return failureOf(outcome);
    }

    public boolean isDone() {
        return outcome.isDone();
    }

    /** Waits for what the future failed with, as its dependents and {@code get} see it. */
    public static Throwable failureOf(CompletableFuture<?> future) {
        try {
            Object result = future.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            throw new AssertionError("Expected a failure, but there is a result: " + result);
        } catch (ExecutionException failed) {
            return failed.getCause();
        } catch (java.util.concurrent.CancellationException cancelled) {
            return future.handle((result, thrown) -> thrown).join();
        } catch (InterruptedException | TimeoutException hangs) {
            throw new AssertionError("No outcome", hangs);
        }
    }
}
