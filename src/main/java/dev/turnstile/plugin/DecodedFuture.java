package dev.turnstile.plugin;

import dev.turnstile.CallCancelledException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a call as its user sees it: completes with the decoded reply. The reply's future is completed off the
 * worker, and so the decoder runs there. However this future is completed from outside, the call is given up, and before
 * any stage runs: one that calls the plugin may be waiting for that very place.
 */
final class DecodedFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private final CompletableFuture<byte[]> reply;
    private volatile boolean completedFromOutside;

    DecodedFuture(CompletableFuture<byte[]> reply, Decoder<T> decoder) {
        this.reply = reply;
        var unused = reply.whenComplete((body, failure) -> {
            if (completedFromOutside && failure instanceof CallCancelledException) {
                return; // given up below, where the outcome comes from
            }
            try {
                super.complete(decoder.decode(body, failure));
            } catch (Throwable thrown) {
                super.completeExceptionally(thrown);
            }
        });
    }

    /** Turns a reply, or why there is none, into what the user gets. */
    @FunctionalInterface
    interface Decoder<T extends @Nullable Object> {
        T decode(byte @Nullable [] body, @Nullable Throwable failure) throws Throwable;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        reply.cancel(mayInterruptIfRunning);
        return isCancelled();
    }

    @Override
    public boolean complete(T value) {
        giveUp();
        return super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable thrown) {
        giveUp();
        return super.completeExceptionally(thrown);
    }

    /** The inherited one completes without a word to {@link #complete}. */
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(() -> {
            if (!isDone()) {
                try {
                    complete(supplier.get());
                } catch (Throwable thrown) {
                    completeExceptionally(thrown);
                }
            }
        });
        return this;
    }

    private void giveUp() {
        completedFromOutside = true;
        reply.cancel(false);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
