package dev.turnstile.plugin;

import dev.turnstile.CallGroup;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.Turnstile;
import dev.turnstile.internal.Decoder;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * The calls of a {@link SynchronizedPlugin} or a {@link PluginPool}. Any number of threads may make them.
 *
 * <p>{@link #request} begins a call: it takes the type tag and the request. The request's methods set the type of the response ({@code
 * as}), the limit ({@code within}), the lane and the key. One of four verbs then makes the call. {@code call} waits for a place and for
 * the result, {@code tryCall} for the result only. {@code submit} waits for a place and returns a future, {@code trySubmit} does not wait
 * at all. The usual calls have short forms here.
 *
 * {@snippet :
 * String text = plugin.call("echo", "{\"message\":\"hi\"}");
 * Echo echo = plugin.call("echo", new Say("hi"), Echo.class);
 * CompletableFuture<Echo> later = plugin.request("echo", new Say("hi")).as(Echo.class).within(Duration.ofSeconds(2)).trySubmit();
 * }
 *
 * <p>A request that is a {@code String} is JSON text and is sent as it is, without being parsed. Any other request is written by the
 * {@linkplain PluginOptions#mapper() mapper}, by default with {@code snake_case} names; {@code null} is written as {@code null}. The
 * response is JSON text, or an object that the mapper reads from it; the payload {@code null} comes back as {@code null}. Raw calls take
 * and return bytes ({@link Capability#RAW_CALLS}). JSON is written and read on the caller's side, never on the worker; for a future it is
 * read by the thread that waits, or by a virtual thread.
 *
 * <p>Every call may throw, or complete its future with:
 *
 * <ul>
 *   <li>{@link PluginException}: the plugin answered with an error;
 *   <li>{@link CodecException}: the request could not be written, or the response could not be read; it says whether the plugin ran;
 *   <li>{@link PluginLostException}: the process of an isolated plugin crashed or was killed;
 *   <li>{@link dev.turnstile.TurnstileClosedException}, {@link dev.turnstile.TurnstileFullException} (only {@code try…}), {@link
 *       dev.turnstile.TurnstileDownException} (only if the gate refuses calls while it heals), {@link dev.turnstile.ReentrantCallException}: the gate refused the call;
 *   <li>{@link CallInterruptedException}, {@link CallTimeoutException}, {@link
 *       dev.turnstile.CallCancelledException}: the caller gave up; they say whether the plugin had begun;
 *   <li>{@link IllegalArgumentException}: the type tag is empty, or has a NUL or a lone surrogate;
 *   <li>{@link UnsupportedOperationException}: the plugin lacks the {@link Capability}.
 * </ul>
 *
 * <p>Responses are ordinary heap objects and arrays; nothing native outlives its call. JSON text goes through whatever its depth and the
 * length of its numbers, names and strings. An object is read within the limits of the mapper's {@code StreamReadConstraints}, which can be
 * raised there; by default nesting may be 500 deep, a number may have 1,000 characters, a name 50,000 and a string 100 million.
 */
public sealed class PluginCalls permits GuardedPlugin {
    final Turnstile<ConfinedPlugin> gate;
    final JsonCodec codec;
    final CallRoute route;

    PluginCalls(Turnstile<ConfinedPlugin> gate, JsonCodec codec, CallRoute route) {
        this.gate = gate;
        this.codec = codec;
        this.route = route;
    }

    /**
     * Returns the same calls in another lane of the line.
     *
     * @param lane decides which calls start first
     * @return the calls in that lane; they need no closing
     */
    public PluginCalls inLane(Lane lane) {
        return new PluginCalls(gate, codec, route.inLane(lane));
    }

    /**
     * Returns the same calls with a key. In a pool, one instance runs all calls whose keys have the same hash code, one at a time and in
     * order of arrival. If that instance is lost, or is removed by {@link PluginPool#resize}, another one takes over. With a single
     * instance a key changes nothing.
     *
     * @param key the same for all calls that belong together
     * @return the calls with that key; they need no closing
     */
    public PluginCalls withKey(Object key) {
        return new PluginCalls(gate, codec, route.withKey(key));
    }

    /**
     * Returns the same calls in a group, which can cancel them together: for one user of a plugin that others use as well.
     *
     * @param group the group that the calls join; if it is closed, each verb throws a {@link dev.turnstile.TurnstileClosedException}
     * @return the calls in that group; they need no closing, and cannot close the plugin
     */
    public PluginCalls inGroup(CallGroup group) {
        return new PluginCalls(gate, codec, route.inGroup(group));
    }

    /**
     * Returns the same calls with a mapper of their own, which writes the requests and reads the responses of typed calls. A mapper keeps the classes that it has written and read, so it is for one user of a
     * plugin that others use as well, such as an application that a container lets go.
     *
     * @param mapper the default one ({@link PluginOptions#mapper()}) stands for a new one that is like it
     * @return the calls with that mapper; they need no closing
     */
    public PluginCalls withMapper(JsonMapper mapper) {
        return new PluginCalls(gate, JsonCodec.of(Objects.requireNonNull(mapper, "mapper")), route);
    }

    // ---- any call ----

    /**
     * Begins a call; a verb of the returned request makes it.
     *
     * @param tag what is called
     * @param request JSON text if it is a {@code String}; else an object that is written as JSON
     * @return the request; its response is JSON text unless {@code as} says otherwise
     * @throws IllegalArgumentException if the tag is empty, or has a NUL or a lone surrogate
     */
    public PluginRequest<String> request(String tag, @Nullable Object request) {
        return PluginRequest.json(this, Objects.requireNonNull(tag, "tag"), request);
    }

    /**
     * Begins a raw call; a verb of the returned request makes it.
     *
     * @param messageId what is called
     * @param request the bytes; copied when a verb is called
     * @return the request
     */
    public PluginRequest<byte[]> requestRaw(int messageId, byte[] request) {
        return PluginRequest.raw(this, messageId, request);
    }

    // ---- short forms ----

    /**
     * Makes a call and waits for the JSON text of its response.
     *
     * @param tag what is called
     * @param request JSON text if it is a {@code String}; else an object that is written as JSON
     * @return the payload as JSON text
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is there
     */
    public String call(String tag, @Nullable Object request) throws InterruptedException {
        return call(Exchange.text(codec, route, tag, request), null);
    }

    /**
     * Makes a call and waits for the JSON text of its response, up to a limit in all.
     *
     * @param tag what is called
     * @param request JSON text if it is a {@code String}; else an object that is written as JSON
     * @param limit how long the whole call may take
     * @return the payload as JSON text
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is there
     * @throws CallTimeoutException if the limit passed before the result was there
     */
    public String call(String tag, @Nullable Object request, Duration limit) throws InterruptedException {
        return call(Exchange.text(codec, route, tag, request), Objects.requireNonNull(limit, "limit"));
    }

    /**
     * Makes a typed call and waits for its result.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request JSON text if it is a {@code String}; else an object that is written as JSON
     * @param responseType what the payload is read as
     * @return the response; {@code null} if the payload is {@code null}
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is there
     */
    public <T> @Nullable T call(String tag, @Nullable Object request, Class<T> responseType)
            throws InterruptedException {
        return call(typed(tag, request, responseType), null);
    }

    /**
     * Makes a typed call and waits for its result, up to a limit in all.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request JSON text if it is a {@code String}; else an object that is written as JSON
     * @param responseType what the payload is read as
     * @param limit how long the whole call may take
     * @return the response; {@code null} if the payload is {@code null}
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is there
     * @throws CallTimeoutException if the limit passed before the result was there
     */
    public <T> @Nullable T call(String tag, @Nullable Object request, Class<T> responseType, Duration limit)
            throws InterruptedException {
        return call(typed(tag, request, responseType), Objects.requireNonNull(limit, "limit"));
    }

    /**
     * Waits for a place and returns a future for the JSON text of a response. Cancelling the future gives the call up.
     *
     * @param tag what is called
     * @param request JSON text if it is a {@code String}; else an object that is written as JSON
     * @return completes with the payload as JSON text
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before there is a place
     */
    public CompletableFuture<String> submit(String tag, @Nullable Object request) throws InterruptedException {
        return submit(Exchange.text(codec, route, tag, request));
    }

    /**
     * Waits for a place and returns a future for the response of a typed call. Cancelling the future gives the call up.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request JSON text if it is a {@code String}; else an object that is written as JSON
     * @param responseType what the payload is read as
     * @return completes with the response; with {@code null} if the payload is {@code null}
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before there is a place
     */
    public <T> CompletableFuture<@Nullable T> submit(String tag, @Nullable Object request, Class<T> responseType)
            throws InterruptedException {
        return submit(typed(tag, request, responseType));
    }

    /**
     * Makes a raw call and waits for its result.
     *
     * @param messageId what is called
     * @param request the bytes, copied before this method waits
     * @return the bytes of the response
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the result is there
     */
    public byte[] callRaw(int messageId, byte[] request) throws InterruptedException {
        return call(Exchange.raw(route, messageId, request), null);
    }

    private <T> Exchange<?, @Nullable T> typed(String tag, @Nullable Object request, Class<T> responseType) {
        return Exchange.typed(
                codec, route, tag, request, codec.type(Objects.requireNonNull(responseType, "responseType")));
    }

    private <B, T extends @Nullable Object> T call(Exchange<B, T> exchange, @Nullable Duration limit)
            throws InterruptedException {
        try {
            return exchange.read(limit == null ? gate.call(exchange) : gate.call(exchange, limit));
        } catch (ErrorReply reply) {
            throw exchange.error(reply);
        }
    }

    private <B, T extends @Nullable Object> CompletableFuture<T> submit(Exchange<B, T> exchange)
            throws InterruptedException {
        return decoded(gate.submit(exchange), exchange);
    }

    /** If the action is also a {@link Decoder}, the gate's future completes with what the decoder returns. */
    @SuppressWarnings({"unchecked", "unused"})
    static <B, T extends @Nullable Object> CompletableFuture<T> decoded(CompletableFuture<B> future, Decoder<B, T> by) {
        return (CompletableFuture<T>) future;
    }

    /**
     * Returns these calls as an interface of the user's: each of its abstract methods makes the call that its {@link Tag} names.
     *
     * {@snippet :
     * interface Demo {
     *     @Tag("echo")
     *     Echo echo(Say say) throws InterruptedException;
     *
     *     @Tag("echo")
     *     CompletableFuture<Echo> echoLater(Say say, Duration limit) throws InterruptedException;
     * }
     *
     * Echo echo = plugin.as(Demo.class).echo(new Say("hi"));
     * }
     *
     * <p>A method has at most one parameter for the request, written as {@link #request} says; without one, an empty object is sent. It
     * has at most one {@link Duration}, the limit for the whole call. The payload is read as the return type, generic types included; for
     * {@code void} nothing is read. If the method returns a {@link CompletableFuture} or a {@code CompletionStage}, it submits the call.
     * Every method waits, so it must declare {@link InterruptedException}.
     *
     * @param <V> the type of the view
     * @param view an interface
     * @return the view; it needs no closing
     * @throws IllegalArgumentException if a method of the interface cannot be a call; the message says which and why
     */
    public <V> V as(Class<V> view) {
        return TypedView.of(this, Objects.requireNonNull(view, "view"));
    }

    // ---- many calls at once ----

    /**
     * Opens a block that forks calls of this plugin and joins them; each fork has the JSON text of its response.
     *
     * @param policy what decides the block
     * @return the block, owned by this thread; close it, best by try-with-resources
     */
    public PluginFanOut<String> fanOut(JoinPolicy policy) {
        return new PluginFanOut<>(this, gate.fanOut(policy), null);
    }

    /**
     * Opens a block like {@link #fanOut(JoinPolicy)}, with a limit for the whole block from now on. The limit also holds for other calls
     * that this thread makes until the block is joined.
     *
     * @param policy what decides the block
     * @param limit how long; when it passes no further fork is started, and {@code join} throws
     * @return the block, owned by this thread; close it, best by try-with-resources
     */
    public PluginFanOut<String> fanOut(JoinPolicy policy, Duration limit) {
        return new PluginFanOut<>(this, gate.fanOut(policy, limit), null);
    }

    /**
     * Opens a block that forks calls of this plugin and joins them; each fork has its response as an object.
     *
     * @param <T> the type of the responses; {@code Object} for forks of several types
     * @param policy what decides the block
     * @param responseType what the payloads are read as
     * @return the block, owned by this thread; close it, best by try-with-resources
     */
    public <T> PluginFanOut<T> fanOut(JoinPolicy policy, Class<T> responseType) {
        JavaType type = codec.type(Objects.requireNonNull(responseType, "responseType")); // before the block is open
        return new PluginFanOut<>(this, gate.fanOut(policy), type);
    }

    /**
     * Opens a block like {@link #fanOut(JoinPolicy, Class)}, with a limit for the whole block from now on. The limit also holds for other
     * calls that this thread makes until the block is joined.
     *
     * @param <T> the type of the responses; {@code Object} for forks of several types
     * @param policy what decides the block
     * @param responseType what the payloads are read as
     * @param limit how long; when it passes no further fork is started, and {@code join} throws
     * @return the block, owned by this thread; close it, best by try-with-resources
     */
    public <T> PluginFanOut<T> fanOut(JoinPolicy policy, Class<T> responseType, Duration limit) {
        JavaType type = codec.type(Objects.requireNonNull(responseType, "responseType")); // before the block is open
        return new PluginFanOut<>(this, gate.fanOut(policy, limit), type);
    }
}
