package dev.turnstile.plugin;

import dev.turnstile.Action;
import dev.turnstile.CallGroup;
import dev.turnstile.Lane;
import dev.turnstile.internal.Decoder;
import dev.turnstile.internal.PrefetchableAction;
import dev.turnstile.internal.Prefetched;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/**
 * A request on its way through the gate: the request is encoded before it enters, the response is decoded after it left. Only {@link #run}
 * runs on the worker: the native call and the copy of the bytes, nothing else. All of it is one object, since each waiting caller has one.
 */
abstract sealed class Exchange<B, T extends @Nullable Object>
        implements Action<ConfinedPlugin, B, ErrorReply>, Decoder<B, T>, PrefetchableAction<ConfinedPlugin> {
    /** The longest request (in characters) and response (in bytes) that the worker converts while it copies. */
    static final int SHORT = 256;

    private final CallRoute route;

    private Exchange(CallRoute route) {
        this.route = route;
    }

    @Override
    public final Lane lane() {
        return route.lane();
    }

    @Override
    public final @Nullable Object key() {
        return route.key();
    }

    @Override
    public final @Nullable CallGroup group() {
        return route.group();
    }

    /** Text goes in, or an object; text comes out. */
    static Exchange<?, String> text(JsonCodec codec, CallRoute route, String tag, @Nullable Object request) {
        Utf8.checkTag(tag);
        return request instanceof String json && json.length() <= SHORT && Utf8.isAscii(json)
                ? new ShortText(codec, route, tag, json)
                : new Text(codec, route, tag, written(codec, tag, request));
    }

    /** An object goes in, or text; another object comes out. */
    static <T> Exchange<?, @Nullable T> typed(
            JsonCodec codec, CallRoute route, String tag, @Nullable Object request, JavaType responseType) {
        Utf8.checkTag(tag);
        return new Typed<>(codec, route, tag, written(codec, tag, request), responseType);
    }

    /** A {@code String} is always JSON text; it is never encoded as a JSON string. */
    static byte[] written(JsonCodec codec, String tag, @Nullable Object request) {
        return request instanceof String json ? Utf8.request(json) : codec.encode(tag, request);
    }

    /** Bytes go in and come out. */
    static Exchange<?, byte[]> raw(CallRoute route, int messageId, byte[] request) {
        return new Raw(
                route, messageId, Objects.requireNonNull(request, "request").clone());
    }

    /** Turns the reply to a success into what the caller gets. */
    abstract T read(B reply);

    /** Turns the bytes of an error into what the caller gets. */
    abstract PluginException error(ErrorReply reply);

    @Override
    public final T decode(@Nullable B reply) {
        if (reply == null) {
            throw new IllegalStateException("A call ended without an outcome");
        }
        return read(reply);
    }

    @Override
    public final Throwable decodeFailure(Throwable thrown) {
        return thrown instanceof ErrorReply reply ? error(reply) : thrown;
    }

    /** JSON both ways. */
    private abstract static sealed class Json<B, T extends @Nullable Object> extends Exchange<B, T> {
        final JsonCodec codec;
        final String tag;

        Json(JsonCodec codec, CallRoute route, String tag) {
            super(route);
            this.codec = codec;
            this.tag = tag;
        }

        @Override
        public final String tag() {
            return tag;
        }

        @Override
        final PluginException error(ErrorReply reply) {
            return codec.error(tag, reply);
        }
    }

    /** The worker copies bytes. */
    private abstract static sealed class Bytes<T extends @Nullable Object> extends Json<byte[], T> {
        private final byte[] request;

        Bytes(JsonCodec codec, CallRoute route, String tag, byte[] request) {
            super(codec, route, tag);
            this.request = request;
        }

        @Override
        public final byte[] run(ConfinedPlugin plugin) throws ErrorReply {
            return plugin.exchange(tag, request);
        }

        @Override
        public final @Nullable Prefetched prefetch(ConfinedPlugin plugin, long notAfter) {
            return BoundPlugin.of(plugin).prefetch(tag, request, notAfter);
        }

        @Override
        public final long requestSize() {
            return request.length;
        }

        @Override
        public final long responseSize(byte[] envelope) {
            return envelope.length;
        }
    }

    /** Text of any length. */
    private static final class Text extends Bytes<String> {
        Text(JsonCodec codec, CallRoute route, String tag, byte[] request) {
            super(codec, route, tag, request);
        }

        @Override
        String read(byte[] envelope) {
            return codec.payloadText(tag, envelope);
        }
    }

    /**
     * Short text: the worker copies characters, and only the payload of a plain response, so that no arrays are kept during the wait. A
     * response that is long or not plain comes as bytes, for its caller to read.
     */
    private static final class ShortText extends Json<Object, String> {
        private final String request;

        ShortText(JsonCodec codec, CallRoute route, String tag, String request) {
            super(codec, route, tag);
            this.request = request;
        }

        @Override
        public Object run(ConfinedPlugin plugin) throws ErrorReply {
            return BoundPlugin.of(plugin).exchangeShort(tag, request, codec);
        }

        @Override
        public @Nullable Prefetched prefetch(ConfinedPlugin plugin, long notAfter) {
            return BoundPlugin.of(plugin).prefetch(tag, Utf8.request(request), notAfter);
        }

        @Override
        public long requestSize() {
            return request.length(); // it is ASCII
        }

        @Override
        public long responseSize(Object reply) {
            return reply instanceof byte[] envelope ? envelope.length : Utf8.length((String) reply);
        }

        @Override
        String read(Object reply) {
            return reply instanceof byte[] envelope ? codec.payloadText(tag, envelope) : (String) reply;
        }
    }

    /** An object in, an object out. */
    private static final class Typed<T> extends Bytes<@Nullable T> {
        private final JavaType responseType;

        Typed(JsonCodec codec, CallRoute route, String tag, byte[] request, JavaType responseType) {
            super(codec, route, tag, request);
            this.responseType = responseType;
        }

        @Override
        @Nullable
        T read(byte[] envelope) {
            return codec.payload(tag, envelope, responseType);
        }
    }

    /** Bytes in, bytes out. */
    private static final class Raw extends Exchange<byte[], byte[]> {
        private final int messageId;
        private final byte[] request;

        Raw(CallRoute route, int messageId, byte[] request) {
            super(route);
            this.messageId = messageId;
            this.request = request;
        }

        @Override
        public byte[] run(ConfinedPlugin plugin) throws ErrorReply {
            try {
                return plugin.exchangeRaw(messageId, request);
            } catch (ErrorReply reply) {
                throw reply.ofRawCall();
            }
        }

        @Override
        public @Nullable Prefetched prefetch(ConfinedPlugin plugin, long notAfter) {
            return BoundPlugin.of(plugin).prefetchRaw(messageId, request, notAfter);
        }

        @Override
        public String tag() {
            return ConfinedPlugin.target(messageId);
        }

        @Override
        public long requestSize() {
            return request.length;
        }

        @Override
        public long responseSize(byte[] response) {
            return response.length;
        }

        @Override
        byte[] read(byte[] response) {
            return response;
        }

        @Override
        PluginException error(ErrorReply reply) {
            return JsonCodec.rawError(messageId, reply);
        }
    }
}
