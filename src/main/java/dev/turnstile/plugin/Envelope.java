package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A response envelope in one pass over its bytes:
 *
 * <pre>
 * {"status":"success","payload":…}
 * {"status":"error","error_code":N,"error_message":"…"}
 * </pre>
 *
 * <p>The payload stays where it is in {@code body}, as the plugin wrote it. Members may come in any order, may be missing
 * and may be unknown.
 *
 * @param payloadStart the index of the payload's first byte
 * @param payloadLength its length; the payload of an envelope that has none is {@code null}
 */
@SuppressWarnings("ArrayRecordComponent") // a view of the bytes, never compared
record Envelope(
        @Nullable String status,
        long errorCode,
        @Nullable String errorMessage,
        byte[] body,
        int payloadStart,
        int payloadLength) {

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    /** The envelope of an empty body: success, without a payload. */
    static final Envelope EMPTY = new Envelope("success", 0, null, NULL, 0, NULL.length);

    /** Reads the first {@code bodyLength} bytes; an exception if they are anything but one JSON object. */
    static Envelope parse(JsonMapper mapper, byte[] body, int bodyLength) throws JacksonException {
        try (JsonParser json = mapper.createParser(body, 0, bodyLength)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new StreamReadException(json, "not an object");
            }
            if (json.currentTokenLocation().getByteOffset() < 0) { // Jackson reads UTF-16 and UTF-32 too, as characters
                throw new StreamReadException(json, "not UTF-8");
            }
            String status = null;
            long errorCode = 0;
            String errorMessage = null;
            byte[] payloadIn = NULL;
            int start = 0;
            int length = NULL.length;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                switch (name) {
                    case "status" -> status = text(json, value);
                    case "error_message" -> errorMessage = text(json, value);
                    case "error_code" -> errorCode = number(json, value);
                    case "payload" -> {
                        payloadIn = body;
                        start = (int) json.currentTokenLocation().getByteOffset();
                        json.skipChildren();
                        json.finishToken();
                        length = (int) json.currentLocation().getByteOffset() - start;
                    }
                    default -> json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw new StreamReadException(json, "something follows the object");
            }
            return new Envelope(status, errorCode, errorMessage, payloadIn, start, length);
        }
    }

    private static long number(JsonParser json, JsonToken value) {
        if (value == JsonToken.VALUE_NUMBER_INT) {
            return json.getLongValue();
        }
        json.skipChildren();
        return 0;
    }

    private static @Nullable String text(JsonParser json, JsonToken value) {
        if (value == JsonToken.VALUE_STRING) {
            return json.getString();
        }
        json.skipChildren();
        return null;
    }
}
