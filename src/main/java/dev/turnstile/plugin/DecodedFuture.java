package dev.turnstile.plugin;

import dev.turnstile.CallCancelledException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The future of a call as its user sees it: completes with the decoded reply. The reply's future is completed on a virtual
 * thread, and so the decoder runs there; where the reply was faster than its submitter, on one more: to submit a call is not
 * to wait for a decoder. Whoever completes this one from outside ({@code cancel}, {@code complete}, {@code
 * completeExceptionally}, and through them {@code orTimeout} and {@code completeOnTimeout}) gives the call up, and before any
 * stage runs: one that calls the plugin may be waiting for that very place.
 */
final class DecodedFuture<B, T extends @Nullable Object> extends CompletableFuture<T> {
    private static final Logger log = LoggerFactory.getLogger(SynchronizedPlugin.class);

    private final CompletableFuture<B> reply;
    private final Decoder<B, T> decoder;
    private volatile boolean completedFromOutside;

    DecodedFuture(CompletableFuture<B> reply, Decoder<B, T> decoder) {
        this.reply = reply;
        this.decoder = decoder;
        Thread submitter = Thread.currentThread();
        var unused = reply.whenComplete((body, failure) -> {
            if (body != null && Thread.currentThread() == submitter) {
                decodeElsewhere(body);
            } else {
                decode(body, failure);
            }
        });
    }

    private void decodeElsewhere(B body) {
        try {
            Thread.ofVirtual()
                    .name("turnstile-completion")
                    .inheritInheritableThreadLocals(false)
                    .start(() -> decode(body, null));
        } catch (Throwable noThread) {
            // No memory for a thread. A future left open is worse than a submitter who waits for the decoder.
            log.error("No thread to decode a reply on; decoding it on {}", Thread.currentThread(), noThread);
            decode(body, null);
        }
    }

    private void decode(@Nullable B body, @Nullable Throwable failure) {
        if (completedFromOutside && failure instanceof CallCancelledException) {
            return; // given up below, where the outcome comes from
        }
        try {
            super.complete(decoder.decode(body, failure));
        } catch (Throwable thrown) {
            super.completeExceptionally(thrown);
        }
    }

    /** Turns a reply, or why there is none, into what the user gets. */
    @FunctionalInterface
    interface Decoder<B, T extends @Nullable Object> {
        T decode(@Nullable B body, @Nullable Throwable failure) throws Throwable;
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
