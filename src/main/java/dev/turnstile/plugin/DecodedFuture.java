package dev.turnstile.plugin;

import dev.turnstile.CallCancelledException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of a call as its user sees it: completes with the decoded reply. The reply's future is completed off the
 * worker, and so the decoder runs there. Whoever completes this one from outside ({@code cancel}, {@code complete}, {@code
 * completeExceptionally}, and through them {@code orTimeout} and {@code completeOnTimeout}) gives the call up, and before any
 * stage runs: one that calls the plugin may be waiting for that very place.
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

    private void giveUp() {
        completedFromOutside = true;
        reply.cancel(false);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
