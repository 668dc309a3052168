package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Answer;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ScriptedPlugin;
import dev.turnstile.testing.TestPlugins;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** Text goes through whatever its depth and its length; a typed call reads within the limits of its mapper, and names them. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class JsonLimitsTest {
    @Parameter
    Host host;

    @RegisterExtension
    final Audit audit = new Audit();

    private SynchronizedPlugin load(PluginOptions options) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(
                TestPlugins.demo(), PluginConfig.defaults(), options.withIsolation(host.isolation())));
    }

    private static PluginOptions limitedTo(StreamReadConstraints limits) {
        return PluginOptions.defaults()
                .withMapper(JsonMapper.builder(JsonFactory.builder()
                                .streamReadConstraints(limits)
                                .build())
                        .build());
    }

    // ---- what is beyond the limits of any parser ----

    /** Both sides of the limits that Jackson sets. */
    enum Large {
        NESTED_499("[".repeat(499) + "]".repeat(499)),
        NESTED_600("[".repeat(600) + "]".repeat(600)),
        NESTED_200_000("[".repeat(200_000) + "]".repeat(200_000)),
        OBJECTS_IN_ARRAYS("[{\"a\":".repeat(3_000) + "1 " + "} ] ".repeat(3_000).strip()),
        WIDE_AND_DEEP("[[1,{\"b\":2}],".repeat(2_000) + "null" + ",3]".repeat(2_000)),
        NUMBER_OF_2_000_DIGITS("9".repeat(2_000)),
        FRACTION_OF_100_000_DIGITS("[-0." + "1".repeat(100_000) + "e-7]"),
        NAME_OF_60_000("{\"" + "k".repeat(60_000) + "\":1}"),
        NAME_OF_60_000_UMLAUTS("{\"" + "\u00fc".repeat(60_000) + "\":1}");

        private final String json;

        Large(String json) {
            this.json = json;
        }
    }

    private static List<String> envelopesOf(String payload) {
        return List.of(
                "{\"status\":\"success\",\"payload\":" + payload + "}",
                "{\"payload\":" + payload + ",\"status\":\"success\"}",
                "{\"status\":\"success\",\"payload\":" + payload + ",\"request_id\":7}",
                "{ \"more\": " + payload + ", \"payload\": " + payload + ", \"status\": \"success\" }");
    }

    @ParameterizedTest
    @EnumSource
    void text_ofAnyDepthAndLength_comesBackAsThePluginWroteIt(Large large) throws Exception {
        SynchronizedPlugin plugin = load(PluginOptions.defaults());
        for (String body : envelopesOf(large.json)) {
            String request = SerdeMapper.shared().writeValueAsString(Map.of("raw", body));
            // Not assertEquals: a failure would print both.
            assertTrue(large.json.equals(plugin.call("envelope", request)), () -> large + " in " + start(body));
            assertTrue(large.json.equals(plugin.submit("envelope", request).get()));
        }
        try (NativePlugin direct = NativePlugin.load(TestPlugins.demo())) {
            for (String body : envelopesOf(large.json)) {
                String request = SerdeMapper.shared().writeValueAsString(Map.of("raw", body));
                assertTrue(large.json.equals(direct.call("envelope", request)));
            }
        }
    }

    private static String start(String body) {
        return body.substring(0, 40);
    }

    @ParameterizedTest
    @EnumSource
    void text_ofAnyDepthAndLength_arrivesAsItWasGiven(Large large) throws Exception {
        try (ScriptedPlugin script = new ScriptedPlugin()) {
            script.answer("take", Answer.json("1"));
            try (SynchronizedPlugin plugin = script.open()) {
                assertEquals("1", plugin.call("take", large.json));
                assertEquals(1, plugin.call("take", large.json, Integer.class));
                script.calls().forEach(call -> assertTrue(large.json.equals(call.text()), large.name()));
                assertEquals(2, script.calls().size());
            }
        }
    }

    /** The limits of a mapper are for what it reads. */
    @Test
    void text_withAMapperOfSmallLimits_comesBackAsThePluginWroteIt() throws Exception {
        SynchronizedPlugin plugin = load(limitedTo(StreamReadConstraints.builder()
                .maxNestingDepth(0)
                .maxNumberLength(1)
                .maxNameLength(1)
                .maxStringLength(1)
                .build()));
        String payload = "[{\"name\":\"text\"},12.5]";
        for (String body : envelopesOf(payload)) {
            String request = SerdeMapper.shared().writeValueAsString(Map.of("raw", body));
            assertEquals(payload, plugin.call("envelope", request));
        }
    }

    // ---- invalid all the same ----

    static List<String> broken() {
        String nested = "[".repeat(700) + "]".repeat(699);
        return List.of(
                nested,
                nested + "}",
                "[".repeat(700) + "]".repeat(701),
                "{\"a\":".repeat(700) + "1" + "}".repeat(699) + "]",
                "{\"a\":".repeat(700) + "}".repeat(700),
                "[".repeat(700) + "1,]" + "]".repeat(699),
                "9".repeat(2_000) + ".",
                "9".repeat(2_000) + "x",
                "0" + "9".repeat(2_000),
                "{\"" + "k".repeat(60_000) + "\"}",
                "{\"" + "k".repeat(60_000) + ":1}");
    }

    @ParameterizedTest
    @MethodSource("broken")
    void text_thatIsLargeAndNoJson_isRefused(String payload) throws Exception {
        SynchronizedPlugin plugin = load(PluginOptions.defaults());
        for (String body : envelopesOf(payload)) {
            String request = SerdeMapper.shared().writeValueAsString(Map.of("raw", body));
            CodecException refused = assertThrows(CodecException.class, () -> plugin.call("envelope", request));
            assertTrue(refused.pluginRan());
            assertTrue(
                    refused.getMessage().startsWith("The response of envelope is not a JSON object: "),
                    refused::getMessage);
            assertFalse(refused.getMessage().contains("StreamReadConstraints"), refused::getMessage);
        }
    }

    // ---- typed calls ----

    private static final List<Large> BEYOND_JACKSON = List.of(
            Large.NESTED_600,
            Large.NESTED_200_000,
            Large.OBJECTS_IN_ARRAYS,
            Large.NUMBER_OF_2_000_DIGITS,
            Large.NAME_OF_60_000);

    @ParameterizedTest
    @EnumSource
    void object_beyondTheLimitsOfTheMapper_isRefusedAndTheLimitIsNamed(CodecTest.TypedEntry entry) throws Exception {
        SynchronizedPlugin plugin = load(PluginOptions.defaults());
        for (Large large : BEYOND_JACKSON) {
            for (String body : envelopesOf(large.json)) {
                CodecException refused = assertThrows(
                        CodecException.class, () -> entry.call(plugin, "envelope", Map.of("raw", body), Object.class));
                assertTrue(refused.pluginRan());
                String message = refused.getMessage();
                assertTrue(message.contains("`StreamReadConstraints.getMax"), message);
                assertTrue(message.contains("PluginOptions.withReadLimits"), message);
                assertFalse(message.contains("not a JSON object"), message);
            }
        }
    }

    private static final StreamReadConstraints RAISED = StreamReadConstraints.builder()
            .maxNestingDepth(1_000)
            .maxNumberLength(5_000)
            .maxNameLength(100_000)
            .build();

    static List<PluginOptions> raised() {
        return List.of(PluginOptions.defaults().withReadLimits(RAISED), limitedTo(RAISED));
    }

    @ParameterizedTest
    @MethodSource("raised")
    void object_withinRaisedLimits_isRead(PluginOptions options) throws Exception {
        SynchronizedPlugin plugin = load(options);
        for (String body : envelopesOf(Large.NUMBER_OF_2_000_DIGITS.json)) {
            BigInteger read = plugin.call("envelope", Map.of("raw", body), BigInteger.class);
            assertEquals(Large.NUMBER_OF_2_000_DIGITS.json, read.toString());
        }
        for (String body : envelopesOf(Large.NESTED_600.json)) {
            assertEquals(
                    1, plugin.call("envelope", Map.of("raw", body), List.class).size());
        }
        for (String body : envelopesOf(Large.NAME_OF_60_000.json)) {
            assertEquals(
                    1, plugin.call("envelope", Map.of("raw", body), Map.class).size());
        }
    }

    /** The way out is another one than for what is read. */
    @Test
    void request_deeperThanTheMapperWrites_isRefusedAndTheLimitIsNamed() {
        JsonCodec codec = new JsonCodec();
        Object deep = List.of();
        for (int i = 0; i < 600; i++) {
            deep = Map.of("a", deep);
        }
        Object request = deep;
        CodecException refused = assertThrows(CodecException.class, () -> codec.encode("tag", request));
        assertFalse(refused.pluginRan());
        String message = refused.getMessage();
        assertTrue(message.contains("`StreamWriteConstraints.getMaxNestingDepth()`"), message);
        assertTrue(message.contains("JSON text"), message);
        assertFalse(message.contains("withReadLimits"), message);
        assertTrue(message.length() < 1_500, message);
    }

    @Test
    void options_withReadLimits_areTheDefaultMapperInAllElse() {
        record Price(int unitPrice) {}
        JsonCodec codec =
                new JsonCodec(PluginOptions.defaults().withReadLimits(RAISED).mapper());
        assertEquals("{\"unit_price\":1}", new String(codec.encode("tag", new Price(1)), UTF_8));
        assertThrows(CodecException.class, () -> codec.encode("tag", Double.NaN));
        byte[] missing = "{\"status\":\"success\",\"payload\":{}}".getBytes(UTF_8);
        assertThrows(CodecException.class, () -> codec.payload("tag", missing, codec.type(Price.class)));
    }

    /** Limits that somebody has set for whole documents count for whole responses. */
    @ParameterizedTest
    @EnumSource
    void response_beyondALimitForDocuments_isRefusedAndTheLimitIsNamed(JsonEntry entry) throws Exception {
        for (StreamReadConstraints limits : List.of(
                StreamReadConstraints.builder().maxDocumentLength(10_000).build(),
                StreamReadConstraints.builder().maxTokenCount(100).build())) {
            SynchronizedPlugin plugin = load(limitedTo(limits));
            String body = envelopesOf("[" + "1,".repeat(20_000) + "1]").getFirst();
            CodecException refused =
                    assertThrows(CodecException.class, () -> entry.call(plugin, "envelope", Map.of("raw", body)));
            assertTrue(refused.getMessage().contains("`StreamReadConstraints.getMax"), refused::getMessage);
            assertTrue(refused.getMessage().contains("PluginOptions.withReadLimits"), refused::getMessage);
            assertFalse(refused.getMessage().contains("not a JSON object"), refused::getMessage);
        }
    }

    // ---- errors ----

    @ParameterizedTest
    @EnumSource
    void error_withLargeMembers_keepsItsCodeAndItsMessage(Large large) throws Exception {
        SynchronizedPlugin plugin = load(PluginOptions.defaults());
        String body =
                "{\"details\":" + large.json + ",\"status\":\"error\",\"error_code\":7,\"error_message\":\"sold out\"}";
        String request = SerdeMapper.shared().writeValueAsString(Map.of("raw", body));
        PluginException error = assertThrows(PluginException.class, () -> plugin.call("envelope", request));
        assertEquals(7, error.errorCode().value());
        assertEquals("sold out", error.pluginMessage());
        assertEquals(
                "sold out",
                new JsonCodec()
                        .error("tag", new ErrorReply(7, body.getBytes(UTF_8)))
                        .pluginMessage());
        assertThrows(ErrorReply.class, () -> Envelope.requireNoError(body.getBytes(UTF_8)), "the worker sees it, too");
    }
}
