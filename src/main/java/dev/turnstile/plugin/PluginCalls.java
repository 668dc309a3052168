package dev.turnstile.plugin;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.Turnstile;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/**
 * The calls of a plugin that any number of threads may make, of a {@link SynchronizedPlugin} or a {@link PluginPool}: in the ordinary lane and
 * without a key, or as {@link #inLane} and {@link #withKey} say.
 *
 * <p>Calls come in three kinds, each with the same six verbs:
 *
 * <ul>
 *   <li>text: JSON text in, the JSON text of the payload out;
 *   <li>typed: an object in, an object out, written and read by the {@linkplain PluginOptions#mapper() mapper}, by default
 *       with {@code snake_case} names. A {@code String} is written as a JSON string here, a {@code null} as {@code null}; the
 *       payload {@code null} comes back as {@code null};
 *   <li>raw: bytes in, bytes out ({@link Capability#RAW_CALLS}).
 * </ul>
 *
 * <p>{@code call} waits for the result, if need be up to a limit for the whole call, the wait for a place included; {@code
 * tryCall} does not wait for a place. {@code submit} waits for a place and returns a future; {@code trySubmit} does not
 * wait at all. Cancelling the future gives the call up. JSON is written and read on the caller's side (for a future, on
 * a virtual thread), never on the worker.
 *
 * <p>Every call may throw, or complete its future with:
 *
 * <ul>
 *   <li>{@link PluginException}: the plugin answered with an error;
 *   <li>{@link CodecException}: the request could not be written or the response not be read; it says whether the plugin ran;
 *   <li>{@link dev.turnstile.TurnstileClosedException}, {@link dev.turnstile.TurnstileFullException} (only {@code try…}), {@link
 *       dev.turnstile.ReentrantCallException}: the gate refused the call;
 *   <li>{@link dev.turnstile.CallInterruptedException}, {@link CallTimeoutException}, {@link
 *       dev.turnstile.CallCancelledException}: the caller gave up; they say whether the plugin had begun;
 *   <li>{@link IllegalArgumentException}: the type tag is empty, or has a NUL or a lone surrogate;
 *   <li>{@link UnsupportedOperationException}: the plugin lacks the {@link Capability}.
 * </ul>
 *
 * <p>Responses are ordinary heap objects and arrays; nothing native outlives its call. JSON responses are read within the
 * limits of the mapper's {@code StreamReadConstraints}, which can be raised there; by default a string may have 100 million
 * characters and the nesting be 500 deep.
 */
public sealed class PluginCalls permits GuardedPlugin {
    final Turnstile<ConfinedPlugin> gate;
    final JsonCodec codec;
    private final CallRoute route;

    PluginCalls(Turnstile<ConfinedPlugin> gate, JsonCodec codec, CallRoute route) {
        this.gate = gate;
        this.codec = codec;
        this.route = route;
    }

    /**
     * Returns the same calls in another lane of the line.
     *
     * @param lane which calls start before which
     * @return to be called as this; it needs no closing
     */
    public PluginCalls inLane(Lane lane) {
        return new PluginCalls(gate, codec, route.inLane(lane));
    }

    /**
     * Returns the same calls with a key: of a pool, one instance runs all calls whose keys have the same hash code, one after the other and in
     * the order of their coming. If that instance is lost, or goes because the pool is to have fewer, another one does from then on. Where there is
     * one instance this changes nothing.
     *
     * @param key what the calls that belong together have in common
     * @return to be called as this; it needs no closing
     */
    public PluginCalls withKey(Object key) {
        return new PluginCalls(gate, codec, route.withKey(key));
    }

    // ---- text ----

    /**
     * Makes a text call and waits for its result.
     *
     * @param tag what is called
     * @param json the request as JSON text
     * @return the payload as JSON text
     * @throws InterruptedException if the thread is interrupted before the result is there
     */
    public String call(String tag, String json) throws InterruptedException {
        return call(text(tag, json));
    }

    /**
     * Makes a text call and waits for its result, up to a limit in all.
     *
     * @param tag what is called
     * @param json the request as JSON text
     * @param limit how long the whole call may take
     * @return the payload as JSON text
     * @throws InterruptedException if the thread is interrupted before the result is there
     * @throws CallTimeoutException if the limit passed before the result was there
     */
    public String call(String tag, String json, Duration limit) throws InterruptedException, CallTimeoutException {
        return call(text(tag, json), limit);
    }

    /**
     * Makes a text call if there is a place at once, and waits for its result.
     *
     * @param tag what is called
     * @param json the request as JSON text
     * @return the payload as JSON text
     * @throws InterruptedException if the thread is interrupted before the result is there
     */
    public String tryCall(String tag, String json) throws InterruptedException {
        return tryCall(text(tag, json));
    }

    /**
     * Waits for a place for a text call and returns a future.
     *
     * @param tag what is called
     * @param json the request as JSON text
     * @return completes with the payload as JSON text
     * @throws InterruptedException if the thread is interrupted before there is a place
     */
    public CompletableFuture<String> submit(String tag, String json) throws InterruptedException {
        return submit(text(tag, json));
    }

    /**
     * Waits for a place for a text call and returns a future; the limit is for the whole call.
     *
     * @param tag what is called
     * @param json the request as JSON text
     * @param limit how long the whole call may take
     * @return completes with the payload as JSON text
     * @throws InterruptedException if the thread is interrupted before there is a place
     * @throws CallTimeoutException if the limit passed before there was a place
     */
    public CompletableFuture<String> submit(String tag, String json, Duration limit)
            throws InterruptedException, CallTimeoutException {
        return submit(text(tag, json), limit);
    }

    /**
     * Returns a future for a text call if there is a place at once; never waits.
     *
     * @param tag what is called
     * @param json the request as JSON text
     * @return completes with the payload as JSON text
     */
    public CompletableFuture<String> trySubmit(String tag, String json) {
        return trySubmit(text(tag, json));
    }

    // ---- typed ----

    /**
     * Makes a call with some values and waits for its result as a tree; for jshell, and where there is no class for it.
     *
     * @param tag the type tag
     * @param request the members of the request
     * @return the payload; a null node if it is {@code null} or missing. Printed, it is JSON
     * @throws InterruptedException if the thread is interrupted before the result is there
     */
    public JsonNode call(String tag, Map<String, ?> request) throws InterruptedException {
        JsonNode payload = call(tag, request, JsonNode.class);
        return payload == null ? NullNode.getInstance() : payload;
    }

    /**
     * Makes a typed call and waits for its result.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as
     * @return the payload as an object
     * @throws InterruptedException if the thread is interrupted before the result is there
     */
    public <T> @Nullable T call(String tag, @Nullable Object request, Class<T> responseType)
            throws InterruptedException {
        return call(typed(tag, request, codec.type(responseType)));
    }

    /**
     * Makes a typed call and waits for its result, up to a limit in all.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as
     * @param limit how long the whole call may take
     * @return the payload as an object
     * @throws InterruptedException if the thread is interrupted before the result is there
     * @throws CallTimeoutException if the limit passed before the result was there
     */
    public <T> @Nullable T call(String tag, @Nullable Object request, Class<T> responseType, Duration limit)
            throws InterruptedException, CallTimeoutException {
        return call(typed(tag, request, codec.type(responseType)), limit);
    }

    /**
     * Makes a typed call if there is a place at once, and waits for its result.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as
     * @return the payload as an object
     * @throws InterruptedException if the thread is interrupted before the result is there
     */
    public <T> @Nullable T tryCall(String tag, @Nullable Object request, Class<T> responseType)
            throws InterruptedException {
        return tryCall(typed(tag, request, codec.type(responseType)));
    }

    /**
     * Waits for a place for a typed call and returns a future.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as
     * @return completes with the payload as an object
     * @throws InterruptedException if the thread is interrupted before there is a place
     */
    public <T> CompletableFuture<@Nullable T> submit(String tag, @Nullable Object request, Class<T> responseType)
            throws InterruptedException {
        return submit(typed(tag, request, codec.type(responseType)));
    }

    /**
     * Waits for a place for a typed call and returns a future; the limit is for the whole call.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as
     * @param limit how long the whole call may take
     * @return completes with the payload as an object
     * @throws InterruptedException if the thread is interrupted before there is a place
     * @throws CallTimeoutException if the limit passed before there was a place
     */
    public <T> CompletableFuture<@Nullable T> submit(
            String tag, @Nullable Object request, Class<T> responseType, Duration limit)
            throws InterruptedException, CallTimeoutException {
        return submit(typed(tag, request, codec.type(responseType)), limit);
    }

    /**
     * Returns a future for a typed call if there is a place at once; never waits.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as
     * @return completes with the payload as an object
     */
    public <T> CompletableFuture<@Nullable T> trySubmit(String tag, @Nullable Object request, Class<T> responseType) {
        return trySubmit(typed(tag, request, codec.type(responseType)));
    }

    // ---- typed, with a generic response type ----

    /**
     * Makes a typed call with a generic response type and waits for its result.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as, for instance a list of some type
     * @return the payload as an object
     * @throws InterruptedException if the thread is interrupted before the result is there
     */
    public <T> @Nullable T call(String tag, @Nullable Object request, TypeReference<T> responseType)
            throws InterruptedException {
        return call(typed(tag, request, codec.type(responseType)));
    }

    /**
     * Makes a typed call with a generic response type and waits for its result, up to a limit in all.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as, for instance a list of some type
     * @param limit how long the whole call may take
     * @return the payload as an object
     * @throws InterruptedException if the thread is interrupted before the result is there
     * @throws CallTimeoutException if the limit passed before the result was there
     */
    public <T> @Nullable T call(String tag, @Nullable Object request, TypeReference<T> responseType, Duration limit)
            throws InterruptedException, CallTimeoutException {
        return call(typed(tag, request, codec.type(responseType)), limit);
    }

    /**
     * Makes a typed call with a generic response type if there is a place at once, and waits for its result.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as, for instance a list of some type
     * @return the payload as an object
     * @throws InterruptedException if the thread is interrupted before the result is there
     */
    public <T> @Nullable T tryCall(String tag, @Nullable Object request, TypeReference<T> responseType)
            throws InterruptedException {
        return tryCall(typed(tag, request, codec.type(responseType)));
    }

    /**
     * Waits for a place for a typed call with a generic response type and returns a future.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as, for instance a list of some type
     * @return completes with the payload as an object
     * @throws InterruptedException if the thread is interrupted before there is a place
     */
    public <T> CompletableFuture<@Nullable T> submit(
            String tag, @Nullable Object request, TypeReference<T> responseType) throws InterruptedException {
        return submit(typed(tag, request, codec.type(responseType)));
    }

    /**
     * Waits for a place for a typed call with a generic response type and returns a future; the limit is for the whole call.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as, for instance a list of some type
     * @param limit how long the whole call may take
     * @return completes with the payload as an object
     * @throws InterruptedException if the thread is interrupted before there is a place
     * @throws CallTimeoutException if the limit passed before there was a place
     */
    public <T> CompletableFuture<@Nullable T> submit(
            String tag, @Nullable Object request, TypeReference<T> responseType, Duration limit)
            throws InterruptedException, CallTimeoutException {
        return submit(typed(tag, request, codec.type(responseType)), limit);
    }

    /**
     * Returns a future for a typed call with a generic response type if there is a place at once; never waits.
     *
     * @param <T> the type of the response
     * @param tag what is called
     * @param request anything the mapper can write
     * @param responseType what the payload is read as, for instance a list of some type
     * @return completes with the payload as an object
     */
    public <T> CompletableFuture<@Nullable T> trySubmit(
            String tag, @Nullable Object request, TypeReference<T> responseType) {
        return trySubmit(typed(tag, request, codec.type(responseType)));
    }

    // ---- raw ----

    /**
     * Makes a raw call and waits for its result.
     *
     * @param messageId what is called
     * @param request the bytes, copied before this method returns or waits
     * @return the bytes of the response
     * @throws InterruptedException if the thread is interrupted before the result is there
     */
    public byte[] callRaw(int messageId, byte[] request) throws InterruptedException {
        return call(raw(messageId, request));
    }

    /**
     * Makes a raw call and waits for its result, up to a limit in all.
     *
     * @param messageId what is called
     * @param request the bytes, copied before this method returns or waits
     * @param limit how long the whole call may take
     * @return the bytes of the response
     * @throws InterruptedException if the thread is interrupted before the result is there
     * @throws CallTimeoutException if the limit passed before the result was there
     */
    public byte[] callRaw(int messageId, byte[] request, Duration limit)
            throws InterruptedException, CallTimeoutException {
        return call(raw(messageId, request), limit);
    }

    /**
     * Makes a raw call if there is a place at once, and waits for its result.
     *
     * @param messageId what is called
     * @param request the bytes, copied before this method returns or waits
     * @return the bytes of the response
     * @throws InterruptedException if the thread is interrupted before the result is there
     */
    public byte[] tryCallRaw(int messageId, byte[] request) throws InterruptedException {
        return tryCall(raw(messageId, request));
    }

    /**
     * Waits for a place for a raw call and returns a future.
     *
     * @param messageId what is called
     * @param request the bytes, copied before this method returns or waits
     * @return completes with the bytes of the response
     * @throws InterruptedException if the thread is interrupted before there is a place
     */
    public CompletableFuture<byte[]> submitRaw(int messageId, byte[] request) throws InterruptedException {
        return submit(raw(messageId, request));
    }

    /**
     * Waits for a place for a raw call and returns a future; the limit is for the whole call.
     *
     * @param messageId what is called
     * @param request the bytes, copied before this method returns or waits
     * @param limit how long the whole call may take
     * @return completes with the bytes of the response
     * @throws InterruptedException if the thread is interrupted before there is a place
     * @throws CallTimeoutException if the limit passed before there was a place
     */
    public CompletableFuture<byte[]> submitRaw(int messageId, byte[] request, Duration limit)
            throws InterruptedException, CallTimeoutException {
        return submit(raw(messageId, request), limit);
    }

    /**
     * Returns a future for a raw call if there is a place at once; never waits.
     *
     * @param messageId what is called
     * @param request the bytes, copied before this method returns or waits
     * @return completes with the bytes of the response
     */
    public CompletableFuture<byte[]> trySubmitRaw(int messageId, byte[] request) {
        return trySubmit(raw(messageId, request));
    }

    // ---- many calls at once ----

    /**
     * Opens a block that forks calls of this plugin and joins them.
     *
     * @param policy what decides the block
     * @return the block, which this thread owns; to be closed, best by try-with-resources
     */
    public PluginFanOut fanOut(JoinPolicy policy) {
        return new PluginFanOut(gate.fanOut(policy), codec, route);
    }

    /**
     * Opens a block that forks calls of this plugin and joins them, and has a limit in all, from now on. Calls that this thread
     * makes otherwise while the block is open never wait longer either.
     *
     * @param policy what decides the block
     * @param limit how long; when it passes no further fork is started, and {@code join} throws
     * @return the block, which this thread owns; to be closed, best by try-with-resources
     */
    public PluginFanOut fanOut(JoinPolicy policy, Duration limit) {
        return new PluginFanOut(gate.fanOut(policy, limit), codec, route);
    }

    // ---- requests: encoded here, on the caller's thread ----

    private Exchange<?, String> text(String tag, String json) {
        return Exchange.text(codec, route, tag, json);
    }

    private <T> Exchange<?, @Nullable T> typed(String tag, @Nullable Object request, JavaType responseType) {
        return Exchange.typed(codec, route, tag, request, responseType);
    }

    private Exchange<?, byte[]> raw(int messageId, byte[] request) {
        return Exchange.raw(route, messageId, request);
    }

    // ---- the six verbs ----

    private <B, T extends @Nullable Object> T call(Exchange<B, T> exchange) throws InterruptedException {
        try {
            return exchange.read(gate.call(exchange));
        } catch (ErrorReply reply) {
            throw exchange.error(reply);
        }
    }

    private <B, T extends @Nullable Object> T call(Exchange<B, T> exchange, Duration limit)
            throws InterruptedException, CallTimeoutException {
        try {
            return exchange.read(gate.call(exchange, limit));
        } catch (ErrorReply reply) {
            throw exchange.error(reply);
        }
    }

    private <B, T extends @Nullable Object> T tryCall(Exchange<B, T> exchange) throws InterruptedException {
        try {
            return exchange.read(gate.tryCall(exchange));
        } catch (ErrorReply reply) {
            throw exchange.error(reply);
        }
    }

    private <B, T extends @Nullable Object> CompletableFuture<T> submit(Exchange<B, T> exchange)
            throws InterruptedException {
        return new DecodedFuture<>(gate.submit(exchange), exchange);
    }

    private <B, T extends @Nullable Object> CompletableFuture<T> submit(Exchange<B, T> exchange, Duration limit)
            throws InterruptedException, CallTimeoutException {
        return new DecodedFuture<>(gate.submit(exchange, limit), exchange);
    }

    private <B, T extends @Nullable Object> CompletableFuture<T> trySubmit(Exchange<B, T> exchange) {
        return new DecodedFuture<>(gate.trySubmit(exchange), exchange);
    }
}
