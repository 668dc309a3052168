package dev.turnstile.plugin;

import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.FanOut;
import dev.turnstile.Fork;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;

/**
 * A block that forks calls of a plugin, joins them, and is left with none of them behind:
 *
 * <pre>{@code
 * try (PluginFanOut block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
 *     List<Fork<Echo>> echoes = words.stream()
 *             .map(word -> block.fork("echo", new Say(word), Echo.class))
 *             .toList();
 *     block.join();
 *     return echoes.stream().map(Fork::get).toList();
 * }
 * }</pre>
 *
 * <p>All that {@link FanOut} says of joining, cancelling, limits and ownership holds here. Requests are written when they are forked and
 * responses read when {@link Fork#get} asks for them, both on the owner's thread; so a response that cannot be read fails its
 * {@code get} with a {@link CodecException}, and not the block.
 */
public final class PluginFanOut implements AutoCloseable {
    private final FanOut<ConfinedPlugin, Object> block;
    private final JsonCodec codec;
    private final CallRoute route;
    private final List<PluginFork<?, ?>> forks = new ArrayList<>();

    PluginFanOut(FanOut<ConfinedPlugin, Object> block, JsonCodec codec, CallRoute route) {
        this.block = block;
        this.codec = codec;
        this.route = route;
    }

    /**
     * Forks a call with JSON text.
     *
     * @param tag the type tag
     * @param json the request as JSON text
     * @return tells what became of it
     * @throws CodecException if the request cannot be encoded
     * @throws IllegalArgumentException if the tag is empty, or has a NUL or a lone surrogate
     * @throws IllegalStateException if the block has been joined or closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public Fork<String> fork(String tag, String json) {
        return fork(Exchange.text(codec, route, tag, json));
    }

    /**
     * Forks a typed call.
     *
     * @param <T> the type of the response
     * @param tag the type tag
     * @param request anything that Jackson can write
     * @param responseType what the payload is read as
     * @return tells what became of it
     * @throws CodecException if the request cannot be written
     * @throws IllegalArgumentException if the tag is empty, or has a NUL or a lone surrogate
     * @throws IllegalStateException if the block has been joined or closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public <T> Fork<@Nullable T> fork(String tag, @Nullable Object request, Class<T> responseType) {
        return fork(tag, request, codec.type(responseType));
    }

    /**
     * Forks a typed call whose response has a generic type.
     *
     * @param <T> the type of the response
     * @param tag the type tag
     * @param request anything that Jackson can write
     * @param responseType what the payload is read as
     * @return tells what became of it
     * @throws CodecException if the request cannot be written
     * @throws IllegalArgumentException if the tag is empty, or has a NUL or a lone surrogate
     * @throws IllegalStateException if the block has been joined or closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public <T> Fork<@Nullable T> fork(String tag, @Nullable Object request, TypeReference<T> responseType) {
        return fork(tag, request, codec.type(responseType));
    }

    private <T> Fork<@Nullable T> fork(String tag, @Nullable Object request, JavaType responseType) {
        return fork(Exchange.<T>typed(codec, route, tag, request, responseType));
    }

    /**
     * Forks a raw call.
     *
     * @param messageId what is called
     * @param request the bytes, copied before this method returns
     * @return tells what became of it
     * @throws IllegalStateException if the block has been joined or closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public Fork<byte[]> forkRaw(int messageId, byte[] request) {
        return fork(Exchange.raw(route, messageId, request));
    }

    private <B, T extends @Nullable Object> Fork<T> fork(Exchange<B, T> exchange) {
        PluginFork<B, T> fork = new PluginFork<>(block.fork(exchange), exchange);
        forks.add(fork);
        return fork;
    }

    /**
     * Waits until the policy is decided or all forks have ended, and cancels the forks that are left then.
     *
     * @return this block, for {@link #first()}
     * @throws ExecutionException if a fork failed and the policy is {@code ALL_OR_CANCEL}, or all failed and it is {@code
     *     FIRST_SUCCESS}; the cause is the {@link PluginException}, or what else the (first) failed fork threw
     * @throws CallTimeoutException if the block's limit passed first
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted first, or was when it came
     * @throws IllegalStateException if the block has been joined or closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public PluginFanOut join() throws InterruptedException, ExecutionException, CallTimeoutException {
        try {
            block.join();
            return this;
        } catch (ExecutionException failed) {
            throw asSeenByTheCaller(failed);
        }
    }

    private ExecutionException asSeenByTheCaller(ExecutionException failed) {
        for (int i = 0; i < forks.size(); i++) {
            PluginFork<?, ?> fork = forks.get(i);
            if (fork.failedBy(failed.getCause())) {
                Throwable cause = fork.failure();
                return new ExecutionException(
                        "Fork " + (i + 1) + " of " + forks.size() + " failed: " + cause.getMessage(), cause);
            }
        }
        return failed; // the gate's doing
    }

    /**
     * Returns the fork that decided a block under {@code FIRST_SUCCESS}.
     *
     * @return the first fork to succeed
     * @throws NoSuchElementException if none succeeded, or the policy is another
     * @throws IllegalStateException if the block has not been joined
     * @throws WrongThreadException if the current thread is not the owner
     */
    public Fork<?> first() {
        Fork<?> first = block.first();
        return forks.stream().filter(fork -> fork.is(first)).findFirst().orElseThrow();
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

    /** The fork as the user sees it: decoded. */
    private static final class PluginFork<B, T extends @Nullable Object> implements Fork<T> {
        private final Fork<B> fork;
        private final Exchange<B, T> exchange;

        PluginFork(Fork<B> fork, Exchange<B, T> exchange) {
            this.fork = fork;
            this.exchange = exchange;
        }

        boolean is(Fork<?> other) {
            return fork.equals(other);
        }

        boolean failedBy(@Nullable Throwable cause) {
            return fork.state() == State.FAILED && fork.failure().equals(cause);
        }

        @Override
        public State state() {
            return fork.state();
        }

        @Override
        public T get() {
            if (fork.state() == State.FAILED) {
                throw new IllegalStateException(this + ": there is no result", failure());
            }
            return exchange.read(fork.get());
        }

        @Override
        public Throwable failure() {
            Throwable failure = fork.failure();
            return failure instanceof ErrorReply reply ? exchange.error(reply) : failure;
        }

        @Override
        public String toString() {
            return fork.toString();
        }
    }
}
