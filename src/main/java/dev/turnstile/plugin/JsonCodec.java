package dev.turnstile.plugin;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/** Writes requests and reads responses, on the caller's side of the gate. */
final class JsonCodec {
    /** {@code null} for one of the default, which is made when it is needed. */
    private final @Nullable JsonMapper given;

    private final LateMapper ofDefault = new LateMapper();
    private final PayloadScan scan;
    private final TokenStreamFactory envelopes;

    /** With the default mapper: JSON as Rust's serde has it, with names in {@code snake_case}. */
    JsonCodec() {
        this.given = null;
        this.scan = PayloadScan.OF_DEFAULT;
        this.envelopes = Envelope.DEFAULT;
    }

    JsonCodec(JsonMapper mapper) {
        this.given = mapper;
        this.scan = new PayloadScan(mapper);
        this.envelopes = Envelope.factory(mapper);
    }

    /**
     * The codec of one plugin with the mapper of its options. A mapper keeps each class that it has written or read, and so its class loader. Therefore the
     * default one is not shared by plugins: it would keep applications that have gone.
     *
     * @param mapper {@code null} for the default one
     */
    static JsonCodec of(@Nullable JsonMapper mapper) {
        return mapper == null || SerdeMapper.isShared(mapper) ? new JsonCodec() : new JsonCodec(mapper);
    }

    private JsonMapper mapper() {
        return given == null ? ofDefault.get() : given;
    }

    JavaType type(Type type) {
        return mapper().constructType(type);
    }

    JavaType type(TypeReference<?> type) {
        return mapper().constructType(type);
    }

    byte[] encode(String tag, @Nullable Object request) {
        JsonMapper writer = mapper(); // which says itself why it cannot be made
        try {
            return writer.writeValueAsBytes(request);
        } catch (JacksonException unwritable) {
            throw new CodecException(
                    "The request for " + tag + " cannot be written as JSON: " + CodecProblem.of(unwritable),
                    false,
                    unwritable);
        } catch (RuntimeException unwritable) {
            throw new CodecException(
                    "The request for " + tag + " cannot be written as JSON: " + unwritable, false, unwritable);
        } catch (LinkageError mixed) {
            throw JacksonVersions.explain(mixed);
        }
    }

    /** Returns the payload of a success envelope as the plugin wrote it; a missing payload is {@code null}. */
    String payloadText(String tag, byte[] body) {
        return payloadText(tag, body, body.length);
    }

    /** The same for the envelope in the first {@code length} bytes. */
    String payloadText(String tag, byte[] body, int length) {
        String plain = plainPayloadText(body, length);
        if (plain != null) {
            return plain;
        }
        Envelope envelope = successEnvelope(tag, body, length);
        return text(envelope.body(), envelope.payloadStart(), envelope.payloadLength());
    }

    /** The same for a plain envelope; {@code null} if the envelope takes the parser. */
    @Nullable
    String plainPayloadText(byte[] body, int length) {
        long found = scan.find(body, length);
        return found == PayloadScan.NOT_PLAIN ? null : text(body, PayloadScan.start(found), PayloadScan.length(found));
    }

    private static String text(byte[] bytes, int start, int length) {
        return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    /** Returns the payload of a success envelope as an object of the type. */
    @SuppressWarnings(
            "TypeParameterUnusedInFormals") // the caller made the JavaType from a Class<T> or TypeReference<T>
    <T> @Nullable T payload(String tag, byte[] body, JavaType type) {
        return payload(tag, body, body.length, type);
    }

    /** The same for the envelope in the first {@code length} bytes. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // as above
    <T> @Nullable T payload(String tag, byte[] body, int length, JavaType type) {
        long found = scan.find(body, length);
        if (found != PayloadScan.NOT_PLAIN) {
            return read(tag, body, PayloadScan.start(found), PayloadScan.length(found), type);
        }
        Envelope envelope = successEnvelope(tag, body, length);
        return read(tag, envelope.body(), envelope.payloadStart(), envelope.payloadLength(), type);
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // as above
    private <T> @Nullable T read(String tag, byte[] json, int start, int length, JavaType type) {
        JsonMapper reader = mapper();
        try {
            return reader.readValue(json, start, length, type);
        } catch (JacksonException unreadable) {
            throw new CodecException(
                    "The response of " + tag + " cannot be read as " + type.toCanonical() + ": "
                            + CodecProblem.of(unreadable),
                    true,
                    unreadable);
        } catch (RuntimeException unreadable) {
            throw new CodecException(
                    "The response of " + tag + " cannot be read as " + type.toCanonical() + ": " + unreadable,
                    true,
                    unreadable);
        } catch (LinkageError mixed) {
            throw JacksonVersions.explain(mixed);
        }
    }

    /** Reads the body of an error, an envelope or plain text. A body that cannot be read never hides the code. */
    PluginException error(String tag, ErrorReply reply) {
        ErrorCode code = ErrorCode.ofBits(reply.code());
        return new PluginException(code, tag, message(code, reply.body()));
    }

    /** Reads the body of a raw error: plain text, with a NUL at its end. */
    static PluginException rawError(int messageId, ErrorReply reply) {
        return rawError(ConfinedPlugin.target(messageId), reply);
    }

    static PluginException rawError(String target, ErrorReply reply) {
        ErrorCode code = ErrorCode.ofBits(reply.code());
        return new PluginException(code, target, plainText(code, reply.body()));
    }

    private String message(ErrorCode code, byte[] body) {
        String text = plainText(code, body);
        if (!text.stripLeading().startsWith("{")) {
            return text;
        }
        try {
            String message = Envelope.parse(envelopes, body, body.length).errorMessage();
            return message == null ? code.label() : message;
        } catch (JacksonException malformed) {
            return code.label() + " (the plugin's message, " + body.length + " bytes, is not valid JSON)";
        }
    }

    private static String plainText(ErrorCode code, byte[] body) {
        int length = body.length > 0 && body[body.length - 1] == 0 ? body.length - 1 : body.length;
        return length == 0 ? code.label() : new String(body, 0, length, StandardCharsets.UTF_8);
    }

    private Envelope successEnvelope(String tag, byte[] body, int length) {
        if (length == 0) {
            return Envelope.EMPTY;
        }
        Envelope envelope;
        try {
            envelope = Envelope.parse(envelopes, body, length);
        } catch (StreamConstraintsException tooLarge) {
            throw new CodecException(
                    "The response of " + tag + " cannot be read: " + CodecProblem.of(tooLarge), true, tooLarge);
        } catch (JacksonException malformed) {
            requireUtf8(tag, body, length);
            throw new CodecException(
                    "The response of " + tag + " is not a JSON object: " + OneLine.of(malformed.getOriginalMessage()),
                    true,
                    malformed);
        }
        if ("error".equals(envelope.status())) {
            ErrorCode code = new ErrorCode(envelope.errorCode());
            String message = envelope.errorMessage();
            throw new PluginException(code, tag, message == null ? code.label() : message);
        }
        requireUtf8(tag, body, length);
        if (!"success".equals(envelope.status())) {
            throw new CodecException(
                    "The response of " + tag + " has the status " + OneLine.of(envelope.status())
                            + ", neither success nor error",
                    true,
                    null);
        }
        return envelope;
    }

    /** The parser lets some of what is not UTF-8 through, as other characters. */
    private static void requireUtf8(String tag, byte[] body, int length) {
        int at = Utf8.illFormed(body, length);
        if (at >= 0) {
            throw new CodecException(
                    String.format(
                            "The response of %s is not UTF-8 at byte %d (0x%02X); it is not read, since characters of"
                                    + " it would become others: let the plugin send bytes by a raw call or in base64",
                            tag, at, body[at]),
                    true,
                    null);
        }
    }
}
