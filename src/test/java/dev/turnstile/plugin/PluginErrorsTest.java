package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An error of the plugin reaches the caller with its code, whatever its body is, and with a message fit to be read. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class PluginErrorsTest {
    @Parameter
    Host host;

    private static final long[] CODES = LongStream.concat(
                    LongStream.rangeClosed(1, 13), LongStream.of(77, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL))
            .toArray();
    private static final String MESSAGE = "Kein \"Öl\" in C:\\tank,\n\tnur 💧";

    @RegisterExtension
    final Audit audit = new Audit();

    private SynchronizedPlugin load() throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), host.options()));
    }

    private static PluginException error(JsonEntry entry, SynchronizedPlugin plugin, String tag, Object request) {
        return assertThrows(PluginException.class, () -> entry.call(plugin, tag, request));
    }

    private static PluginException rawError(RawEntry entry, SynchronizedPlugin plugin, int id) {
        return assertThrows(PluginException.class, () -> entry.call(plugin, id, new byte[] {1}));
    }

    private static Map<String, Object> fail(long code, String body) {
        return Map.of("code", code, "body", body, "message", MESSAGE);
    }

    private static void assertSays(long code, String target, String message, PluginException error) {
        assertEquals(new ErrorCode(code), error.errorCode());
        assertEquals(target, error.target());
        assertEquals(message, error.pluginMessage());
        assertEquals(target + ": " + error.errorCode() + ": " + message, error.getMessage());
    }

    /** Not only its number: the log and the health are read where nobody knows the numbers. */
    @Test
    void panic_isTheReasonOfTheHealth_inThePluginsWords() throws Exception {
        SynchronizedPlugin plugin = load();
        assertThrows(PluginException.class, () -> plugin.call("panic", "{}"));

        assertEquals(
                "0 of 1 instances work: instance 1 lost its resource, and no restart is left for it"
                        + " (internal error (11): panic in handler: as asked)",
                plugin.health().reason());
    }

    @ParameterizedTest
    @CsvSource({"'',invalid state (1)", "'no\nway\u0000',invalid state (1): no way"})
    void errorReply_isOneLine(String body, String message) {
        assertEquals(message, new ErrorReply(new ErrorCode(1), body.getBytes(StandardCharsets.UTF_8)).getMessage());
    }

    @Test
    void errorReply_thatIsLong_isCut() {
        ErrorReply reply = new ErrorReply(new ErrorCode(1), "x".repeat(10_000).getBytes(StandardCharsets.UTF_8));
        assertEquals("invalid state (1): " + "x".repeat(300) + " … " + "x".repeat(300), reply.getMessage());
    }

    // ---- the body of an error ----

    @ParameterizedTest
    @EnumSource
    void error_withItsMessageInAnEnvelopeOrAsText_hasCodeAndTheMessageAlone(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        for (long code : CODES) {
            assertSays(code, "fail", MESSAGE, error(entry, plugin, "fail", fail(code, "envelope")));
            assertSays(code, "fail", MESSAGE, error(entry, plugin, "fail", fail(code, "text")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void error_withoutABody_hasCodeAndItsName(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        for (long code : CODES) {
            String label = new ErrorCode(code).label();
            assertSays(code, "fail", label, error(entry, plugin, "fail", fail(code, "empty")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void error_withABodyThatCannotBeRead_hasCodeAndNothingOfTheBody(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        for (long code : CODES) {
            for (String body : new String[] {"malformed", "not_utf8"}) {
                PluginException error = error(entry, plugin, "fail", fail(code, body));
                int bytes = body.equals("malformed") ? 14 : 39;
                assertSays(
                        code,
                        "fail",
                        new ErrorCode(code).label() + " (the plugin's message, " + bytes + " bytes, is not valid JSON)",
                        error);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void error_failsThisCallOnly(JsonEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        error(entry, plugin, "fail", fail(8, "envelope"));

        assertEquals(
                Map.of("message", "still here", "length", 10),
                entry.call(plugin, "echo", Map.of("message", "still here")));
        plugin.close(Audit.PATIENCE);
        assertEquals(1, plugin.stats().failed());
        assertEquals(1, plugin.stats().completed());
    }

    @ParameterizedTest
    @EnumSource
    void error_ofTheRequest_saysWhatThePluginSays(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        assertSays(6, "no.such", "unknown message type: no.such", error(entry, plugin, "no.such", Map.of()));
        assertSays(5, "echo", "missing or invalid member: message", error(entry, plugin, "echo", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"envelope", "text", "malformed", "not_utf8", "empty"})
    void error_ofTheDirectBinding_isTheSame(String body) throws Exception {
        String request = SerdeMapper.shared().writeValueAsString(fail(0xffff_ffffL, body));
        SynchronizedPlugin shared = load();
        PluginException expected = assertThrows(PluginException.class, () -> shared.call("fail", request));
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            PluginException error = assertThrows(PluginException.class, () -> plugin.call("fail", request));
            assertSays(0xffff_ffffL, "fail", expected.pluginMessage(), error);
        }
    }

    // ---- an error that comes with code 0 ----

    @ParameterizedTest
    @EnumSource
    void errorEnvelope_withCodeZero_isAnErrorAllTheSame(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        for (long code : CODES) {
            String raw = "{\"error_message\":\"Kein \\u00d6l\",\"status\":\"error\",\"request_id\":4,\"error_code\":"
                    + code + "}";
            assertSays(code, "envelope", "Kein Öl", error(entry, plugin, "envelope", Map.of("raw", raw)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"status\":\"error\",\"error_code\":7}                        | 7 | handler error",
                "{\"status\":\"error\",\"error_code\":7,\"error_message\":null} | 7 | handler error",
                "{\"status\":\"error\",\"error_code\":7,\"error_message\":{\"a\":[1]}} | 7 | handler error",
                "{\"status\":\"error\",\"error_message\":\"why\"}               | 0 | why",
                "{\"status\":\"error\",\"error_code\":\"7\",\"error_message\":\"why\"} | 0 | why",
                "{\"status\":\"error\",\"error_code\":[7],\"error_message\":\"why\"} | 0 | why",
                "{\"status\":\"error\",\"error_code\":4294967295,\"error_message\":\"why\"} | 4294967295 | why",
                "{\"status\":\"error\",\"error_code\":4294967296,\"error_message\":\"why\"} | 0 | why",
                "{\"status\":\"error\",\"error_code\":-1,\"error_message\":\"why\"} | 0 | why",
                "{\"status\":\"error\",\"payload\":[1,2],\"error_code\":9,\"error_message\":\"why\"} | 9 | why"
            })
    void errorEnvelope_withMembersMissingOrOfAnotherKind_isStillThatError(String raw, long code, String message)
            throws Exception {
        SynchronizedPlugin plugin = load();
        assertSays(code, "envelope", message, error(JsonEntry.TEXT_CALL, plugin, "envelope", Map.of("raw", raw)));
        assertSays(code, "envelope", message, error(JsonEntry.CLASS_SUBMIT, plugin, "envelope", Map.of("raw", raw)));
        try (NativePlugin direct = NativePlugin.load(TestPlugins.demo())) {
            String request = SerdeMapper.shared().writeValueAsString(Map.of("raw", raw));
            assertSays(
                    code,
                    "envelope",
                    message,
                    assertThrows(PluginException.class, () -> direct.call("envelope", request)));
        }
    }

    // ---- raw calls ----

    @ParameterizedTest
    @EnumSource
    void rawError_withItsNul_losesTheNul(RawEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        assertSays(7, "message 3", "failed as asked", rawError(entry, plugin, 3));
        assertSays(6, "message 4711", "unknown message id", rawError(entry, plugin, 4711));
        assertSays(5, "message 4", "the request is not a uint32", rawError(entry, plugin, 4));
    }

    @ParameterizedTest
    @EnumSource
    void rawError_failsThisCallOnly(RawEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        rawError(entry, plugin, 3);
        assertEquals(1, entry.call(plugin, 1, new byte[] {9}).length);
        plugin.close(Audit.PATIENCE);
        assertEquals(1, plugin.stats().failed());
        assertEquals(1, plugin.stats().completed());
    }

    @Test
    void rawError_ofTheDirectBinding_isTheSame() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            PluginException error = assertThrows(PluginException.class, () -> plugin.callRaw(3, new byte[0]));
            assertSays(7, "message 3", "failed as asked", error);
        }
    }

    // ---- a panic ----

    @ParameterizedTest
    @EnumSource
    void panic_ofAHandler_isCode11OnceAndCode1FromThenOn(JsonEntry entry, @TempDir Path directory) throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.privateCopy("turnstile_demo", directory), PluginConfig.defaults(), host.options()));

        assertSays(11, "panic", "panic in handler: as asked", error(entry, plugin, "panic", Map.of()));
        assertEquals(PluginState.FAILED, plugin.state());
        assertSays(1, "echo", "the plugin is not active", error(entry, plugin, "echo", Map.of("message", "")));
        assertSays(1, "panic", "the plugin is not active", error(entry, plugin, "panic", Map.of()));
        assertSays(1, "message 1", "the plugin is not active", rawError(RawEntry.CALL, plugin, 1));
    }

    @ParameterizedTest
    @EnumSource
    void panic_ofARawHandler_isCode11OnceAndCode1FromThenOn(RawEntry entry, @TempDir Path directory) throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.privateCopy("turnstile_demo", directory), PluginConfig.defaults(), host.options()));

        assertSays(11, "message 5", "panic in handler: as asked", rawError(entry, plugin, 5));
        assertSays(1, "message 1", "the plugin is not active", rawError(entry, plugin, 1));
        assertSays(1, "probe", "the plugin is not active", error(JsonEntry.CLASS_CALL, plugin, "probe", null));
    }

    // ---- the message, byte by byte ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"status\":\"error\",\"error_code\":3,\"error_message\":\"clean\"}   | clean",
                "` \n {\"error_message\":\"clean\"} `                                  | clean",
                "{}                                                                    | handler error",
                "{\"status\":\"error\"} and more | handler error (the plugin's message, 27 bytes, is not valid JSON)",
                "{                               | handler error (the plugin's message, 1 bytes, is not valid JSON)",
                "{\"status\":\"error\",\"error_code\":{\"a\":1},\"error_message\":\"clean\"} | clean",
                "[1]                             | [1]",
                "plain                           | plain"
            })
    void message_ofABody_isReadFromAnEnvelopeOrIsTheText(String body, String message) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        PluginException error = new JsonCodec().error("tag", new ErrorReply(7, bytes));
        assertSays(7, "tag", message, error);
    }

    @Test
    void message_ofATextThatEndsInANul_losesTheNul() {
        byte[] bytes = {'p', 'l', 'a', 'i', 'n', 0};
        assertSays(7, "tag", "plain", new JsonCodec().error("tag", new ErrorReply(7, bytes)));
        assertSays(7, "message 8", "plain", JsonCodec.rawError(8, new ErrorReply(7, bytes)));
    }

    @Test
    void message_ofOneNul_isTheNameOfTheCode() {
        assertSays(77, "message 8", "error 77", JsonCodec.rawError(8, new ErrorReply(77, new byte[1])));
    }

    @Test
    void errorCode_ofEveryKnownNumber_hasItsOwnName() {
        assertEquals(
                13,
                LongStream.rangeClosed(1, 13)
                        .mapToObj(n -> new ErrorCode(n).label())
                        .distinct()
                        .count());
        assertTrue(LongStream.rangeClosed(1, 13)
                .mapToObj(n -> new ErrorCode(n).label())
                .noneMatch(l -> l.startsWith("error ")));
        assertEquals("error 77", new ErrorCode(77).label());
        assertEquals("error 4294967295 (4294967295)", new ErrorCode(0xffff_ffffL).toString());
        assertEquals("too many requests (13)", ErrorCode.TOO_MANY_REQUESTS.toString());
        assertFalse(ErrorCode.ofBits(-1).value() < 0);
    }
}
