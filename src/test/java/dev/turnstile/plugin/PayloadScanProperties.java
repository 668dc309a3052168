package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The scan finds a payload only where Jackson's parser finds the same one, and leaves everything else to it; and it does find the
 * plain ones.
 */
class PayloadScanProperties {
    private static final JsonMapper MAPPER = SerdeMapper.shared();
    private static final PayloadScan SCAN = new PayloadScan(MAPPER);

    /** The two plain forms. */
    enum Form {
        STATUS_FIRST("{\"status\":\"success\",\"payload\":", "}"),
        PAYLOAD_FIRST("{\"payload\":", ",\"status\":\"success\"}");

        private final String before;
        private final String after;

        Form(String before, String after) {
            this.before = before;
            this.after = after;
        }

        byte[] around(byte[] payload) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes(before.getBytes(UTF_8));
            body.writeBytes(payload);
            body.writeBytes(after.getBytes(UTF_8));
            return body.toByteArray();
        }

        byte[] around(String payload) {
            return around(payload.getBytes(UTF_8));
        }
    }

    // ---- the two of them ----

    private static @Nullable Envelope parsed(JsonMapper mapper, byte[] body) {
        try {
            return Envelope.parse(Envelope.factory(mapper), body, body.length);
        } catch (JacksonException refused) {
            return null;
        }
    }

    /** Whether the parser reads a success; then the scan may find that payload. Returns whether it did. */
    static boolean foundAsParsed(JsonMapper mapper, byte[] body) {
        long found = new PayloadScan(mapper).find(body, body.length);
        if (found == PayloadScan.NOT_PLAIN) {
            return false;
        }
        Envelope envelope = Envelope.parse(Envelope.factory(mapper), body, body.length);
        assertEquals("success", envelope.status());
        assertSame(body, envelope.body());
        assertEquals(envelope.payloadStart(), PayloadScan.start(found));
        assertEquals(envelope.payloadLength(), PayloadScan.length(found));
        return true;
    }

    /** The same for the default mapper, of which nothing plain is left to the parser. */
    private static void assertFoundIfPayload(boolean payload, byte[] body) {
        assertEquals(payload, foundAsParsed(MAPPER, body), () -> new String(body, StandardCharsets.ISO_8859_1));
    }

    private static void assertFoundIfParsed(byte[] body) {
        assertFoundIfPayload(parsed(MAPPER, body) != null, body);
    }

    // ---- payloads ----

    /** Names that are not plain ASCII are left to the parser: these are escaped or accented at times. */
    @Provide
    Arbitrary<String> payloads() {
        return EnvelopeProperties.trees(3);
    }

    @Provide
    Arbitrary<String> plainPayloads() {
        return plain(3);
    }

    private static Arbitrary<String> plain(int depth) {
        Arbitrary<String> leaf = Arbitraries.oneOf(
                Arbitraries.of("null", "true", "false", "{}", "[ ]", "\"\"", "\"ü漢😀\\u00fc\\\\\\\"\"", "-0.0e-12"),
                Arbitraries.doubles().map(String::valueOf),
                Arbitraries.strings().withCharRange('a', 'z').ofMaxLength(30).map(text -> "\"" + text + "\""));
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<String> space = Arbitraries.of("", "", " ", "\r\n\t ");
        Arbitrary<String> value = Combinators.combine(space, Arbitraries.lazy(() -> plain(depth - 1)), space)
                .as((before, text, after) -> before + text + after);
        Arbitrary<String> name = Arbitraries.strings()
                .withCharRange(' ', '!')
                .withCharRange('#', '[')
                .ofMaxLength(20);
        Arbitrary<String> member = Combinators.combine(space, name, space, value)
                .as((before, n, after, v) -> before + "\"" + n + "\"" + after + ":" + v);
        return Arbitraries.oneOf(
                leaf,
                value.list().ofMinSize(1).ofMaxSize(4).map(all -> "[" + String.join(",", all) + "]"),
                member.list().ofMinSize(1).ofMaxSize(4).map(all -> "{" + String.join(",", all) + "}"));
    }

    @Property
    void plainPayload_inAPlainEnvelope_isFoundWhereTheParserFindsIt(
            @ForAll("plainPayloads") String payload, @ForAll Form form) {
        assertFoundIfPayload(true, form.around(payload));
    }

    @Property
    void anyPayload_inAPlainEnvelope_isFoundThereOrNotAtAll(@ForAll("payloads") String payload, @ForAll Form form) {
        foundAsParsed(MAPPER, form.around(payload));
    }

    @Property
    void payload_withBytesChanged_isFoundWhereTheParserFindsItOrNotAtAll(
            @ForAll("payloads") String payload,
            @ForAll Form form,
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 0, max = 10_000) Integer> places,
            @ForAll Random random) {
        byte[] body = form.around(payload);
        for (int place : places) {
            body[place % body.length] = random.nextBoolean()
                    ? (byte) random.nextInt()
                    : (byte) "{}[]\",:\\ 0-e.\0u".charAt(random.nextInt(15));
        }
        foundAsParsed(MAPPER, body);
    }

    @Property
    void envelope_cutShortOrGoingOn_isNotFound(
            @ForAll("plainPayloads") String payload, @ForAll Form form, @ForAll byte more) {
        byte[] body = form.around(payload);
        for (int length = 0; length < body.length; length++) {
            assertEquals(PayloadScan.NOT_PLAIN, SCAN.find(Arrays.copyOf(body, length), length), payload);
            assertEquals(PayloadScan.NOT_PLAIN, SCAN.find(body, length), payload);
        }
        byte[] longer = Arrays.copyOf(body, body.length + 1);
        longer[body.length] = more;
        assertEquals(PayloadScan.NOT_PLAIN, SCAN.find(longer, longer.length));
        assertEquals(
                SCAN.find(body, body.length), SCAN.find(longer, body.length), "what is beyond the body is not read");
    }

    // ---- numbers, escapes, characters: found if, and only if, they are well-formed ----

    @Property(tries = 5_000)
    void number_ofAnyForm_isFoundIfItIsOne(@ForAll("numberLike") String number, @ForAll Form form) {
        assertFoundIfParsed(form.around(number));
        assertFoundIfParsed(form.around("[" + number + " ]"));
    }

    @Provide
    Arbitrary<String> numberLike() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withChars("0123456789-+.eE").ofMaxLength(8),
                Arbitraries.strings().withChars("01-.e").ofMaxLength(6),
                Arbitraries.of("0x10", "1f", "NaN", "-Infinity", ".5", "5.", "+1", "1e", "1e+", "01", "-", "--1"));
    }

    @Property
    void literal_ofAnyForm_isFoundIfItIsOne(
            @ForAll("literalLike") String literal, @ForAll Form form, @ForAll @IntRange(max = 5) int cut) {
        assertFoundIfParsed(form.around(literal));
        assertFoundIfParsed(form.around(literal.substring(0, Math.max(0, literal.length() - cut))));
    }

    @Provide
    Arbitrary<String> literalLike() {
        return Arbitraries.of(
                "true", "false", "null", "True", "nulls", "trueish", "fals", "[nul]", "[true false]", "tru\u00e9");
    }

    @Property(tries = 5_000)
    void escape_ofAnyForm_isFoundIfItIsOne(@ForAll("escapeLike") String escape, @ForAll Form form) {
        assertFoundIfParsed(form.around("\"" + escape + "\""));
        assertFoundIfParsed(form.around("[\"1234567" + escape + "\"]"));
    }

    @Provide
    Arbitrary<String> escapeLike() {
        return Arbitraries.strings()
                .withChars("\\u\"/bfnrtx0aFg ")
                .ofMaxLength(8)
                .map(text -> "\\" + text);
    }

    /** Each byte at each place, before and behind the eight that are looked at together. */
    @Example
    void byte_ofAnyValueAnywhereInAString_isFoundIfItStandsForItself() {
        for (int value = 0; value < 256; value++) {
            for (int place = 0; place < 20; place++) {
                byte[] string = ("\"" + "x".repeat(20) + "\"").getBytes(UTF_8);
                string[1 + place] = (byte) value;
                assertFoundIfPayload(
                        value >= ' ' && value < 0x80 && value != '"' && value != '\\',
                        Form.STATUS_FIRST.around(string));
            }
        }
    }

    /** All first and second bytes, with any number after them: overlong ones, surrogates and those beyond Unicode among them. */
    @Example
    void bytes_thatBeginACharacter_areFoundIfTheyAreWellFormed() {
        for (int first = 0x80; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                for (int more = 0; more <= 3; more++) {
                    byte[] text = new byte[2 + more];
                    Arrays.fill(text, (byte) 0xbf);
                    text[0] = (byte) first;
                    text[1] = (byte) second;
                    assertStringFoundIfWellFormed(text);
                }
            }
        }
    }

    @Property(tries = 5_000)
    void bytes_inAString_areFoundIfTheyAreWellFormed(@ForAll("almostText") byte[] text) {
        assertStringFoundIfWellFormed(text);
    }

    @Provide
    Arbitrary<byte[]> almostText() {
        Arbitrary<byte[]> text = Arbitraries.strings().ofMaxLength(12).map(all -> all.getBytes(UTF_8));
        Arbitrary<Integer> place = Arbitraries.integers().between(0, 50);
        return Combinators.combine(text, place, Arbitraries.bytes(), Arbitraries.of(0, 1, 2))
                .as((bytes, at, value, cut) -> {
                    byte[] changed = Arrays.copyOf(bytes, Math.max(0, bytes.length - cut));
                    if (at < changed.length) {
                        changed[at] = value;
                    }
                    return changed;
                });
    }

    private static void assertStringFoundIfWellFormed(byte[] text) {
        byte[] string = new byte[text.length + 2];
        string[0] = '"';
        System.arraycopy(text, 0, string, 1, text.length);
        string[string.length - 1] = '"';
        assertFoundIfPayload(isPlainText(text), Form.STATUS_FIRST.around(string));
    }

    private static boolean isPlainText(byte[] bytes) {
        try {
            CharBuffer text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return text.chars().allMatch(c -> c >= ' ' && c != '"' && c != '\\');
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    // ---- limits ----

    @Property(tries = 200)
    void nesting_ofAnyDepth_isFound(
            @ForAll @IntRange(min = 1, max = 700) int depth, @ForAll Random random, @ForAll Form form) {
        StringBuilder opened = new StringBuilder();
        StringBuilder closed = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            boolean isObject = random.nextBoolean();
            opened.append(isObject ? "{\"a\":" : random.nextBoolean() ? "[[1,{\"b\":2}]," : "[");
            closed.insert(0, isObject ? "}" : random.nextBoolean() ? ",[{}]]" : "]");
        }
        assertFoundIfPayload(true, form.around(opened + "1" + closed));
        if (depth > 1) {
            int place = random.nextInt(closed.length());
            char changed = "[]{}".charAt(random.nextInt(4));
            String broken = new StringBuilder(closed)
                    .replace(place, place + 1, "" + changed)
                    .toString();
            assertFoundIfParsed(form.around(opened + "1" + broken));
        }
    }

    /** All depths at which the bits of one word are full, and those beside them. */
    @Example
    void nesting_aroundMultiplesOf64_isFound() {
        for (int depth = 1; depth <= 64 * 5 + 2; depth++) {
            for (Form form : Form.values()) {
                assertFoundIfPayload(true, form.around("[".repeat(depth) + "]".repeat(depth)));
                assertFoundIfPayload(true, form.around("{\"a\":[0,".repeat(depth) + "{}" + "]}".repeat(depth)));
                assertFoundIfPayload(false, form.around("[".repeat(depth) + "]".repeat(depth - 1) + "}"));
                assertFoundIfPayload(false, form.around("{\"a\":".repeat(depth) + "1" + "}".repeat(depth - 1) + "]"));
                assertFoundIfPayload(false, form.around("[".repeat(depth) + "]".repeat(depth + 1)));
            }
        }
    }

    /** The mapper's limits are for what it reads itself. */
    @Property(tries = 2_000)
    void payload_beyondALimitOfTheMapper_isFound(
            @ForAll("limitedMappers") JsonMapper mapper,
            @ForAll("plainPayloads") String payload,
            @ForAll @IntRange(max = 70) int length,
            @ForAll Form form) {
        for (String json : List.of(
                payload,
                "\"" + "x".repeat(length) + "\"",
                "{\"" + "x".repeat(length * 20) + "\":1}",
                "1".repeat(length + 1),
                "-0." + "1".repeat(length + 1) + "e-1",
                "[".repeat(length + 1) + "]".repeat(length + 1))) {
            assertTrue(foundAsParsed(mapper, form.around(json)), json);
        }
    }

    @Provide
    Arbitrary<JsonMapper> limitedMappers() {
        Arbitrary<Integer> small = Arbitraries.integers().between(0, 70);
        return Combinators.combine(small, small, small, small.map(n -> n * 20))
                .as((depth, string, number, name) -> mapper(StreamReadConstraints.builder()
                        .maxNestingDepth(depth)
                        .maxStringLength(string)
                        .maxNumberLength(number)
                        .maxNameLength(name)
                        .build()));
    }

    private static JsonMapper mapper(StreamReadConstraints limits) {
        return JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(limits).build())
                .build();
    }

    /** What the mapper looks for but the scan does not, and what reads the bytes in another way. */
    @Provide
    Arbitrary<JsonMapper> mappersThatTheScanDoesNotFollow() {
        return Arbitraries.of(
                mapper(StreamReadConstraints.builder().maxDocumentLength(100).build()),
                mapper(StreamReadConstraints.builder().maxTokenCount(100).build()),
                JsonMapper.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build(),
                JsonMapper.builder(JsonFactory.builder()
                                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                .build())
                        .build(),
                JsonMapper.builder(JsonFactory.builder()
                                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                                .build())
                        .build(),
                JsonMapper.builder(new JsonFactory() {}).build(),
                new JsonMapper() {});
    }

    @Property(tries = 200)
    void payload_withAMapperThatTheScanDoesNotFollow_isNotFound(
            @ForAll("mappersThatTheScanDoesNotFollow") JsonMapper mapper,
            @ForAll("plainPayloads") String payload,
            @ForAll Form form) {
        byte[] body = form.around(payload);
        assertNotEquals(PayloadScan.NOT_PLAIN, SCAN.find(body, body.length), payload);
        assertEquals(PayloadScan.NOT_PLAIN, new PayloadScan(mapper).find(body, body.length), payload);
    }

    // ---- what is not plain ----

    @Property(tries = 200)
    void envelope_inAnotherEncoding_isNotFound(
            @ForAll("plainPayloads") String payload, @ForAll Form form, @ForAll("otherEncodings") Charset encoding) {
        byte[] body = new String(form.around(payload), UTF_8).getBytes(encoding);
        assertEquals(PayloadScan.NOT_PLAIN, SCAN.find(body, body.length));
    }

    @Provide
    Arbitrary<Charset> otherEncodings() {
        return Arbitraries.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")
                .map(Charset::forName);
    }

    @Example
    void envelope_ofAnotherForm_isNotFound() {
        for (String body : List.of(
                "",
                "{}",
                "null",
                "{\"status\":\"success\"}",
                "\ufeff{\"status\":\"success\",\"payload\":1}",
                " {\"status\":\"success\",\"payload\":1}",
                "{ \"status\":\"success\",\"payload\":1}",
                "{\"status\":\"success\",\"payload\": 1}",
                "{\"status\":\"success\",\"payload\":1 }",
                "{\"status\":\"success\",\"payload\":1} ",
                "{\"status\":\"success\",\"payload\":1}}",
                "{\"status\":\"success\",\"payload\":1,\"payload\":2}",
                "{\"status\":\"success\",\"payload\":1,\"status\":\"error\"}",
                "{\"status\":\"success\",\"payload\":1,\"request_id\":1}",
                "{\"status\":\"success\",\"\\u0070ayload\":1}",
                "{\"status\":\"Success\",\"payload\":1}",
                "{\"status\":\"error\",\"payload\":1}",
                "{\"payload\":1}",
                "{\"payload\":1,\"status\":\"error\"}",
                "{\"payload\":1,\"status\":\"success\",\"payload\":2}",
                "{\"payload\":1, \"status\":\"success\"}",
                "{\"payload\":,\"status\":\"success\"}")) {
            byte[] bytes = body.getBytes(UTF_8);
            assertEquals(PayloadScan.NOT_PLAIN, SCAN.find(bytes, bytes.length), body);
        }
    }
}
