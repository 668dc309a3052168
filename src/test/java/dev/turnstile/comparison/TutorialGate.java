package dev.turnstile.comparison;

import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** {@link TutorialWrapper}: its blocking call is {@code submit} and {@code get}; its typed future is a stage of the first. */
final class TutorialGate extends Gate {
    private final Witness resource;
    private final TutorialWrapper wrapper;

    TutorialGate(Supplier<Witness> opener, int capacity, Duration closeLimit) {
        this.resource = opener.get();
        this.wrapper = new TutorialWrapper(capacity, resource::close);
    }

    @Override
    public <T> T call(Work<T> work) throws Exception {
        return submit(work).get();
    }

    @Override
    <T> T call(Work<T> work, Duration limit) throws Exception {
        return submit(work).get(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    <T> CompletableFuture<T> submit(Work<T> work) throws InterruptedException {
        return wrapper.submit(() -> work.run(resource)).thenApply(Function.identity());
    }

    @Override
    boolean isCloseable() {
        return true;
    }

    @Override
    void close() {
        wrapper.close();
    }
}
