package dev.turnstile.plugin;

import dev.turnstile.Action;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.FanOut;
import dev.turnstile.Fork;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/**
 * A block that forks calls of a plugin, joins them, and leaves none of them behind.
 *
 * {@snippet :
 * try (var block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL, Echo.class)) {
 *     words.forEach(word -> block.fork("echo", new Say(word)));
 *     return block.join().results();
 * }
 * }
 *
 * <p>What {@link FanOut} says of joining, cancelling, limits and ownership holds here. A request is written when it is forked; a response
 * is read when {@link Fork#get} or {@link #results} asks for it. Both happen on the owner's thread. So a response that cannot be read
 * fails its {@code get} with a {@link CodecException}, not the block.
 *
 * @param <T> what the forks return
 */
public final class PluginFanOut<T extends @Nullable Object> implements AutoCloseable {
    private final PluginCalls calls;
    private final FanOut<ConfinedPlugin, T> block;

    /** {@code null} for text. */
    private final @Nullable JavaType responseType;

    PluginFanOut(PluginCalls calls, FanOut<ConfinedPlugin, T> block, @Nullable JavaType responseType) {
        this.calls = calls;
        this.block = block;
        this.responseType = responseType;
    }

    /**
     * Forks a call whose response has the block's type.
     *
     * @param tag the type tag
     * @param request JSON text if it is a {@code String}; else an object that is written as JSON
     * @return the fork, which tells how the call ended
     * @throws CodecException if the request cannot be written
     * @throws IllegalArgumentException if the tag is empty, or has a NUL or a lone surrogate
     * @throws IllegalStateException if the block has been joined or closed
     * @throws dev.turnstile.TurnstileClosedException if the group of the call is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    @SuppressWarnings("unchecked") // whoever opened the block took T from the type
    public Fork<T> fork(String tag, @Nullable Object request) {
        Objects.requireNonNull(tag, "tag");
        return (Fork<T>)
                (responseType == null
                        ? fork(Exchange.text(calls.codec, calls.route, tag, request))
                        : fork(Exchange.typed(calls.codec, calls.route, tag, request, responseType)));
    }

    /**
     * Forks a call as a request describes it.
     *
     * @param <U> the type of the response
     * @param request a request of the same plugin; without a limit, since the block's limit holds
     * @return the fork, which tells how the call ended
     * @throws CodecException if the request cannot be written
     * @throws IllegalArgumentException if the request has a limit, or is for another plugin
     * @throws IllegalStateException if the block has been joined or closed
     * @throws dev.turnstile.TurnstileClosedException if the group of the call is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    @SuppressWarnings("unchecked") // U is a T
    public <U extends T> Fork<U> fork(PluginRequest<U> request) {
        return (Fork<U>) fork(Objects.requireNonNull(request, "request").forkOf(calls.gate));
    }

    /** If the action is also a decoder, the gate's fork has what the decoder returns. */
    @SuppressWarnings("unchecked")
    private Fork<?> fork(Exchange<?, ?> exchange) {
        return block.fork((Action<ConfinedPlugin, T, ErrorReply>) exchange);
    }

    /**
     * Waits until the policy is decided or all forks have ended, then cancels the forks that are left.
     *
     * @return this block, for {@link #results()} or {@link #first()}
     * @throws ExecutionException if a fork failed and the policy is {@code ALL_OR_CANCEL}, or all failed and it is {@code FIRST_SUCCESS};
     *     the cause is what the (first) failed fork threw, usually a {@link PluginException}
     * @throws CallTimeoutException if the block's limit passed first
     * @throws dev.turnstile.CallCancelledException if the group of a fork was cancelled or closed first
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted first, or was already interrupted
     * @throws IllegalStateException if the block has been joined or closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public PluginFanOut<T> join() throws InterruptedException, ExecutionException {
        block.join();
        return this;
    }

    /**
     * Returns the responses of the forks that succeeded, in the order in which they were forked.
     *
     * @return a new list; after a join under {@code ALL_OR_CANCEL} it has one element for each fork
     * @throws CodecException if one cannot be read
     * @throws IllegalStateException if the block has not been joined
     * @throws WrongThreadException if the current thread is not the owner
     */
    public List<T> results() {
        return block.results();
    }

    /**
     * Returns the fork that decided a block under {@code FIRST_SUCCESS}.
     *
     * @return the first fork to succeed
     * @throws NoSuchElementException if none succeeded, or the block has another policy
     * @throws IllegalStateException if the block has not been joined
     * @throws WrongThreadException if the current thread is not the owner
     */
    public Fork<? extends T> first() {
        return block.first();
    }

    /** Leaves the block: cancels what is left of it; see {@link FanOut#close()}. */
    @Override
    public void close() {
        block.close();
    }

    /** Returns how many forks there are and what the block waits for. */
    @Override
    public String toString() {
        return "Plugin" + block;
    }
}
