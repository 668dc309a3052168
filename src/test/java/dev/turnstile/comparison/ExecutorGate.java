package dev.turnstile.comparison;

import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * {@link Executors#newSingleThreadExecutor()}: the resource is opened by the first task, and closed when the executor
 * is: as its last task it would be closed before calls that come in between. Who gives up cancels the {@link Future}, without
 * an interrupt, which could not reach a native call.
 */
final class ExecutorGate extends Gate {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("single").factory());
    private final Witness resource;

    ExecutorGate(Supplier<Witness> opener, int capacity, Duration closeLimit) throws Exception {
        this.resource = executor.submit(opener::get).get();
    }

    @Override
    public <T> T call(Work<T> work) throws Exception {
        Future<T> future = executor.submit(task(work));
        try {
            return future.get();
        } catch (InterruptedException interrupted) {
            future.cancel(false);
            throw interrupted;
        }
    }

    @Override
    <T> T call(Work<T> work, Duration limit) throws Exception {
        Future<T> future = executor.submit(task(work));
        try {
            return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException | TimeoutException givenUp) {
            future.cancel(false);
            throw givenUp;
        }
    }

    private <T> Callable<T> task(Work<T> work) {
        return () -> work.run(resource);
    }

    /** The {@link Future} of an executor, as a {@link CompletableFuture}: a thread waits for it. */
    @Override
    <T> CompletableFuture<T> submit(Work<T> work) {
        Future<T> future = executor.submit(task(work));
        CompletableFuture<T> completable = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                future.cancel(false);
                return super.cancel(false);
            }

            @Override
            public <U> CompletableFuture<U> newIncompleteFuture() {
                return new CompletableFuture<>();
            }
        };
        Visitor.start(() -> {
            try {
                return completable.complete(future.get());
            } catch (ExecutionException failed) {
                return completable.completeExceptionally(failed.getCause());
            } catch (Exception givenUp) {
                return completable.completeExceptionally(givenUp);
            }
        });
        return completable;
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
