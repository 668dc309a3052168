package dev.turnstile.comparison;

import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** {@link Turnstile}. It has no listeners. */
final class TurnstileGate extends Gate {
    private final Turnstile<Witness> turnstile;

    TurnstileGate(Supplier<Witness> opener, int capacity, Duration closeLimit) throws InterruptedException {
        this.turnstile = Turnstile.<Witness, RuntimeException>open(
                opener::get,
                Witness::close,
                TurnstileOptions.defaults().withCapacity(capacity).withCloseLimit(closeLimit));
    }

    @Override
    public <T> T call(Work<T> work) throws Exception {
        return turnstile.<T, Exception>call(work::run);
    }

    @Override
    <T> T call(Work<T> work, Duration limit) throws Exception {
        return turnstile.<T, Exception>call(work::run, limit);
    }

    @Override
    int leakedPlaces() {
        return turnstile.pendingCount();
    }

    @Override
    boolean hasTryCall() {
        return true;
    }

    @Override
    <T> T tryCall(Work<T> work) throws Exception {
        return turnstile.<T, Exception>tryCall(work::run);
    }

    @Override
    <T> CompletableFuture<T> submit(Work<T> work) throws InterruptedException {
        return turnstile.submit(work::run);
    }

    @Override
    boolean isCloseable() {
        return true;
    }

    @Override
    void close() {
        turnstile.close();
    }
}
