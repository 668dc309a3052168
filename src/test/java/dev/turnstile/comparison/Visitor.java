package dev.turnstile.comparison;

import dev.turnstile.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * A virtual thread that does one thing, and the future of it; to cancel is to interrupt. Unlike the caller of the other tests it
 * may be left behind for ever: some contenders see to that.
 */
final class Visitor<T> extends CompletableFuture<T> {
    private final Thread thread;

    private Visitor(Callable<? extends T> work) {
        this.thread = Thread.ofVirtual().name("visitor").unstarted(() -> {
            try {
                complete(work.call());
            } catch (Throwable thrown) {
                completeExceptionally(thrown);
            }
        });
    }

    static <T> Visitor<T> start(Callable<? extends T> work) {
        Visitor<T> visitor = new Visitor<>(work);
        visitor.thread.start();
        return visitor;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        interrupt();
        return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Waits until the thread waits for something, or has ended. */
    Visitor<T> awaitStanding() {
        Eventually.isTrue("waits or has ended", () -> switch (thread.getState()) {
            case WAITING, TIMED_WAITING, TERMINATED -> true;
            default -> false;
        });
        return this;
    }

    boolean hasEnded(Duration patience) throws InterruptedException {
        return thread.join(patience);
    }
}
