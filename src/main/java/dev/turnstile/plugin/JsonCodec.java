package dev.turnstile.plugin;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Writes requests and reads responses, on the caller's side of the gate. */
final class JsonCodec {
    /** Names as Rust's serde writes them: {@code snake_case}. */
    static final JsonMapper SNAKE_CASE = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final JsonMapper mapper;

    JsonCodec(JsonMapper mapper) {
        this.mapper = mapper;
    }

    JavaType type(Class<?> type) {
        return mapper.constructType(type);
    }

    JavaType type(TypeReference<?> type) {
        return mapper.constructType(type);
    }

    byte[] encode(String tag, @Nullable Object request) {
        try {
            return mapper.writeValueAsBytes(request);
        } catch (JacksonException unwritable) {
            throw new CodecException(
                    "The request for " + tag + " cannot be written as JSON: " + unwritable.getOriginalMessage(),
                    false,
                    unwritable);
        } catch (RuntimeException unwritable) {
            throw new CodecException(
                    "The request for " + tag + " cannot be written as JSON: " + unwritable, false, unwritable);
        }
    }

    /** Returns the payload of a success envelope as the plugin wrote it; a missing payload is {@code null}. */
    String payloadText(String tag, byte[] body) {
        Envelope envelope = successEnvelope(tag, body);
        return new String(envelope.body(), envelope.payloadStart(), envelope.payloadLength(), StandardCharsets.UTF_8);
    }

    /** Returns the payload of a success envelope as an object of the type. */
    @SuppressWarnings(
            "TypeParameterUnusedInFormals") // the caller made the JavaType from a Class<T> or TypeReference<T>
    <T> @Nullable T payload(String tag, byte[] body, JavaType type) {
        Envelope envelope = successEnvelope(tag, body);
        try {
            return mapper.readValue(envelope.body(), envelope.payloadStart(), envelope.payloadLength(), type);
        } catch (JacksonException unreadable) {
            throw new CodecException(
                    "The response of " + tag + " cannot be read as " + type.toCanonical() + ": "
                            + unreadable.getOriginalMessage(),
                    true,
                    unreadable);
        } catch (RuntimeException unreadable) {
            throw new CodecException(
                    "The response of " + tag + " cannot be read as " + type.toCanonical() + ": " + unreadable,
                    true,
                    unreadable);
        }
    }

    /** Reads the body of an error, be it an envelope or plain text. A body that cannot be read never hides the code. */
    PluginException error(String tag, ErrorReply reply) {
        ErrorCode code = ErrorCode.ofBits(reply.code());
        return new PluginException(code, tag, message(code, reply.body()));
    }

    /** Reads the body of a raw error: plain text, with a NUL at its end. */
    static PluginException rawError(int messageId, ErrorReply reply) {
        ErrorCode code = ErrorCode.ofBits(reply.code());
        return new PluginException(
                code, "message " + Integer.toUnsignedString(messageId), plainText(code, reply.body()));
    }

    private String message(ErrorCode code, byte[] body) {
        String text = plainText(code, body);
        if (!text.stripLeading().startsWith("{")) {
            return text;
        }
        try {
            String message = Envelope.parse(mapper, body).errorMessage();
            return message == null ? code.label() : message;
        } catch (JacksonException malformed) {
            return code.label() + " (the plugin's message, " + body.length + " bytes, is not valid JSON)";
        }
    }

    private static String plainText(ErrorCode code, byte[] body) {
        int length = body.length > 0 && body[body.length - 1] == 0 ? body.length - 1 : body.length;
        return length == 0 ? code.label() : new String(body, 0, length, StandardCharsets.UTF_8);
    }

    private Envelope successEnvelope(String tag, byte[] body) {
        if (body.length == 0) {
            return Envelope.EMPTY;
        }
        Envelope envelope;
        try {
            envelope = Envelope.parse(mapper, body);
        } catch (JacksonException malformed) {
            throw new CodecException(
                    "The response of " + tag + " is not a JSON object: " + malformed.getOriginalMessage(),
                    true,
                    malformed);
        }
        if ("error".equals(envelope.status())) {
            ErrorCode code = new ErrorCode(envelope.errorCode());
            String message = envelope.errorMessage();
            throw new PluginException(code, tag, message == null ? code.label() : message);
        }
        if (!"success".equals(envelope.status())) {
            throw new CodecException(
                    "The response of " + tag + " has the status " + envelope.status() + ", neither success nor error",
                    true,
                    null);
        }
        return envelope;
    }
}
