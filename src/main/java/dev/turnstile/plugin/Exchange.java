package dev.turnstile.plugin;

import dev.turnstile.Action;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/**
 * A request on its way through the gate: encoded before it enters, decoded after it left. Only {@link #run} runs on the worker:
 * the native call and the copy of the bytes, nothing else. One object for all of it, since each waiting caller has one.
 */
abstract sealed class Exchange<T extends @Nullable Object>
        implements Action<NativePlugin, byte[], ErrorReply>, DecodedFuture.Decoder<T> {
    private final byte[] request;

    private Exchange(byte[] request) {
        this.request = request;
    }

    final byte[] request() {
        return request;
    }

    /** Turns the bytes of a success into what the caller gets. */
    abstract T read(byte[] body);

    /** Turns the bytes of an error into what the caller gets. */
    abstract PluginException error(ErrorReply reply);

    @Override
    public final T decode(byte @Nullable [] body, @Nullable Throwable failure) throws Throwable {
        if (failure instanceof ErrorReply reply) {
            throw error(reply);
        }
        if (failure != null || body == null) {
            throw failure == null ? new IllegalStateException("A call ended without an outcome") : failure;
        }
        return read(body);
    }

    /** JSON both ways. */
    abstract static sealed class Json<T extends @Nullable Object> extends Exchange<T> {
        final JsonCodec codec;
        final String tag;

        Json(JsonCodec codec, String tag, byte[] request) {
            super(request);
            Utf8.checkTag(tag);
            this.codec = codec;
            this.tag = tag;
        }

        @Override
        public final byte[] run(NativePlugin plugin) throws ErrorReply {
            return plugin.call(tag, request());
        }

        @Override
        final PluginException error(ErrorReply reply) {
            return codec.error(tag, reply);
        }
    }

    /** JSON text in, JSON text out. */
    static final class Text extends Json<String> {
        Text(JsonCodec codec, String tag, String json) {
            super(codec, tag, Utf8.request(json));
        }

        @Override
        String read(byte[] body) {
            return codec.payloadText(tag, body);
        }
    }

    /** An object in, an object out. */
    static final class Typed<T> extends Json<@Nullable T> {
        private final JavaType responseType;

        Typed(JsonCodec codec, String tag, @Nullable Object request, JavaType responseType) {
            super(codec, tag, codec.encode(tag, request));
            this.responseType = responseType;
        }

        @Override
        @Nullable
        T read(byte[] body) {
            return codec.payload(tag, body, responseType);
        }
    }

    /** Bytes in, bytes out. */
    static final class Raw extends Exchange<byte[]> {
        private final int messageId;

        Raw(int messageId, byte[] request) {
            super(request.clone());
            this.messageId = messageId;
        }

        @Override
        public byte[] run(NativePlugin plugin) throws ErrorReply {
            return plugin.exchangeRaw(messageId, request());
        }

        @Override
        byte[] read(byte[] body) {
            return body;
        }

        @Override
        PluginException error(ErrorReply reply) {
            return JsonCodec.rawError(messageId, reply);
        }
    }
}
