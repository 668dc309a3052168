package dev.turnstile.comparison;

import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What one writes by hand from the JDK, with some care: a fair {@link Semaphore} bounds the calls before a single-thread
 * executor; each call gives its permit back when it has run.
 */
final class SemaphoreGate extends Gate {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("bounded").factory());
    private final Semaphore places;
    private final int permits;
    private final Witness resource;

    SemaphoreGate(Supplier<Witness> opener, int capacity, Duration closeLimit) throws Exception {
        this.permits = capacity + 1; // and the one that runs
        this.places = new Semaphore(permits, true);
        this.resource = executor.submit(opener::get).get();
    }

    @Override
    public <T> T call(Work<T> work) throws Exception {
        CompletableFuture<T> future = submit(work);
        try {
            return future.get();
        } catch (InterruptedException interrupted) {
            future.cancel(false);
            throw interrupted;
        }
    }

    @Override
    <T> T call(Work<T> work, Duration limit) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        if (!places.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException();
        }
        CompletableFuture<T> future = execute(work);
        try {
            return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException | TimeoutException givenUp) {
            future.cancel(false);
            throw givenUp;
        }
    }

    @Override
    boolean hasTryCall() {
        return true;
    }

    @Override
    <T> T tryCall(Work<T> work) throws Exception {
        if (!places.tryAcquire()) {
            throw new RejectedExecutionException("full");
        }
        return execute(work).get();
    }

    @Override
    <T> CompletableFuture<T> submit(Work<T> work) throws InterruptedException {
        places.acquire();
        return execute(work);
    }

    private <T> CompletableFuture<T> execute(Work<T> work) {
        boolean executed = false;
        try {
            CompletableFuture<T> future = CompletableFuture.supplyAsync(() -> runAndRelease(work), executor);
            executed = true;
            return future;
        } finally {
            if (!executed) {
                places.release();
            }
        }
    }

    private <T> T runAndRelease(Work<T> work) {
        try {
            return work.run(resource);
        } catch (Exception thrown) {
            throw new CompletionException(thrown);
        } finally {
            places.release();
        }
    }

    @Override
    int leakedPlaces() {
        return permits - places.availablePermits();
    }

    @Override
    boolean isCloseable() {
        return true;
    }

    @Override
    void close() {
        executor.close();
        resource.close();
    }
}
