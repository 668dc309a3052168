package dev.turnstile.comparison;

import dev.failsafe.Bulkhead;
import dev.failsafe.BulkheadFullException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Failsafe's bulkhead with one permit: blocking calls run on the caller's own thread, asynchronous ones on virtual threads.
 * Where the wait differs from call to call, the bulkhead's own permits are used, as its Javadoc shows.
 */
final class FailsafeGate extends Gate {
    private final Witness resource;
    private final Bulkhead<Object> bulkhead =
            Bulkhead.builder(1).withMaxWaitTime(Duration.ofHours(1)).build();
    private final FailsafeExecutor<Object> executor =
            Failsafe.with(bulkhead).with(Executors.newVirtualThreadPerTaskExecutor());

    FailsafeGate(Supplier<Witness> opener, int capacity, Duration closeLimit) {
        this.resource = opener.get();
    }

    @Override
    public <T> T call(Work<T> work) throws Exception {
        try {
            return executor.get(() -> work.run(resource));
        } catch (FailsafeException wrapped) {
            throw wrapped.getCause() instanceof Exception cause ? cause : wrapped;
        }
    }

    @Override
    <T> T call(Work<T> work, Duration limit) throws Exception {
        return withPermit(bulkhead.tryAcquirePermit(limit), work);
    }

    @Override
    int leakedPlaces() {
        if (!bulkhead.tryAcquirePermit()) {
            return 1;
        }
        bulkhead.releasePermit();
        return 0;
    }

    @Override
    boolean hasTryCall() {
        return true;
    }

    @Override
    <T> T tryCall(Work<T> work) throws Exception {
        return withPermit(bulkhead.tryAcquirePermit(), work);
    }

    private <T> T withPermit(boolean permitted, Work<T> work) throws Exception {
        if (!permitted) {
            throw new BulkheadFullException(bulkhead);
        }
        try {
            return work.run(resource);
        } finally {
            bulkhead.releasePermit();
        }
    }

    @Override
    <T> CompletableFuture<T> submit(Work<T> work) {
        return executor.getAsync(() -> work.run(resource));
    }

    @Override
    void addFailingListener() {
        executor.onComplete(event -> {
            throw new ListenerFailure();
        });
    }
}
