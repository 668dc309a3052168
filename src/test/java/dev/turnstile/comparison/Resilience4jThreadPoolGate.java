package dev.turnstile.comparison;

import dev.turnstile.testing.Witness;
import io.github.resilience4j.bulkhead.ThreadPoolBulkhead;
import io.github.resilience4j.bulkhead.ThreadPoolBulkheadConfig;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Resilience4j's thread-pool bulkhead with a pool of one thread, which opens the resource. It never waits for a place. Its
 * {@code close} returns nothing, so the resource is closed when it has returned.
 */
final class Resilience4jThreadPoolGate extends Gate {
    private final ThreadPoolBulkhead bulkhead;
    private final Witness resource;

    Resilience4jThreadPoolGate(Supplier<Witness> opener, int capacity, Duration closeLimit) throws Exception {
        this.bulkhead = ThreadPoolBulkhead.of(
                "comparison",
                ThreadPoolBulkheadConfig.custom()
                        .maxThreadPoolSize(1)
                        .coreThreadPoolSize(1)
                        .queueCapacity(capacity)
                        .build());
        this.resource =
                bulkhead.executeCallable(opener::get).toCompletableFuture().get();
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
        CompletableFuture<T> future = submit(work);
        try {
            return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
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
        return call(work);
    }

    @Override
    <T> CompletableFuture<T> submit(Work<T> work) {
        return bulkhead.executeCallable(() -> work.run(resource)).toCompletableFuture();
    }

    @Override
    void addFailingListener() {
        bulkhead.getEventPublisher().onCallFinished(event -> {
            throw new ListenerFailure();
        });
    }

    @Override
    boolean isCloseable() {
        return true;
    }

    @Override
    void close() throws Exception {
        bulkhead.close();
        resource.close();
    }
}
