package dev.turnstile.plugin;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.CloseReport;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundledLibrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/**
 * A rustbridge plugin that any number of threads may call: a {@link NativePlugin}, or another {@link ConfinedPlugin}, behind a {@link
 * Turnstile}.
 *
 * <p>Everything that the gate promises holds here: one call at a time on one worker thread, in order of arrival, a bounded
 * line, waiting that costs a virtual thread nothing, cancelling and time limits, and exactly one end for every call.
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
public final class SynchronizedPlugin implements AutoCloseable {
    private final Turnstile<ConfinedPlugin> gate;
    private final JsonCodec codec;
    private final Set<Capability> capabilities;

    private SynchronizedPlugin(Turnstile<ConfinedPlugin> gate, JsonCodec codec, Set<Capability> capabilities) {
        this.gate = gate;
        this.codec = codec;
        this.capabilities = capabilities;
    }

    /**
     * Loads and starts a plugin with all defaults.
     *
     * @param library the library file; a relative path is taken from the working directory
     * @return the started plugin
     * @throws PluginLoadException naming the file and what is wrong with it
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin load(Path library) throws InterruptedException {
        return load(library, PluginConfig.defaults(), PluginOptions.defaults());
    }

    /**
     * Loads and starts a plugin, on its worker, and waits for it.
     *
     * @param library the library file; a relative path is taken from the working directory
     * @param config what the plugin is started with
     * @param options the settings on the Java side
     * @return the started plugin
     * @throws PluginLoadException naming the file and what is wrong with it
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin load(Path library, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(library, "library");
        Objects.requireNonNull(config, "config");
        return start(() -> NativePlugin.load(library, config, options.logListener()), options);
    }

    /**
     * Opens a bundle, and loads and starts its release library for this platform with all defaults.
     *
     * @param bundle the {@code .rbp} file
     * @param trust whose bundles to believe
     * @return the started plugin
     * @throws BundleException if the bundle is malformed or not trusted, or has no library for this platform
     * @throws PluginLoadException naming the bundle, the file and what is wrong with it
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin load(Path bundle, BundleTrust trust) throws InterruptedException {
        return load(Bundle.open(bundle, trust), PluginConfig.defaults(), PluginOptions.defaults());
    }

    /**
     * Loads and starts a bundle's library for this platform, on its worker, and waits for it. The library is extracted into a
     * directory of its own, which is removed when the plugin has been shut down; so each load is an independent instance.
     *
     * @param bundle the opened bundle
     * @param config what the plugin is started with
     * @param options the settings on the Java side, the {@linkplain PluginOptions#variant() variant} of the library among them
     * @return the started plugin
     * @throws BundleException if there is no such library, it is not to be trusted, or it cannot be extracted
     * @throws PluginLoadException naming the bundle, the file and what is wrong with it
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin load(Bundle bundle, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(config, "config");
        BundledLibrary library = bundle.library(options.variant());
        return start(() -> NativePlugin.load(library, config, options.logListener()), options);
    }

    /**
     * Starts a plugin that is written in Java, on its worker, and waits for it.
     *
     * @param starter makes and starts the plugin, or throws what this method is to throw, such as a {@link PluginLoadException}; it gets
     *     what takes the plugin's log lines, from any thread at any time, without waiting
     * @param options the settings on the Java side
     * @return the started plugin
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin open(
            Function<Consumer<PluginLogLine>, ? extends ConfinedPlugin> starter, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(starter, "starter");
        LogRelay relay = new LogRelay(options.logListener());
        relay.endStart(); // only a NativePlugin has it kept
        return start(() -> starter.apply(line -> relay.offer(line, MDC.getCopyOfContextMap())), options);
    }

    private static SynchronizedPlugin start(Supplier<? extends ConfinedPlugin> starter, PluginOptions options)
            throws InterruptedException {
        EnumSet<Capability> capabilities = EnumSet.noneOf(Capability.class);
        JsonCodec codec = new JsonCodec(options.mapper());
        Turnstile<ConfinedPlugin> gate = Turnstile.open(
                () -> {
                    ConfinedPlugin plugin = starter.get();
                    capabilities.addAll(plugin.capabilities());
                    return plugin;
                },
                ConfinedPlugin::close,
                PluginCallListener.translateFor(options.gate(), codec));
        return new SynchronizedPlugin(gate, codec, Collections.unmodifiableSet(capabilities));
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
        return new PluginFanOut(gate.fanOut(policy), codec);
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
        return new PluginFanOut(gate.fanOut(policy, limit), codec);
    }

    // ---- the plugin ----

    /**
     * Returns which of its optional parts the plugin has.
     *
     * @return an unmodifiable set
     */
    public Set<Capability> capabilities() {
        return capabilities;
    }

    /**
     * Sets the least severe log lines that the plugin sends; waits its turn in the line.
     *
     * @param level the limit; {@link LogLevel#OFF} for none at all
     * @throws InterruptedException if the thread is interrupted before that is done
     */
    public void setLogLevel(LogLevel level) throws InterruptedException {
        Objects.requireNonNull(level, "level");
        gate.call(plugin -> {
            plugin.setLogLevel(level);
            return level;
        });
    }

    /**
     * Asks the plugin where it is in its life; waits its turn in the line.
     *
     * @return the plugin's own state, not the gate's
     * @throws InterruptedException if the thread is interrupted before the answer is there
     */
    public PluginState state() throws InterruptedException {
        return gate.call(ConfinedPlugin::state);
    }

    /**
     * Asks the plugin how many requests its own limiter has refused; waits its turn in the line.
     *
     * @return the count, as an unsigned number
     * @throws InterruptedException if the thread is interrupted before the answer is there
     */
    public long rejectedCount() throws InterruptedException {
        return gate.call(ConfinedPlugin::rejectedCount);
    }

    // ---- the gate ----

    /**
     * Returns how many calls may be pending.
     *
     * @return the number of places in the line
     */
    public int capacity() {
        return gate.capacity();
    }

    /**
     * Returns how many calls are in the line, accepted and not yet started.
     *
     * @return 0 to {@link #capacity()}
     */
    public int pendingCount() {
        return gate.pendingCount();
    }

    /**
     * Returns how many callers wait outside for a place.
     *
     * @return 0 or more
     */
    public int waitingCount() {
        return gate.waitingCount();
    }

    /**
     * Returns where the gate is in its life.
     *
     * @return the state at this instant
     */
    public TurnstileState gateState() {
        return gate.state();
    }

    /**
     * Returns all counts of one instant; they add up. A call that the plugin answered with an error counts as failed.
     *
     * @return a consistent snapshot
     */
    public TurnstileStats stats() {
        return gate.stats();
    }

    /** Begins to close and returns at once; see {@link Turnstile#shutdown()}. */
    public void shutdown() {
        gate.shutdown();
    }

    /** Closes gate and plugin within the limit of the options; see {@link Turnstile#close()}. */
    @Override
    public void close() {
        gate.close();
    }

    /**
     * Closes gate and plugin and waits for it, up to a limit; the plugin is never shut down under a running call. See {@link
     * Turnstile#close(Duration)}.
     *
     * @param limit how long calls in the line may run; zero or less refuses them at once
     * @return what was done so far
     */
    public CloseReport close(Duration limit) {
        return gate.close(limit);
    }

    /**
     * Waits until the plugin is shut down and the worker has ended; does not begin to close.
     *
     * @param limit how long to wait
     * @return whether that is so
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public boolean awaitTermination(Duration limit) throws InterruptedException {
        return gate.awaitTermination(limit);
    }

    /** Returns the whole state, for logs and for looking at a test that hangs. */
    @Override
    public String toString() {
        return "SynchronizedPlugin[" + gate + "]";
    }

    // ---- requests: encoded here, on the caller's thread ----

    private Exchange<?, String> text(String tag, String json) {
        return Exchange.text(codec, tag, json);
    }

    private <T> Exchange<?, @Nullable T> typed(String tag, @Nullable Object request, JavaType responseType) {
        return Exchange.typed(codec, tag, request, responseType);
    }

    private static Exchange<?, byte[]> raw(int messageId, byte[] request) {
        return Exchange.raw(messageId, request);
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
