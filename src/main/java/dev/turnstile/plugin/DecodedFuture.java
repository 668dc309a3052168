package dev.turnstile.plugin;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of a call as its user sees it: completes with the decoded reply. The reply's future is completed off the
 * worker, and so the decoder runs there. However this future is completed from outside, the call is given up.
 */
final class DecodedFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private final CompletableFuture<byte[]> reply;

    DecodedFuture(CompletableFuture<byte[]> reply, Decoder<T> decoder) {
        this.reply = reply;
        var unused = reply.whenComplete((body, failure) -> {
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
        boolean completed = super.complete(value);
        reply.cancel(false);
        return completed;
    }

    @Override
    public boolean completeExceptionally(Throwable thrown) {
        boolean completed = super.completeExceptionally(thrown);
        reply.cancel(false);
        return completed;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
