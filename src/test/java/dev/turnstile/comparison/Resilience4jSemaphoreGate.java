package dev.turnstile.comparison;

import dev.turnstile.testing.Witness;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Resilience4j's semaphore bulkhead with one permit, round a call on the caller's own thread. How long a caller waits is a
 * setting of the bulkhead, changed here for the one who wants another.
 */
final class Resilience4jSemaphoreGate extends Gate {
    private static final Duration LONG = Duration.ofHours(1);

    private final Witness resource;
    private final Bulkhead bulkhead = Bulkhead.of("comparison", waitingUpTo(LONG));

    Resilience4jSemaphoreGate(Supplier<Witness> opener, int capacity, Duration closeLimit) {
        this.resource = opener.get();
    }

    private static BulkheadConfig waitingUpTo(Duration limit) {
        return BulkheadConfig.custom()
                .maxConcurrentCalls(1)
                .maxWaitDuration(limit)
                .build();
    }

    @Override
    public <T> T call(Work<T> work) throws Exception {
        return bulkhead.executeCallable(() -> work.run(resource));
    }

    @Override
    <T> T call(Work<T> work, Duration limit) throws Exception {
        bulkhead.changeConfig(waitingUpTo(limit));
        try {
            return call(work);
        } finally {
            bulkhead.changeConfig(waitingUpTo(LONG));
        }
    }

    @Override
    int leakedPlaces() {
        return 1 - bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    @Override
    boolean hasTryCall() {
        return true;
    }

    @Override
    <T> T tryCall(Work<T> work) throws Exception {
        return call(work, Duration.ZERO);
    }

    @Override
    void addFailingListener() {
        bulkhead.getEventPublisher().onCallPermitted(event -> {
            throw new ListenerFailure();
        });
    }
}
