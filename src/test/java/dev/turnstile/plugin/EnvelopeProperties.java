package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;

/** An envelope yields the payload byte for byte as it was written, wherever it stands; what is none is refused as such. */
class EnvelopeProperties {
    private static final TokenStreamFactory ENVELOPES = Envelope.factory(SerdeMapper.shared());

    private static final Arbitrary<String> SPACE = Arbitraries.of("", "", "", " ", "\n", "\t", "\r\n", "  \n\t ");

    // ---- JSON texts, in every spelling ----

    private static Arbitrary<String> numbers() {
        return Arbitraries.oneOf(
                Arbitraries.of("0", "-0", "1.0e5", "1E+2", "-0.0", "1e-7", "100000000000000000000000000000", "3.14000"),
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf));
    }

    private static Arbitrary<String> strings() {
        Arbitrary<String> piece = Arbitraries.oneOf(
                Arbitraries.strings().ascii().ofMaxLength(6).map(EnvelopeProperties::escaped),
                Arbitraries.of("ü", "漢字", "😀", "\u2028", "\ufeff", "\u007f"),
                Arbitraries.of("\\u00fc", "\\ud83d\\ude00", "\\\"", "\\\\", "\\/", "\\b\\f\\n\\r\\t", "\\u0000"),
                Arbitraries.of("}", "{", "]", ",", ":", "\\\"payload\\\":"));
        return piece.list().ofMaxSize(5).map(pieces -> "\"" + String.join("", pieces) + "\"");
    }

    /** Escapes what JSON wants escaped. */
    private static String escaped(String text) {
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.toString();
    }

    private static Arbitrary<String> spaced(Arbitrary<String> json) {
        return Combinators.combine(SPACE, json, SPACE).as((before, text, after) -> before + text + after);
    }

    static Arbitrary<String> trees(int depth) {
        Arbitrary<String> leaf =
                Arbitraries.oneOf(numbers(), strings(), Arbitraries.of("null", "true", "false", "{}", "[]"));
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<String> value = Arbitraries.lazy(() -> spaced(trees(depth - 1)));
        Arbitrary<String> array = value.list().ofMaxSize(4).map(all -> "[" + String.join(",", all) + "]");
        Arbitrary<String> member = Combinators.combine(spaced(strings()), value).as((name, v) -> name + ":" + v);
        Arbitrary<String> object = member.list().ofMaxSize(4).map(all -> "{" + String.join(",", all) + "}");
        return Arbitraries.frequencyOf(Tuple.of(2, leaf), Tuple.of(1, array), Tuple.of(1, object));
    }

    @Provide
    Arbitrary<String> payloads() {
        return trees(3);
    }

    @Provide
    Arbitrary<String> unknownMembers() {
        Arbitrary<String> name = Arbitraries.of("\"request_id\"", "\"Payload\"", "\"payload \"", "\"\"", "\"stätus\"");
        return Combinators.combine(spaced(name), spaced(trees(2))).as((n, value) -> n + ":" + value);
    }

    @Provide
    Arbitrary<String> spaces() {
        return SPACE;
    }

    private static String envelope(List<String> members, String space, Random random) {
        List<String> shuffled = new ArrayList<>(members);
        Collections.shuffle(shuffled, random);
        return space + "{" + space + String.join(space + "," + space, shuffled) + space + "}" + space;
    }

    private static Envelope parse(byte[] body) {
        return Envelope.parse(ENVELOPES, body, body.length);
    }

    private static String payload(Envelope envelope) {
        return new String(envelope.body(), envelope.payloadStart(), envelope.payloadLength(), UTF_8);
    }

    // ---- the payload ----

    @Property
    void payload_anywhereInAnEnvelope_isWhatWasWritten(
            @ForAll("payloads") String payload,
            @ForAll @Size(max = 3) List<@From("unknownMembers") String> unknown,
            @ForAll("spaces") String space,
            @ForAll Random random) {
        List<String> members = new ArrayList<>(unknown);
        members.add("\"status\"" + space + ":" + space + "\"success\"");
        members.add("\"payload\"" + space + ":" + space + payload);
        byte[] body = envelope(members, space, random).getBytes(UTF_8);

        Envelope envelope = parse(body);
        assertEquals("success", envelope.status());
        assertEquals(payload, payload(envelope));
        assertEquals(0, envelope.errorCode());
    }

    @Property
    void payload_thatIsMissing_isNull(
            @ForAll @Size(max = 3) List<@From("unknownMembers") String> unknown,
            @ForAll("spaces") String space,
            @ForAll Random random) {
        List<String> members = new ArrayList<>(unknown);
        members.add("\"status\":\"success\"");

        assertEquals("null", payload(parse(envelope(members, space, random).getBytes(UTF_8))));
    }

    @Property
    void payload_readAsAnObject_isWhatJacksonReadsByItself(@ForAll("payloads") String payload) {
        byte[] body = ("{\"payload\":" + payload + ",\"status\":\"success\"}").getBytes(UTF_8);
        JsonCodec codec = new JsonCodec();
        Object read = codec.payload("tag", body, codec.type(Object.class));
        assertEquals(SerdeMapper.shared().readValue(payload, Object.class), read);
    }

    // ---- an error ----

    @Property
    void error_withItsMembersInAnyOrder_hasCodeAndMessage(
            @ForAll @LongRange(min = 0, max = 0xffff_ffffL) long code,
            @ForAll("payloads") String payload,
            @ForAll @Size(max = 2) List<@From("unknownMembers") String> unknown,
            @ForAll("spaces") String space,
            @ForAll Random random) {
        List<String> members = new ArrayList<>(unknown);
        members.add("\"status\":\"error\"");
        members.add("\"error_code\"" + space + ":" + space + code);
        members.add("\"error_message\":" + space + "\"K\\u00e4se \\\"\\ud83d\\ude00\\\"\"");
        members.add("\"payload\":" + payload);

        Envelope envelope = parse(envelope(members, space, random).getBytes(UTF_8));
        assertEquals("error", envelope.status());
        assertEquals(code, envelope.errorCode());
        assertEquals("Käse \"😀\"", envelope.errorMessage());
    }

    /** Whatever stands where a text or a number is expected, the members after it are read. */
    @Property
    void members_ofAnyKind_hideNothingOfTheOthers(
            @ForAll("payloads") String status, @ForAll("payloads") String code, @ForAll("payloads") String message) {
        String body = "{\"status\":" + status + ",\"error_code\":" + code + ",\"error_message\":" + message
                + ",\"payload\":[1.0e5]}";
        Envelope envelope;
        try {
            envelope = parse(body.getBytes(UTF_8));
        } catch (JacksonException tooLarge) {
            assertTrue(code.length() > 18, body); // a number that no long holds
            return;
        }
        assertEquals("[1.0e5]", payload(envelope));
        assertEquals(message.startsWith("\""), envelope.errorMessage() != null);
        assertEquals(status.startsWith("\""), envelope.status() != null);
    }

    // ---- what the worker makes of it ----

    /** It refuses what its reader would find to be an error, and nothing else. */
    @Property
    void worker_andReader_agreeOnWhatIsAnError(
            @ForAll("payloads") String payload,
            @ForAll @Size(max = 2) List<@From("unknownMembers") String> unknown,
            @ForAll @Size(max = 2) List<@From("statuses") String> statuses,
            @ForAll("spaces") String space,
            @ForAll Random random) {
        List<String> members = new ArrayList<>(unknown);
        members.addAll(statuses);
        members.add("\"payload\":" + payload);
        byte[] body = envelope(members, space, random).getBytes(UTF_8);
        assertWorkerAgreesWithReader(body);
        assertWorkerAgreesWithReader(Arrays.copyOf(body, random.nextInt(body.length + 1)));
        body[random.nextInt(body.length)] = (byte) "{}[]\",:\\ 0-e.\0".charAt(random.nextInt(14));
        assertWorkerAgreesWithReader(body);
    }

    @Provide
    Arbitrary<String> statuses() {
        Arbitrary<String> value = Arbitraries.of("\"error\"", "\"error\"", "\"success\"", "\"err\\u006fr\"", "7", "{}");
        return Combinators.combine(Arbitraries.of("\"status\":", "\"\\u0073tatus\" :", "\"error_code\":"), value)
                .as((name, text) -> name + text);
    }

    private static void assertWorkerAgreesWithReader(byte[] body) {
        String text = new String(body, UTF_8);
        boolean isError = false;
        try {
            var unused = new JsonCodec().payloadText("tag", body);
        } catch (PluginException error) {
            isError = true;
        } catch (CodecException unreadable) {
            isError = false;
        }
        try {
            Envelope.requireNoError(body);
            assertFalse(isError, text);
        } catch (ErrorReply error) {
            assertTrue(isError, text);
        }
    }

    // ---- what is no envelope ----

    @Property
    void envelope_cutShort_isRefusedAsMalformed(
            @ForAll("payloads") String payload, @ForAll @IntRange(min = 0, max = 10_000) int cut) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + ",\"request_id\":1}").getBytes(UTF_8);
        byte[] start = Arrays.copyOf(body, cut % body.length);
        assertThrows(JacksonException.class, () -> parse(start));
    }

    @Property
    void envelope_withSomethingAfterIt_isRefusedAsMalformed(@ForAll("payloads") String payload) {
        byte[] body = ("{\"status\":\"success\",\"payload\":1}" + payload).getBytes(UTF_8);
        assertThrows(JacksonException.class, () -> parse(body));
    }

    @Property
    void json_thatIsNoObject_isRefusedAsMalformed(@ForAll("payloads") String payload) {
        if (!payload.startsWith("{")) {
            assertThrows(JacksonException.class, () -> parse(payload.getBytes(UTF_8)));
        }
    }

    @Property
    void garbage_isRefusedAsMalformedOrIsAnEnvelope(@ForAll @Size(max = 60) byte[] body) {
        assertParsesOrIsMalformed(body);
    }

    @Property
    void envelope_withBytesChanged_isRefusedAsMalformedOrIsAnEnvelope(
            @ForAll("payloads") String payload,
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 0, max = 10_000) Integer> places,
            @ForAll Random random) {
        byte[] body = ("{\"status\":\"success\",\"error_code\":7,\"payload\":" + payload + ",\"error_message\":\"m\"}")
                .getBytes(UTF_8);
        for (int place : places) {
            body[place % body.length] = random.nextBoolean()
                    ? (byte) random.nextInt()
                    : (byte) "{}[]\",:\\ 0-e.\0".charAt(random.nextInt(14));
        }
        assertParsesOrIsMalformed(body);
    }

    private static void assertParsesOrIsMalformed(byte[] body) {
        Envelope envelope;
        try {
            envelope = parse(body);
        } catch (JacksonException malformed) {
            return;
        }
        JsonMapper.shared().readTree(payload(envelope)); // a payload is JSON by itself
    }

    // ---- other encodings, which Jackson knows and the ABI does not ----

    @Property
    void envelope_inAnotherEncoding_isRefusedAsMalformed(
            @ForAll("payloads") String payload, @ForAll("otherEncodings") Charset encoding) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(encoding);
        assertThrows(JacksonException.class, () -> parse(body));
    }

    @Provide
    Arbitrary<Charset> otherEncodings() {
        return Arbitraries.of(
                StandardCharsets.UTF_16BE,
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_16,
                Charset.forName("UTF-32BE"),
                Charset.forName("UTF-32LE"));
    }

    @Example
    void envelope_withAByteOrderMark_isReadAsIfThereWereNone() {
        byte[] body = "\ufeff{\"status\":\"success\",\"payload\":[1, \"ü\"],\"a\":1}".getBytes(UTF_8);
        assertEquals("[1, \"ü\"]", payload(parse(body)));
    }

    /** They are made without the default mapper. */
    @Example
    void defaults_areThoseOfTheDefaultMapper() {
        JsonFactory made = (JsonFactory) Envelope.DEFAULT;
        JsonFactory ofMapper = (JsonFactory) Envelope.factory(SerdeMapper.shared());
        for (StreamReadFeature feature : StreamReadFeature.values()) {
            assertEquals(ofMapper.isEnabled(feature), made.isEnabled(feature), feature::name);
        }
        for (JsonReadFeature feature : JsonReadFeature.values()) {
            assertEquals(ofMapper.isEnabled(feature), made.isEnabled(feature), feature::name);
        }
        for (TokenStreamFactory.Feature feature : TokenStreamFactory.Feature.values()) {
            assertEquals(ofMapper.isEnabled(feature), made.isEnabled(feature), feature::name);
        }
        assertEquals(
                ofMapper.streamReadConstraints().getMaxNestingDepth(),
                made.streamReadConstraints().getMaxNestingDepth());
        assertEquals(
                ofMapper.streamReadConstraints().getMaxTokenCount(),
                made.streamReadConstraints().getMaxTokenCount());
        byte[] body = "{\"status\":\"success\",\"payload\":1}".getBytes(StandardCharsets.UTF_8);
        assertEquals(
                new PayloadScan(SerdeMapper.shared()).find(body, body.length),
                PayloadScan.OF_DEFAULT.find(body, body.length));
    }
}
