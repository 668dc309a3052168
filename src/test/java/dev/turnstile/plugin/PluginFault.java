package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** What can go wrong with a call: how it is provoked, what its caller must get, and what the gate must count it as. */
@SuppressWarnings("ImmutableEnumChecker") // the lambdas keep nothing
enum PluginFault {
    // ---- the plugin answers with an error: every code, every kind of body ----
    ERROR_IN_AN_ENVELOPE(End.FAILED, fails("envelope"), number -> Crowd.error(code(number), Text.MESSAGE)),
    ERROR_AS_TEXT(End.FAILED, fails("text"), number -> Crowd.error(code(number), Text.MESSAGE)),
    ERROR_WITHOUT_A_BODY(End.FAILED, fails("empty"), number -> Crowd.error(code(number), label(number))),
    ERROR_CUT_SHORT(End.FAILED, fails("malformed"), number -> Crowd.error(code(number), unreadable(number, 14))),
    ERROR_NOT_UTF8(End.FAILED, fails("not_utf8"), number -> Crowd.error(code(number), unreadable(number, 39))),
    ERROR_OF_MEGABYTES(
            End.FAILED,
            (crowd, number) -> crowd.json(number, "fail", Map.of("code", 7, "message", "x".repeat(Text.MEGABYTES))),
            number -> Crowd.error(7, "x".repeat(Text.MEGABYTES))),
    ERROR_WITH_CODE_ZERO(
            End.FAILED,
            (crowd, number) -> crowd.json(number, "envelope", Map.of("raw", Text.errorEnvelope(code(number)))),
            number -> Crowd.error(code(number), Text.MESSAGE)),
    ERROR_OF_THE_TAG(
            End.FAILED,
            (crowd, number) -> crowd.json(number, "no.such", Map.of()),
            number -> Crowd.error(6, "unknown message type: no.such")),
    ERROR_OF_THE_REQUEST(
            End.FAILED,
            (crowd, number) -> crowd.json(number, "echo", Map.of("message", List.of())),
            number -> Crowd.error(5, "missing or invalid member: message")),
    RAW_ERROR_WITH_ITS_NUL(
            End.FAILED,
            (crowd, number) -> crowd.raw(number, 6, Text.rawError(code(number), "broken\0")),
            number -> Crowd.error(code(number), "broken")),
    RAW_ERROR_WITHOUT_A_BODY(
            End.FAILED,
            (crowd, number) -> crowd.raw(number, 6, Text.rawError(code(number), "")),
            number -> Crowd.error(code(number), label(number))),
    RAW_ERROR_NOT_UTF8(
            End.FAILED,
            (crowd, number) -> crowd.raw(number, 6, Text.rawError(code(number), "\u00c3(")),
            number -> Crowd.error(code(number), "\ufffd(")),
    RAW_ERROR_OF_THE_MESSAGE(
            End.FAILED,
            (crowd, number) -> crowd.raw(number, 4711, new byte[9]),
            number -> Crowd.error(6, "unknown message id")),

    // ---- the plugin answers with what is no answer ----
    NO_ENVELOPE(
            End.COMPLETED,
            (crowd, number) -> crowd.json(number, "envelope", Map.of("raw", Text.noEnvelope(number))),
            number -> Crowd.codecRefused(true)),
    ENVELOPE_NOT_UTF8(
            End.COMPLETED,
            (crowd, number) -> crowd.json(
                    number,
                    "envelope",
                    Map.of("latin1", true, "raw", "{\"status\":\"success\",\"payload\":\"\u00c3(\"}")),
            number -> Crowd.codecRefused(true)),
    ENVELOPE_NESTED_WITHOUT_END(
            End.COMPLETED,
            (crowd, number) -> crowd.json(
                    number, "envelope", Map.of("raw", "{\"status\":\"success\",\"payload\":" + "[".repeat(100_000))),
            number -> Crowd.codecRefused(true)),

    // ---- answers of unusual sizes ----
    ANSWER_WITHOUT_A_BODY(
            End.COMPLETED, (crowd, number) -> crowd.json(number, "nothing", Map.of()), number -> Crowd.returned(null)),
    ANSWER_WITHOUT_A_PAYLOAD(
            End.COMPLETED, (crowd, number) -> crowd.json(number, "null", Map.of()), number -> Crowd.returned(null)),
    ANSWER_OF_MEGABYTES(
            End.COMPLETED,
            (crowd, number) -> crowd.typed(number, "big", Map.of("bytes", Text.MEGABYTES), String.class),
            number -> Crowd.returned("x".repeat(Text.MEGABYTES))),
    RAW_ANSWER_OF_NO_BYTES(
            End.COMPLETED, (crowd, number) -> crowd.raw(number, 2, new byte[3]), number -> Crowd.returned(new byte[0])),
    RAW_ANSWER_OF_MEGABYTES(
            End.COMPLETED,
            (crowd, number) -> ((byte[]) crowd.raw(number, 4, Text.littleEndian(Text.MEGABYTES))).length,
            number -> Crowd.returned(Text.MEGABYTES)),

    // ---- the caller's own codec, and tag ----
    REQUEST_THAT_CANNOT_BE_WRITTEN(
            End.NEVER_ENTERED,
            (crowd, number) -> crowd.typed(number, "echo", new Computed(Text.throwing(number)), Map.class),
            number -> Crowd.codecRefused(false)),
    REQUEST_WHOSE_WRITER_THROWS_AN_ERROR(
            End.NEVER_ENTERED,
            (crowd, number) -> crowd.typed(
                    number,
                    "echo",
                    new Computed(() -> {
                        throw new NoClassDefFoundError("of the request");
                    }),
                    Map.class),
            number -> Crowd.threw(NoClassDefFoundError.class, "of the request")),
    RESPONSE_THAT_CANNOT_BE_READ(
            End.COMPLETED,
            (crowd, number) -> crowd.typed(number, "echo", Map.of("message", "m"), Refusing.class),
            number -> Crowd.codecRefused(true)),
    RESPONSE_WHOSE_READER_THROWS_AN_ERROR(
            End.COMPLETED,
            (crowd, number) -> crowd.typed(number, "echo", Map.of("message", "m"), OutOfMemory.class),
            number -> Crowd.threw(OutOfMemoryError.class, "of the response")),
    RESPONSE_WHOSE_READER_OVERFLOWS(
            End.COMPLETED,
            (crowd, number) -> crowd.typed(number, "echo", Map.of("message", "m"), Endless.class),
            number -> Crowd.threw(StackOverflowError.class, null)),
    TAG_THAT_IS_NONE(
            End.NEVER_ENTERED,
            (crowd, number) -> crowd.json(number, Text.NO_TAGS.get(number % Text.NO_TAGS.size()), Map.of()),
            number -> Crowd.threw(IllegalArgumentException.class, Text.noTag(number)));

    /** What the gate counts such a call as. */
    enum End {
        COMPLETED,
        FAILED,
        /** Refused before it came to the line. */
        NEVER_ENTERED
    }

    private final End end;
    private final Crowd.Call call;
    private final IntFunction<String> expected;

    PluginFault(End end, Crowd.Call call, IntFunction<String> expected) {
        this.end = end;
        this.call = call;
        this.expected = expected;
    }

    End end() {
        return end;
    }

    Object provoke(Crowd crowd, int number) throws Throwable {
        return call.make(crowd, number);
    }

    String expectedOutcome(int number) {
        return expected.apply(number);
    }

    // ---- requests and responses ----

    private static Crowd.Call fails(String body) {
        return (crowd, number) ->
                crowd.json(number, "fail", Map.of("code", code(number), "body", body, "message", Text.MESSAGE));
    }

    private static long code(int number) {
        return Text.CODES.get(number % Text.CODES.size());
    }

    private static String label(int number) {
        return new ErrorCode(code(number)).label();
    }

    private static String unreadable(int number, int bytes) {
        return label(number) + " (the plugin's message, " + bytes + " bytes, is not valid JSON)";
    }

    /** A request that is computed when it is written. */
    record Computed(Supplier<String> source) {
        public String getMessage() {
            return source.get();
        }
    }

    record Refusing(String message, int length) {
        Refusing {
            throw new IllegalStateException("no such " + message);
        }
    }

    record OutOfMemory(String message, int length) {
        OutOfMemory {
            throw new OutOfMemoryError("of the response");
        }
    }

    record Endless(String message, int length) {
        Endless {
            length = endless(length);
        }

        @SuppressWarnings("InfiniteRecursion")
        private static int endless(int depth) {
            return endless(depth + 1) + 1;
        }
    }

    /** What an enum's constants cannot find among its own static members. */
    private static final class Text {
        static final List<Long> CODES = LongStream.concat(
                        LongStream.rangeClosed(1, 13), LongStream.of(77, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL))
                .boxed()
                .toList();
        static final String MESSAGE = "Kein \"Öl\" in C:\\tank,\n\tnur 💧";
        static final int MEGABYTES = 3 << 20;

        private static final List<String> NO_ENVELOPES = List.of(
                "pong",
                " ",
                "{",
                "[1,2]",
                "{}",
                "{\"payload\":1}",
                "{\"status\":\"success\",\"payload\":1",
                "{\"status\":\"success\",\"payload\":1}{}",
                "{\"status\":[\"success\"],\"payload\":1}",
                "{\"status\":7,\"payload\":1}");

        static String noEnvelope(int number) {
            return NO_ENVELOPES.get(number % NO_ENVELOPES.size());
        }

        static String errorEnvelope(long code) {
            return SerdeMapper.shared()
                    .writeValueAsString(Map.of("status", "error", "error_code", code, "error_message", MESSAGE));
        }

        static byte[] littleEndian(int number) {
            return ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(number)
                    .array();
        }

        static byte[] rawError(long code, String body) {
            byte[] bytes = body.getBytes(ISO_8859_1);
            return ByteBuffer.allocate(4 + bytes.length)
                    .put(littleEndian((int) code))
                    .put(bytes)
                    .array();
        }

        static Supplier<String> throwing(int number) {
            return () -> {
                throw new IllegalStateException("request " + number);
            };
        }

        static final List<String> NO_TAGS = List.of("", "a\0b", "\ud800");

        static String noTag(int number) {
            return switch (number % NO_TAGS.size()) {
                case 0 -> "The type tag is empty";
                case 1 -> "The type tag \"a\\0b\" has a NUL at index 1; the plugin would read \"a\"";
                default -> "The type tag has a lone surrogate (U+D800) at index 0";
            };
        }
    }
}
