package dev.turnstile.plugin;

import dev.turnstile.Action;
import dev.turnstile.Lane;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/**
 * A request on its way through the gate: encoded before it enters, decoded after it left. Only {@link #run} runs on the worker:
 * the native call and the copy of the bytes, nothing else. One object for all of it, since each waiting caller has one.
 */
abstract sealed class Exchange<B, T extends @Nullable Object>
        implements Action<ConfinedPlugin, B, ErrorReply>, DecodedFuture.Decoder<B, T> {
    /** The most characters of a request, and bytes of a response, that the worker turns from and to text as it copies them. */
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

    /** Text goes in and comes out. */
    static Exchange<?, String> text(JsonCodec codec, CallRoute route, String tag, String json) {
        Utf8.checkTag(tag);
        return json.length() <= SHORT && Utf8.isAscii(json)
                ? new ShortText(codec, route, tag, json)
                : new Text(codec, route, tag, Utf8.request(json));
    }

    /** An object goes in and another comes out. */
    static <T> Exchange<?, @Nullable T> typed(
            JsonCodec codec, CallRoute route, String tag, @Nullable Object request, JavaType responseType) {
        Utf8.checkTag(tag);
        return new Typed<>(codec, route, tag, codec.encode(tag, request), responseType);
    }

    /** Bytes go in and come out. */
    static Exchange<?, byte[]> raw(CallRoute route, int messageId, byte[] request) {
        return new Raw(route, messageId, request.clone());
    }

    /** Turns the reply to a success into what the caller gets. */
    abstract T read(B reply);

    /** Turns the bytes of an error into what the caller gets. */
    abstract PluginException error(ErrorReply reply);

    @Override
    public final T decode(@Nullable B reply, @Nullable Throwable failure) throws Throwable {
        if (failure instanceof ErrorReply error) {
            throw error(error);
        }
        if (failure != null || reply == null) {
            throw failure == null ? new IllegalStateException("A call ended without an outcome") : failure;
        }
        return read(reply);
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
     * Short text: the worker copies characters, and of a plain response just the payload, so that no arrays lie about for the
     * whole wait. A response that is long or not plain comes as bytes, for its caller to read.
     */
    private static final class ShortText extends Json<Object, String> {
        private final String request;

        ShortText(JsonCodec codec, CallRoute route, String tag, String request) {
            super(codec, route, tag);
            this.request = request;
        }

        @Override
        public Object run(ConfinedPlugin plugin) throws ErrorReply {
            return plugin instanceof NativePlugin direct
                    ? direct.call(tag, request, codec)
                    : plugin.exchange(tag, Utf8.request(request));
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
