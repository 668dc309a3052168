package dev.turnstile.plugin;

import dev.turnstile.CallGroup;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallRequest;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.Lane;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileFullException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;

/**
 * A call of a plugin before it is made: the request, the type of the response, the lane, the key and the limit. Begun by {@link
 * PluginCalls#request}. A method that sets something returns a changed copy. Each verb makes a call every time it is called.
 *
 * {@snippet :
 * Echo echo = plugin.request("echo", new Say("hi")).as(Echo.class).within(Duration.ofSeconds(2)).inLane(Lane.HIGH).call();
 * }
 *
 * <p>The request is written when a verb is called, on the calling thread. Besides the exceptions listed at each verb, every verb may throw
 * those that {@link PluginCalls} lists, or complete its future with them.
 *
 * @param <T> what the call returns
 */
public final class PluginRequest<T extends @Nullable Object> {
    private final Turnstile<ConfinedPlugin> gate;
    private final JsonCodec codec;
    private final CallRoute route;
    private final Form<T> form;
    private final @Nullable Duration limit;

    private PluginRequest(
            Turnstile<ConfinedPlugin> gate, JsonCodec codec, CallRoute route, Form<T> form, @Nullable Duration limit) {
        this.gate = gate;
        this.codec = codec;
        this.route = route;
        this.form = form;
        this.limit = limit;
    }

    /** What goes in, and what comes back. */
    private abstract static sealed class Form<T extends @Nullable Object> {
        abstract Exchange<?, T> exchange(JsonCodec codec, CallRoute route);
    }

    /** JSON goes in; text or an object comes back. */
    private static final class Json<T extends @Nullable Object> extends Form<T> {
        private final String tag;
        private final @Nullable Object request;
        private final @Nullable JavaType type;

        Json(String tag, @Nullable Object request, @Nullable JavaType type) {
            this.tag = tag;
            this.request = request;
            this.type = type;
        }

        @Override
        @SuppressWarnings("unchecked") // whoever made it took T from the type
        Exchange<?, T> exchange(JsonCodec codec, CallRoute route) {
            return (Exchange<?, T>)
                    (type == null
                            ? Exchange.text(codec, route, tag, request)
                            : Exchange.typed(codec, route, tag, request, type));
        }

        @Override
        public String toString() {
            return tag + (type == null ? "" : " as " + type.toCanonical());
        }
    }

    /** Bytes both ways. */
    private static final class Raw extends Form<byte[]> {
        private final int messageId;
        private final byte[] request;

        Raw(int messageId, byte[] request) {
            this.messageId = messageId;
            this.request = request;
        }

        @Override
        Exchange<?, byte[]> exchange(JsonCodec codec, CallRoute route) {
            return Exchange.raw(route, messageId, request);
        }

        @Override
        public String toString() {
            return ConfinedPlugin.target(messageId);
        }
    }

    static PluginRequest<String> json(PluginCalls calls, String tag, @Nullable Object request) {
        Utf8.checkTag(tag);
        return new PluginRequest<>(calls.gate, calls.codec, calls.route, new Json<>(tag, request, null), null);
    }

    static PluginRequest<byte[]> raw(PluginCalls calls, int messageId, byte[] request) {
        Raw form = new Raw(messageId, Objects.requireNonNull(request, "request"));
        return new PluginRequest<>(calls.gate, calls.codec, calls.route, form, null);
    }

    // ---- how ----

    /**
     * Has the payload read as a type.
     *
     * @param <U> the type of the response
     * @param type what the payload is read as; the payload {@code null} comes back as {@code null}
     * @return the call with that response
     * @throws IllegalStateException if it is a raw call, which returns bytes
     */
    public <U> PluginRequest<@Nullable U> as(Class<U> type) {
        return as(codec.type(Objects.requireNonNull(type, "type")));
    }

    /**
     * Has the response read as a generic type.
     *
     * @param <U> the type of the response
     * @param type what the payload is read as, for instance {@code new TypeReference<List<Echo>>() {}}
     * @return the call with that response
     * @throws IllegalStateException if it is a raw call, which returns bytes
     */
    public <U> PluginRequest<@Nullable U> as(TypeReference<U> type) {
        return as(codec.type(Objects.requireNonNull(type, "type")));
    }

    @SuppressWarnings(
            "TypeParameterUnusedInFormals") // the caller made the JavaType from a Class<U> or TypeReference<U>
    <U> PluginRequest<@Nullable U> as(JavaType type) {
        if (!(form instanceof Json<T> json)) {
            throw new IllegalStateException(
                    "The raw call " + form + " returns bytes; there is nothing to read as " + type.toCanonical());
        }
        return new PluginRequest<>(gate, codec, route, new Json<@Nullable U>(json.tag, json.request, type), limit);
    }

    /**
     * Gives the call a limit.
     *
     * @param limit how long the whole call may take, counted from the verb, the wait for a place included; zero or less has already passed
     * @return the call with that limit
     */
    public PluginRequest<T> within(Duration limit) {
        return new PluginRequest<>(gate, codec, route, form, Objects.requireNonNull(limit, "limit"));
    }

    /**
     * Puts the call into a lane.
     *
     * @param lane decides which calls start first
     * @return the call in that lane
     */
    public PluginRequest<T> inLane(Lane lane) {
        return new PluginRequest<>(gate, codec, route.inLane(lane), form, limit);
    }

    /**
     * Gives the call a key, see {@link PluginCalls#withKey}.
     *
     * @param key the same for all calls that belong together
     * @return the call with that key
     */
    public PluginRequest<T> withKey(Object key) {
        return new PluginRequest<>(gate, codec, route.withKey(key), form, limit);
    }

    /**
     * Puts the call into a group, see {@link PluginCalls#inGroup}.
     *
     * @param group the group that the call joins; if it is closed, each verb throws a {@link dev.turnstile.TurnstileClosedException}
     * @return the call in that group
     */
    public PluginRequest<T> inGroup(CallGroup group) {
        return new PluginRequest<>(gate, codec, route.inGroup(group), form, limit);
    }

    // ---- the verbs ----

    /**
     * Makes the call; waits for a place and for the result.
     *
     * @return the response
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is there
     * @throws CallTimeoutException if the limit passed before the result was there
     */
    public T call() throws InterruptedException {
        return call(form.exchange(codec, route), true);
    }

    /**
     * Makes the call if there is a place at once; waits for the result only.
     *
     * @return the response
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is there
     * @throws CallTimeoutException if the limit passed before the result was there
     * @throws TurnstileFullException if there is no place, or others wait for one
     */
    public T tryCall() throws InterruptedException {
        return call(form.exchange(codec, route), false);
    }

    private <B> T call(Exchange<B, T> exchange, boolean waitForPlace) throws InterruptedException {
        CallRequest<ConfinedPlugin, B, ErrorReply> request = limited(exchange);
        try {
            return exchange.read(waitForPlace ? request.call() : request.tryCall());
        } catch (ErrorReply reply) {
            throw exchange.error(reply);
        }
    }

    /**
     * Waits for a place and returns a future for the response. Cancelling the future gives the call up.
     *
     * @return completes with the response, or with what the call would have thrown
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before there is a place
     * @throws CallTimeoutException if the limit passed before there was a place
     */
    public CompletableFuture<T> submit() throws InterruptedException {
        return submit(form.exchange(codec, route));
    }

    private <B> CompletableFuture<T> submit(Exchange<B, T> exchange) throws InterruptedException {
        return PluginCalls.decoded(limited(exchange).submit(), exchange);
    }

    /**
     * Returns a future for the response if there is a place at once; never waits.
     *
     * @return completes with the response, or with what the call would have thrown
     * @throws CallTimeoutException if the limit has passed already
     * @throws TurnstileFullException if there is no place, or others wait for one
     */
    public CompletableFuture<T> trySubmit() {
        return trySubmit(form.exchange(codec, route));
    }

    private <B> CompletableFuture<T> trySubmit(Exchange<B, T> exchange) {
        return PluginCalls.decoded(limited(exchange).trySubmit(), exchange);
    }

    private <B> CallRequest<ConfinedPlugin, B, ErrorReply> limited(Exchange<B, T> exchange) {
        CallRequest<ConfinedPlugin, B, ErrorReply> request = gate.request(exchange);
        return limit == null ? request : request.within(limit);
    }

    /** Returns the exchange that a block forks. */
    Exchange<?, T> forkOf(Turnstile<ConfinedPlugin> blocks) {
        if (blocks != gate) {
            throw new IllegalArgumentException("The request is one of " + gate + ", and the block one of " + blocks);
        }
        if (limit != null) {
            throw new IllegalArgumentException("A fork has no limit of its own, and the request says " + limit
                    + ": give it to fanOut, for the whole block");
        }
        return form.exchange(codec, route);
    }

    /** Returns what is called and how. */
    @Override
    public String toString() {
        return "PluginRequest[" + form + ", " + route + ", limit " + limit + "]";
    }
}
