package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.json.JsonReadFeature;
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

    private static final byte[] STATUS_FIRST = "{\"status\":\"success\"".getBytes(US_ASCII);
    private static final byte[] STATUS_LAST = ",\"status\":\"success\"}".getBytes(US_ASCII);

    /** The envelope of an empty body: success, without a payload. */
    static final Envelope EMPTY = new Envelope("success", 0, null, NULL, 0, NULL.length);

    /** Jackson's own limit for a name. */
    private static final int LONG_BODY = 50_000;

    /** What {@link #factory} returns for the default mapper, which need not be there for it. */
    static final TokenStreamFactory DEFAULT = unlimited(JsonFactory.builder(), StreamReadConstraints.defaults());

    /**
     * Returns what reads envelopes for a mapper. It has the mapper's features, but not its limits for nesting and for the length of a token:
     * those are for what the mapper itself reads. A factory class of somebody else's is used as it is.
     */
    static TokenStreamFactory factory(JsonMapper mapper) {
        TokenStreamFactory factory = mapper.tokenStreamFactory();
        if (factory.getClass() != JsonFactory.class) {
            return factory;
        }
        JsonFactoryBuilder same = ((JsonFactory) factory).rebuild();
        for (StreamReadFeature feature : StreamReadFeature.values()) {
            same.configure(feature, mapper.isEnabled(feature));
        }
        for (JsonReadFeature feature : JsonReadFeature.values()) {
            same.configure(feature, mapper.isEnabled(feature));
        }
        return unlimited(same, factory.streamReadConstraints());
    }

    private static JsonFactory unlimited(JsonFactoryBuilder factory, StreamReadConstraints limits) {
        return factory.streamReadConstraints(limits.rebuild()
                        .maxNestingDepth(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    /** A factory keeps the names that it has read, for the next time. Long ones, which only a long body has, are kept by one that is thrown away. */
    private static TokenStreamFactory forBody(TokenStreamFactory factory, int length) {
        return length > LONG_BODY && factory.getClass() == JsonFactory.class
                ? ((JsonFactory) factory).rebuild().build()
                : factory;
    }

    /** Reads the first {@code bodyLength} bytes; throws if they are anything but one JSON object. */
    static Envelope parse(TokenStreamFactory factory, byte[] body, int bodyLength) throws JacksonException {
        try (JsonParser json =
                forBody(factory, bodyLength).createParser(ObjectReadContext.empty(), body, 0, bodyLength)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new StreamReadException(json, "not an object");
            }
            if (json.currentTokenLocation().getByteOffset() < 0) { // Jackson reads UTF-16 and UTF-32 too, as characters
                throw new StreamReadException(json, "not UTF-8");
            }
            boolean hasStatus = false;
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
                    case "status" -> {
                        if (hasStatus) {
                            throw new StreamReadException(json, "two members are named status");
                        }
                        hasStatus = true;
                        status = text(json, value);
                    }
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

    /**
     * Throws if a plugin returned an error envelope as a success. It runs on the worker, so it reads little: for envelopes that begin or
     * end with their success status, as nearly all do, it compares those bytes only. Others are read up to their status, and errors to
     * their end.
     *
     * <p>What {@link #parse} does not accept passes here; {@code parse} refuses it later.
     */
    static void requireNoError(byte[] body) throws ErrorReply {
        if (body.length > 0 && !isSuccessAtAGlance(body) && statusSaysError(body)) {
            long code;
            try {
                code = parse(DEFAULT, body, body.length).errorCode();
            } catch (JacksonException malformed) {
                return;
            }
            throw new ErrorReply((int) code, body).asSuccess();
        }
    }

    /** In a well-formed envelope neither can be inside a string or an inner object, and there is no second status. */
    private static boolean isSuccessAtAGlance(byte[] body) {
        int last = body.length - STATUS_LAST.length;
        return (body.length >= STATUS_FIRST.length
                        && Arrays.equals(body, 0, STATUS_FIRST.length, STATUS_FIRST, 0, STATUS_FIRST.length))
                || (last >= 0 && Arrays.equals(body, last, body.length, STATUS_LAST, 0, STATUS_LAST.length));
    }

    private static boolean statusSaysError(byte[] body) {
        try (JsonParser json = forBody(DEFAULT, body.length).createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("status")) {
                    return "error".equals(text(json, value));
                }
                json.skipChildren();
            }
            return false;
        } catch (JacksonException malformed) {
            return false;
        }
    }

    private static long number(JsonParser json, JsonToken value) {
        if (value == JsonToken.VALUE_NUMBER_INT && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            long number = json.getLongValue();
            return number == Integer.toUnsignedLong((int) number) ? number : 0; // an unsigned 32-bit number, or none
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
