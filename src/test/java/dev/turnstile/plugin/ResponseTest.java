package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A success comes back as the plugin wrote it; what is neither success nor error is the codec's to refuse, after the call. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class ResponseTest {
    @Parameter
    Host host;

    private static final List<String> NO_ENVELOPES = List.of(
            "pong",
            "[1,2]",
            "42",
            "\"success\"",
            "null",
            " ",
            "{",
            "{\"status\":\"success\",\"payload\":1",
            "{\"status\":\"success\",\"payload\":}",
            "{\"status\":\"success\",\"payload\":1} trailing",
            "{\"status\":\"success\",\"payload\":1}{}",
            "{\"status\":\"success\",\"payload\":1}\0",
            "{\"status\":\"ok\",\"payload\":1}",
            "{\"status\":\"Success\",\"payload\":1}",
            "{\"status\":null,\"payload\":1}",
            "{\"status\":[\"success\"],\"payload\":1}",
            "{\"payload\":1}",
            "{}");

    @RegisterExtension
    final Audit audit = new Audit();

    private SynchronizedPlugin load() throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), host.options()));
    }

    /** Has the plugin answer with this body and code 0; returns the payload's text. */
    private static String payload(SynchronizedPlugin plugin, String body) throws InterruptedException {
        return plugin.call("envelope", SerdeMapper.shared().writeValueAsString(Map.of("raw", body)));
    }

    private static String success(String payload) {
        return "{\"status\":\"success\",\"payload\":" + payload + "}";
    }

    // ---- no payload ----

    @ParameterizedTest
    @EnumSource
    void success_withoutAPayload_isNull(JsonEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        assertNull(entry.call(plugin, "null", Map.of()));
    }

    @ParameterizedTest
    @EnumSource
    void success_withoutABody_isNull(JsonEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        assertNull(entry.call(plugin, "nothing", Map.of()));
    }

    @Test
    void success_withoutAPayload_isTheTextNull() throws Exception {
        SynchronizedPlugin plugin = load();
        assertEquals("null", plugin.call("null", "{}"));
        assertEquals("null", plugin.call("nothing", "{}"));
        assertEquals("null", payload(plugin, success("null")));
        try (NativePlugin direct = NativePlugin.load(TestPlugins.demo())) {
            assertEquals("null", direct.call("null", "{}"));
            assertEquals("null", direct.call("nothing", "{}"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void rawSuccess_withoutBytes_isAResultOfNoBytes(RawEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        assertArrayEquals(new byte[0], entry.call(plugin, 2, new byte[] {1}));
        assertArrayEquals(new byte[0], entry.call(plugin, 1, new byte[0]));
        assertArrayEquals(new byte[] {0, -1, 0}, entry.call(plugin, 1, new byte[] {0, -1, 0}));
    }

    // ---- neither success nor error ----

    @ParameterizedTest
    @EnumSource
    void response_thatIsNoEnvelope_isACodecErrorAfterThePluginRan(JsonEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        for (String body : NO_ENVELOPES) {
            CodecException refused =
                    assertThrows(CodecException.class, () -> entry.call(plugin, "envelope", Map.of("raw", body)), body);
            assertTrue(refused.pluginRan(), body);
            assertTrue(refused.getMessage().startsWith("The response of envelope "), refused::getMessage);
        }
        assertEquals(
                Map.of("gate", 7), entry.call(plugin, "release", Map.of("gate", 7)), "the plugin is as good as before");
    }

    @ParameterizedTest
    @EnumSource
    void response_thatIsNotUtf8_isACodecErrorAfterThePluginRan(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        for (String body : List.of(success("\"\u00c3(\""), success("1") + "\u00ff", "\u00ff\u00fe{\0}\0", "\0{\0}")) {
            CodecException refused = assertThrows(
                    CodecException.class,
                    () -> entry.call(plugin, "envelope", Map.of("raw", body, "latin1", true)),
                    body);
            assertTrue(refused.pluginRan(), body);
        }
    }

    @Test
    void response_thatIsNoEnvelope_isACodecErrorOfTheDirectBindingToo() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            for (String body : NO_ENVELOPES) {
                String request = SerdeMapper.shared().writeValueAsString(Map.of("raw", body));
                assertTrue(assertThrows(CodecException.class, () -> plugin.call("envelope", request), body)
                        .pluginRan());
            }
        }
    }

    @Test
    void response_withAnUnknownStatus_saysWhichItIs() throws Exception {
        SynchronizedPlugin plugin = load();
        CodecException refused = assertThrows(CodecException.class, () -> payload(plugin, "{\"status\":\"pending\"}"));
        assertEquals(
                "The response of envelope has the status pending, neither success nor error", refused.getMessage());
    }

    // ---- the payload ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0e5",
                "-0",
                "1E+400",
                "123456789012345678901234567890",
                "\"\\u00fc ü \\ud83d\\ude00 😀 \\/\"",
                "true",
                "\"\"",
                "[ ]",
                "{ \"z\" : 1 ,\r\n\t\"a\" : [ 1.50 , 2 ] , \"z\" : 2 }"
            })
    void payload_asText_isWhatThePluginWrote(String payload) throws Exception {
        SynchronizedPlugin plugin = load();
        assertEquals(payload, payload(plugin, success(payload)));
        assertEquals(payload, payload(plugin, success(" \n" + payload + "\t ")));
        assertEquals(
                payload, payload(plugin, "{\"payload\":" + payload + ",\"status\":\"success\",\"request_id\":[1]}"));
        try (NativePlugin direct = NativePlugin.load(TestPlugins.demo())) {
            String request = SerdeMapper.shared().writeValueAsString(Map.of("raw", success(payload)));
            assertEquals(payload, direct.call("envelope", request));
        }
    }

    @ParameterizedTest
    @EnumSource
    void payload_ofAnyEntryPoint_comesBackWhole(JsonEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        String message = "\0 \" \\ \n ü 漢 😀 \u2028 }]";
        assertEquals(
                Map.of("message", message, "length", message.getBytes(StandardCharsets.UTF_8).length),
                entry.call(plugin, "echo", Map.of("message", message)));
    }

    @Test
    void payload_of16MegaBytes_comesBackWhole() throws Exception {
        SynchronizedPlugin plugin = load();
        int bytes = 16 << 20;
        String expected = "\"" + "x".repeat(bytes) + "\"";
        // Not assertEquals: a failure would print both.
        assertTrue(expected.equals(plugin.call("big", "{\"bytes\":" + bytes + "}")));
        String typed =
                plugin.submit("big", Map.of("bytes", bytes), String.class).get();
        assertTrue("x".repeat(bytes).equals(typed));
        byte[] raw = plugin.callRaw(4, new byte[] {0, 0, 0, 1});
        assertTrue("x".repeat(bytes).equals(new String(raw, StandardCharsets.UTF_8)));
    }

    @Test
    void request_of16MegaBytes_arrivesWhole() throws Exception {
        SynchronizedPlugin plugin = load();
        String message = "ü".repeat(8 << 20);
        Map<?, ?> echo = plugin.call("echo", Map.of("message", message), Map.class);
        assertTrue(message.equals(echo.get("message")));
        assertEquals(16 << 20, echo.get("length"));
    }

    // ---- deep nesting ----

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    @Test
    void payload_nestedDeeply_isReadAsDeeply() throws Exception {
        SynchronizedPlugin plugin = load();
        Object read = plugin.call("envelope", Map.of("raw", success(nested(400))), Object.class);
        int depth = 0;
        while (read instanceof List<?> list) {
            depth++;
            read = list.isEmpty() ? null : list.get(0);
        }
        assertEquals(400, depth);
    }
}
