package dev.turnstile.plugin;

import dev.turnstile.abi.FfiBuffer;
import dev.turnstile.abi.RbResponse;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundledLibrary;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.internal.ThreadName;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A rustbridge plugin, bound directly: one instance of one library file, confined to the thread that loaded it.
 *
 * <p>Every method must be called by that thread; from any other it throws {@link WrongThreadException} at once and does
 * nothing. To share a plugin among threads use {@link SynchronizedPlugin}.
 *
 * <p>A call runs the plugin's handler on the calling thread. It blocks as long as the handler does, pins a virtual thread
 * to its carrier meanwhile, and cannot be interrupted.
 *
 * <p>The library itself is never unloaded, because a plugin may log at any time, even after it was shut down. Each load has a file of its
 * own, so that it is an independent instance with globals of its own; only {@link #loadInPlace} loads the file itself.
 */
public final class NativePlugin implements ConfinedPlugin {
    private final Thread owner = Thread.currentThread();
    private final NativeInstance instance;
    private final PluginLibrary library;
    private final MemorySegment handle;
    private final CallInProgress inProgress;

    private final Arena slots = Arena.ofConfined();
    private final MemorySegment ffiBuffer = FfiBuffer.allocate(slots);
    private final MemorySegment rbResponse = RbResponse.allocate(slots);
    /** The addresses of these two, for native calls; like those of a {@link NativeBuffer}. */
    private final MemorySegment ffiBufferAddress = MemorySegment.ofAddress(ffiBuffer.address());

    private final MemorySegment rbResponseAddress = MemorySegment.ofAddress(rbResponse.address());
    private final SegmentAllocator ffiBufferSlot = (size, alignment) -> ffiBufferAddress;
    private final SegmentAllocator rbResponseSlot = (size, alignment) -> rbResponseAddress;
    private final TypeTags tags = new TypeTags();
    private final NativeBuffer requestBuffer = new NativeBuffer();
    private final ReplyBytes replyBytes = new ReplyBytes();
    private final RawReply rawReply = new RawReply();

    private final JsonCodec codec = new JsonCodec();

    private boolean closed;

    private NativePlugin(NativeInstance instance, CallInProgress inProgress) {
        this.instance = instance;
        this.library = instance.library();
        this.handle = instance.handle();
        this.inProgress = inProgress;
    }

    /**
     * Loads and starts a plugin with its own defaults; its log lines go to SLF4J. A private copy of the file is loaded.
     *
     * @param library the library file; a relative path is taken from the working directory, never searched for elsewhere
     * @return the started plugin, confined to the current thread
     * @throws PluginLoadException naming the file and what is wrong with it
     */
    public static NativePlugin load(Path library) {
        return load(library, PluginConfig.defaults(), PluginLogListener.slf4j());
    }

    /**
     * Loads and starts a plugin.
     *
     * <p>A private copy of the file is loaded, in a directory that is removed when the plugin is closed; so each load is an independent
     * instance, and the file may be overwritten meanwhile. Messages name the file itself. An interrupt does not end a load; the thread stays
     * interrupted.
     *
     * @param library the library file; a relative path is taken from the working directory, never searched for elsewhere
     * @param config what to start it with
     * @param listener receives the log lines
     * @return the started plugin, confined to the current thread
     * @throws PluginLoadException naming the file and what is wrong with it: there is no such file, it cannot be copied, it is no library or one
     *     for another machine, a required export is missing, native access is denied, the configuration cannot be written,
     *     the plugin did not start (then with its log lines), or it would share C++ state with a plugin that is open (see {@link
     *     PluginOptions#withUniqueSymbolsAllowed})
     */
    public static NativePlugin load(Path library, PluginConfig config, PluginLogListener listener) {
        return loadCopy(
                Objects.requireNonNull(library, "library"),
                Objects.requireNonNull(config, "config"),
                new LogDelivery(listener),
                UniqueState.Rule.ALONE);
    }

    /**
     * Loads and starts a plugin from the file itself, with its own defaults; its log lines go to SLF4J. See {@link #loadInPlace(Path, PluginConfig,
     * PluginLogListener)} for the dangers.
     *
     * @param library the library file; a relative path is taken from the working directory, never searched for elsewhere
     * @return the started plugin, confined to the current thread
     * @throws PluginLoadException naming the file and what is wrong with it
     */
    public static NativePlugin loadInPlace(Path library) {
        return loadInPlace(library, PluginConfig.defaults(), PluginLogListener.slf4j());
    }

    /**
     * Loads and starts a plugin from the file itself, without a private copy. For its two dangers see {@link
     * PluginOptions#withLibraryInPlace}: all loads of the file share one set of globals, and a file that is overwritten in place ends the
     * JVM. A file that has replaced a loaded one under its path is refused.
     *
     * @param library the library file; a relative path is taken from the working directory, never searched for elsewhere
     * @param config what to start it with
     * @param listener receives the log lines
     * @return the started plugin, confined to the current thread
     * @throws PluginLoadException naming the file and what is wrong with it
     */
    public static NativePlugin loadInPlace(Path library, PluginConfig config, PluginLogListener listener) {
        return loadInPlace(
                Objects.requireNonNull(library, "library"),
                Objects.requireNonNull(config, "config"),
                new LogDelivery(listener),
                UniqueState.Rule.ALONE);
    }

    static NativePlugin loadInPlace(Path library, PluginConfig config, LogDelivery log, UniqueState.Rule rule) {
        prepare();
        return start(() -> CheckedLibrary.inPlace(library), null, config, log, rule);
    }

    /**
     * Loads and starts the release library of a bundle for this platform, with the plugin's own defaults; its log lines go to
     * SLF4J.
     *
     * @param bundle the opened bundle
     * @return the started plugin, confined to the current thread
     * @throws BundleException if there is no such library, it is not to be trusted, or it cannot be extracted
     * @throws PluginLoadException naming the bundle, the file and what is wrong with it
     */
    public static NativePlugin load(Bundle bundle) {
        return load(bundle, BundleManifest.RELEASE, PluginConfig.defaults(), PluginLogListener.slf4j());
    }

    /**
     * Loads and starts a library of a bundle for this platform. It is extracted into a directory of its own, which is removed
     * when the plugin is closed; so each load is an independent instance.
     *
     * @param bundle the opened bundle
     * @param variant which build of the library, such as {@code release}
     * @param config what to start it with
     * @param listener receives the log lines
     * @return the started plugin, confined to the current thread
     * @throws BundleException if there is no such library, it is not to be trusted, or it cannot be extracted
     * @throws PluginLoadException naming the bundle, the file and what is wrong with it
     */
    public static NativePlugin load(Bundle bundle, String variant, PluginConfig config, PluginLogListener listener) {
        Objects.requireNonNull(bundle, "bundle");
        Objects.requireNonNull(variant, "variant");
        Objects.requireNonNull(config, "config");
        LogDelivery log = new LogDelivery(listener);
        return load(bundle.library(variant), config, log, UniqueState.Rule.ALONE);
    }

    static NativePlugin load(BundledLibrary library, PluginConfig config, LogDelivery log, UniqueState.Rule rule) {
        prepare();
        ExtractedLibrary extracted = library.extract();
        try {
            return start(() -> CheckedLibrary.extracted(extracted, library), extracted, config, log, rule);
        } catch (PluginLoadException refused) {
            throw new PluginLoadException(library + ": " + refused.getMessage(), refused.logLines(), refused);
        }
    }

    static NativePlugin loadCopy(Path library, PluginConfig config, LogDelivery log, UniqueState.Rule rule) {
        prepare();
        var unused = CheckedLibrary.inPlace(library); // before it is copied
        ExtractedLibrary copy = copyOf(library);
        return start(() -> CheckedLibrary.copy(copy, library), copy, config, log, rule);
    }

    /** Does what the first load takes most of its time for. What fails here fails again in the load, which says so. */
    static void prepareAhead() {
        try {
            prepare();
            prepare(); // the first load is spared a part of it
        } catch (PluginLoadException saidByTheLoad) {
            return;
        }
        PluginClasses.loadStart();
        var unused = new PluginLog(); // a function pointer takes as long as a function
    }

    /** Before anything is written. */
    private static void prepare() {
        NativeAccess.require();
        ThreadLocalKeys.require();
        PluginClasses.loadBinding();
    }

    static ExtractedLibrary copyOf(Path library) {
        try {
            return ExtractedLibrary.copyOf(library);
        } catch (BundleException notCopied) {
            throw new PluginLoadException(String.valueOf(notCopied.getMessage()), notCopied);
        }
    }

    private static NativePlugin start(
            Supplier<CheckedLibrary> check,
            @Nullable ExtractedLibrary own,
            PluginConfig config,
            LogDelivery log,
            UniqueState.Rule rule) {
        return start(check, own, () -> StartConfig.of(config), log, rule);
    }

    private static NativePlugin start(
            Supplier<CheckedLibrary> check,
            @Nullable ExtractedLibrary own,
            Supplier<StartConfig> config,
            LogDelivery log,
            UniqueState.Rule rule) {
        CallInProgress call = new CallInProgress();
        return new NativePlugin(NativeInstance.start(check, own, config, log, rule, call), call);
    }

    /** Loads and starts a file that the application has checked, and that is this process's own. */
    static NativePlugin start(CheckedLibrary library, StartConfig config, LogDelivery log) {
        prepare();
        return start(() -> library, null, () -> config, log, UniqueState.Rule.ALONE);
    }

    /**
     * Binds the current thread to the same instance, for a plugin that several threads may call at once. The last binding to close shuts
     * the instance down.
     *
     * <p>Any thread may call this while the instance is open.
     *
     * @return another plugin, confined to the current thread
     * @throws IllegalStateException if the last binding is closed, or is closing
     */
    NativePlugin sibling() {
        CallInProgress call = new CallInProgress();
        instance.bind(call);
        return new NativePlugin(instance, call);
    }

    /**
     * Makes a JSON call and returns the payload of the response.
     *
     * @param tag the type tag, which says what is called; not empty, without NUL
     * @param json the request as JSON text
     * @return the payload as JSON text; the text {@code null} if the plugin returned none
     * @throws PluginException if the plugin answered with an error
     * @throws CodecException if the request cannot be encoded, or the response is not an envelope
     * @throws IllegalArgumentException if the tag is empty, or has a NUL or a lone surrogate
     * @throws IllegalStateException if the plugin is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public String call(String tag, String json) {
        checkAccess();
        MemorySegment tagAddress = tags.address(tag);
        int requestLength = requestBuffer.fill(Objects.requireNonNull(json, "json"));
        try {
            int length = exchange(tagAddress, requestLength);
            return codec.payloadText(tag, replyBytes.array(), length);
        } catch (ErrorReply reply) {
            throw codec.error(tag, reply);
        }
    }

    /**
     * Makes a typed call, with {@code snake_case} names, and returns the payload of the response as an object.
     *
     * @param <T> the type of the response
     * @param tag the type tag, which says what is called; not empty, without NUL
     * @param request JSON text if it is a {@code String}; else an object that is written as JSON
     * @param responseType what the payload is read as
     * @return the payload as an object; {@code null} if the payload is {@code null} or missing
     * @throws PluginException if the plugin answered with an error
     * @throws CodecException if the request cannot be written, the response is not an envelope, or its payload cannot be read
     *     as the type
     * @throws IllegalArgumentException if the tag is empty, or has a NUL or a lone surrogate
     * @throws IllegalStateException if the plugin is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public <T> @Nullable T call(String tag, @Nullable Object request, Class<T> responseType) {
        Objects.requireNonNull(responseType, "responseType"); // before the plugin has done anything
        checkAccess();
        MemorySegment tagAddress = tags.address(tag);
        byte[] json = Exchange.written(codec, tag, request);
        requestBuffer.fill(json, 0);
        try {
            int length = exchange(tagAddress, json.length);
            return codec.payload(tag, replyBytes.array(), length, codec.type(responseType));
        } catch (ErrorReply reply) {
            throw codec.error(tag, reply);
        }
    }

    /**
     * Makes a raw call: bytes in, bytes out, without JSON.
     *
     * @param messageId the number of the message, which says what is called
     * @param request the bytes; may be empty
     * @return the response; may be empty
     * @throws PluginException if the plugin answered with an error
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#RAW_CALLS}
     * @throws IllegalStateException if the plugin is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public byte[] callRaw(int messageId, byte[] request) {
        try {
            return exchangeRaw(messageId, request);
        } catch (ErrorReply reply) {
            throw JsonCodec.rawError(messageId, reply);
        }
    }

    /**
     * Makes a raw call and has the response read where the plugin put it, without a copy.
     *
     * @param <T> what the reader makes of the response
     * @param messageId the number of the message, which says what is called
     * @param request the bytes; may be empty
     * @param reader reads the response, which may be empty; must not call the plugin
     * @return what the reader returned
     * @throws PluginException if the plugin answered with an error
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#RAW_CALLS}
     * @throws IllegalStateException if the plugin is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    public <T extends @Nullable Object> T callRaw(int messageId, byte[] request, RawReader<T> reader) {
        Objects.requireNonNull(reader, "reader");
        checkAccess();
        requestBuffer.fill(Objects.requireNonNull(request, "request"), 0);
        inProgress.begins(messageId);
        var unused = library.callRaw(rbResponseSlot, handle, messageId, requestBuffer.address(), request.length);
        try {
            MemorySegment data = RbResponse.data(rbResponse);
            long length = Integer.toUnsignedLong(RbResponse.len(rbResponse));
            int code = RbResponse.error_code(rbResponse);
            if (code != 0) {
                throw JsonCodec.rawError(messageId, new ErrorReply(code, copy(data, length)));
            }
            rawReply.begin(data, length);
            return reader.read(rawReply);
        } finally {
            rawReply.end();
            library.freeResponse(rbResponseAddress);
            inProgress.ends();
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the tag is empty, or has a NUL or a lone surrogate
     * @throws IllegalStateException if the plugin is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    @Override
    public byte[] exchange(String tag, byte[] request) throws ErrorReply {
        checkAccess();
        MemorySegment tagAddress = tags.address(tag);
        requestBuffer.fill(Objects.requireNonNull(request, "request"), 0);
        inProgress.begins(tagAddress);
        var unused = library.call(ffiBufferSlot, handle, tagAddress, requestBuffer.address(), request.length);
        try { // freed on every path, here as in what follows
            byte[] body = copy(FfiBuffer.data(ffiBuffer), FfiBuffer.len(ffiBuffer));
            int code = FfiBuffer.error_code(ffiBuffer);
            if (code != 0) {
                throw new ErrorReply(code, body);
            }
            return body;
        } finally {
            library.freeBuffer(ffiBufferAddress);
            inProgress.ends();
        }
    }

    /**
     * Makes a JSON call with a short request; returns the payload's text, or the envelope's bytes if the envelope is long or not plain.
     */
    Object call(String tag, String json, JsonCodec codec) throws ErrorReply {
        checkAccess();
        MemorySegment tagAddress = tags.address(tag);
        int length = exchange(tagAddress, requestBuffer.fill(json));
        String payload = length <= Exchange.SHORT ? codec.plainPayloadText(replyBytes.array(), length) : null;
        return payload == null ? Arrays.copyOf(replyBytes.array(), length) : payload;
    }

    /** Makes the call with the request in its buffer; returns the length of the envelope, which is in {@link #replyBytes}. */
    private int exchange(MemorySegment tagAddress, int requestLength) throws ErrorReply {
        inProgress.begins(tagAddress);
        var unused = library.call(ffiBufferSlot, handle, tagAddress, requestBuffer.address(), requestLength);
        try {
            MemorySegment data = FfiBuffer.data(ffiBuffer);
            int length = arrayLength(data, FfiBuffer.len(ffiBuffer));
            int code = FfiBuffer.error_code(ffiBuffer);
            if (code != 0) {
                throw new ErrorReply(code, copy(data, length));
            }
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, replyBytes.withRoomFor(length), 0, length);
            return length;
        } finally {
            library.freeBuffer(ffiBufferAddress);
            inProgress.ends();
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the plugin is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    @Override
    public byte[] exchangeRaw(int messageId, byte[] request) throws ErrorReply {
        checkAccess();
        requestBuffer.fill(Objects.requireNonNull(request, "request"), 0);
        inProgress.begins(messageId);
        var unused = library.callRaw(rbResponseSlot, handle, messageId, requestBuffer.address(), request.length);
        try {
            byte[] body = copy(RbResponse.data(rbResponse), Integer.toUnsignedLong(RbResponse.len(rbResponse)));
            int code = RbResponse.error_code(rbResponse);
            if (code != 0) {
                throw new ErrorReply(code, body);
            }
            return body;
        } finally {
            library.freeResponse(rbResponseAddress);
            inProgress.ends();
        }
    }

    private static byte[] copy(MemorySegment data, long length) {
        byte[] bytes = new byte[arrayLength(data, length)];
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
        return bytes;
    }

    private static int arrayLength(MemorySegment data, long length) {
        if (data.address() == 0) {
            return 0;
        }
        if (length < 0 || length > Integer.MAX_VALUE - 8) {
            throw new OutOfMemoryError("The plugin's response has " + Long.toUnsignedString(length)
                    + " bytes, more than a Java array holds");
        }
        return (int) length;
    }

    /**
     * Returns the plugin's optional parts.
     *
     * @return an unmodifiable set
     */
    @Override
    public Set<Capability> capabilities() {
        return library.capabilities();
    }

    /**
     * Sets the lowest level of the log lines that the plugin sends. The level belongs to the library file: all its instances share it.
     *
     * @param level the limit; {@link LogLevel#OFF} for none at all
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#LOG_LEVEL}
     * @throws IllegalStateException if the plugin is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    @Override
    public void setLogLevel(LogLevel level) {
        checkAccess();
        library.setLogLevel(handle, Objects.requireNonNull(level, "level"));
    }

    /**
     * Asks the plugin for its state.
     *
     * @return the state
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#STATE}
     * @throws IllegalStateException if the plugin is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    @Override
    public PluginState state() {
        checkAccess();
        return library.state(handle);
    }

    /**
     * Asks the plugin how many requests its own limiter has refused.
     *
     * @return the count, as an unsigned number
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#REJECTED_COUNT}
     * @throws IllegalStateException if the plugin is closed
     * @throws WrongThreadException if the current thread is not the owner
     */
    @Override
    public long rejectedCount() {
        checkAccess();
        return library.rejectedCount(handle);
    }

    /**
     * Shuts the plugin down and frees what belongs to this instance, the extracted file of a bundle's library included. Does nothing if
     * the plugin is closed already.
     *
     * <p>It takes as long as the plugin takes: rustbridge waits up to five seconds for the plugin's own stop handler, and
     * for the plugin's blocking tasks without limit.
     *
     * @throws PluginException with {@link ErrorCode#SHUTDOWN_FAILED} and what the plugin logged meanwhile, if it says that it did not stop
     *     properly, for example because its stop handler panicked; it is closed nevertheless
     * @throws WrongThreadException if the current thread is not the owner
     */
    @Override
    public void close() {
        checkOwner();
        if (closed) {
            return;
        }
        checkNotReading();
        closed = true;
        try {
            instance.unbind(inProgress);
        } finally {
            requestBuffer.close();
            tags.close();
            slots.close();
        }
    }

    /** Returns the name of the library's file: a copy has that of the original, and an extracted one that of the bundle's. */
    String name() {
        return String.valueOf(library.name().getFileName());
    }

    /** Returns the file and whether the plugin is closed. */
    @Override
    public String toString() {
        return "NativePlugin[" + library.name() + ", owned by " + ThreadName.of(owner) + (closed ? ", closed]" : "]");
    }

    private void checkAccess() {
        checkOwner();
        if (closed) {
            throw instance.closed();
        }
        checkNotReading();
    }

    private void checkNotReading() {
        if (rawReply.isBeingRead()) {
            throw new IllegalStateException(
                    "The response of a raw call is being read: the reader may not use the plugin " + library.name());
        }
    }

    private void checkOwner() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException("The plugin " + library.name() + " belongs to " + ThreadName.of(owner)
                    + "; " + ThreadName.ofCurrent()
                    + " may not use it. SynchronizedPlugin shares a plugin among threads.");
        }
    }
}
