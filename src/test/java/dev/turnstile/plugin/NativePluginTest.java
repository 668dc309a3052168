package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.abi.FfiBuffer;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** One plugin used directly by the thread that loaded it, and by no other. */
class NativePluginTest {
    private static final String ECHO = "{\"message\":\"h\u00e9llo\"}";
    private static final String ECHOED = "{\"message\":\"h\u00e9llo\",\"length\":6}";
    private static final JsonCodec CODEC = new JsonCodec();
    private static final int RAW_ECHO = 1;
    private static final int RAW_EMPTY = 2;
    private static final int RAW_BIG = 4;

    @TempDir
    private Path directory;

    private Path library;
    private NativeProbe probe;

    @BeforeEach
    void copyThePlugin() {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = new NativeProbe(library);
    }

    // ---- What it does ----

    @Test
    void call_ofAHandler_returnsThePayload() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            assertEquals(ECHOED, plugin.call("echo", ECHO));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 257, 100_000, (1 << 20) - 14, 1 << 20, 3 << 20})
    void call_ofAnyLength_arrivesWhole(int length) {
        String message = "x".repeat(length);
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            assertEquals(
                    "{\"message\":\"" + message + "\",\"length\":" + length + "}",
                    plugin.call("echo", "{\"message\":\"" + message + "\"}"));
            assertEquals(ECHOED, plugin.call("echo", ECHO), "and so does a small one after it");
        }
        assertBalanced();
    }

    @Test
    void call_ofALongTagAndThenAShortOne_isReadToItsEnd() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            String tag = "echo" + "-not".repeat(100);

            PluginException unknown = assertThrows(PluginException.class, () -> plugin.call(tag, "{}"));

            assertEquals(ErrorCode.UNKNOWN_MESSAGE_TYPE, unknown.errorCode());
            assertEquals("unknown message type: " + tag, unknown.pluginMessage());
            assertEquals(ECHOED, plugin.call("echo", ECHO));
        }
        assertBalanced();
    }

    record Message(String message) {}

    record Echoed(String message, int length) {}

    @Test
    void call_ofATypedRequest_returnsThePayloadAsAnObject() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            assertEquals(new Echoed("h\u00e9llo", 6), plugin.call("echo", new Message("h\u00e9llo"), Echoed.class));
            assertEquals(Map.of("slept_ms", 0), plugin.call("sleep", Map.of("duration_ms", 0), Map.class));
            assertNull(plugin.call("null", null, Echoed.class));
            assertNull(plugin.call("nothing", null, Echoed.class));
            assertThrows(CodecException.class, () -> plugin.call("echo", new Message("x"), Integer.class));
            PluginException failed =
                    assertThrows(PluginException.class, () -> plugin.call("fail", Map.of("code", 7), Echoed.class));
            assertEquals(ErrorCode.HANDLER, failed.errorCode());
        }
        assertBalanced();
    }

    /** The bytes of a longer answer before it lie behind each of these. */
    @Test
    void call_withAnEnvelopeOfAnyForm_readsItToItsEndAndNoFurther() {
        Map<String, String> payloads = new LinkedHashMap<>();
        payloads.put("{\"status\":\"success\",\"payload\":[1, 2]}", "[1, 2]");
        payloads.put("{\"payload\":{\"a\":\"\u00fc\"},\"status\":\"success\"}", "{\"a\":\"\u00fc\"}");
        payloads.put(" { \"status\" : \"success\" , \"payload\" : 1 } ", "1");
        payloads.put("{\"request_id\":7,\"status\":\"success\",\"payload\":\"x\"}", "\"x\"");
        payloads.put("{\"status\":\"success\"}", "null");
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            payloads.forEach((body, payload) -> {
                plugin.call("big", "{\"bytes\":300}");
                assertEquals(
                        payload, plugin.call("envelope", new JsonMapper().writeValueAsString(Map.of("raw", body))));
            });
            for (String body : payloads.keySet()) {
                for (String broken : new String[] {
                    body.stripTrailing().substring(0, body.stripTrailing().length() - 1), body + "}"
                }) {
                    plugin.call("big", "{\"bytes\":300}");
                    String request = new JsonMapper().writeValueAsString(Map.of("raw", broken));
                    CodecException refused =
                            assertThrows(CodecException.class, () -> plugin.call("envelope", request), broken);
                    assertEquals(
                            assertThrows(
                                            CodecException.class,
                                            () -> CODEC.payloadText("envelope", broken.getBytes(UTF_8)))
                                    .getMessage(),
                            refused.getMessage());
                }
            }
        }
        assertBalanced();
    }

    @Test
    void callRaw_ofBytes_returnsBytes() {
        byte[] bytes = {0, 1, -1, 0, 127, -128};
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            assertArrayEquals(bytes, plugin.callRaw(RAW_ECHO, bytes));
            assertEquals(1, probe.count("raw_calls"));
        }
        assertBalanced();
    }

    @Test
    void callRaw_withAnEmptyResult_returnsNoBytes() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            assertArrayEquals(new byte[0], plugin.callRaw(RAW_EMPTY, new byte[] {1}));
            assertArrayEquals(new byte[0], plugin.callRaw(RAW_ECHO, new byte[0]));
        }
        assertBalanced();
    }

    @Test
    void callRaw_withABigResult_returnsItWhole() {
        byte[] expected = new byte[0x123456];
        Arrays.fill(expected, (byte) 'x');
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            assertArrayEquals(expected, plugin.callRaw(RAW_BIG, new byte[] {0x56, 0x34, 0x12, 0}));
        }
        assertBalanced();
    }

    @Test
    void failedCalls_giveTheirBuffersBack() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            for (String body : new String[] {"envelope", "text", "malformed", "not_utf8", "empty"}) {
                assertThrows(
                        PluginException.class,
                        () -> plugin.call("fail", "{\"code\":7,\"body\":\"" + body + "\"}"),
                        body);
            }
            assertThrows(CodecException.class, () -> plugin.call("envelope", "{\"raw\":\"no envelope\"}"));
            assertThrows(PluginException.class, () -> plugin.callRaw(3, new byte[0]));
            assertThrows(PluginException.class, () -> plugin.callRaw(-1, new byte[0]));
            assertEquals(8, probe.count("calls"));
            assertBalanced();
        }
    }

    @Test
    void state_followsThePlugin() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            assertEquals(PluginState.ACTIVE, plugin.state());
            assertThrows(PluginException.class, () -> plugin.call("panic", "{}"));
            assertEquals(PluginState.FAILED, plugin.state());
        }
    }

    @Test
    void setLogLevel_limitsWhatThePluginSends() {
        ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        PluginConfig quiet = PluginConfig.defaults().withLogLevel(LogLevel.OFF);
        try (NativePlugin plugin = NativePlugin.loadInPlace(library, quiet, line -> lines.add(line.message()))) {
            plugin.call("log", "{\"message\":\"dropped\"}");
            plugin.setLogLevel(LogLevel.INFO);
            plugin.call("log", "{\"message\":\"sent\"}");
            plugin.setLogLevel(LogLevel.OFF);
            plugin.call("log", "{\"message\":\"dropped too\"}");
        }
        assertEquals(1, probe.count("log_lines"));
        Eventually.isTrue("the line came: " + lines, () -> !lines.isEmpty());
        assertEquals(Set.of("sent"), Set.copyOf(lines));
    }

    @Test
    void rejectedCount_ofAPluginThatRefusedNothing_isZero() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            plugin.call("echo", ECHO);
            assertEquals(0, plugin.rejectedCount());
        }
    }

    /** The plugin's limiter sees calls at the same time only when somebody goes behind the library's back. */
    @Test
    void rejectedCount_ofAPluginThatRefusedACall_isOne() {
        PluginConfig one = PluginConfig.defaults().withMaxConcurrentOps(1);
        try (NativePlugin plugin = NativePlugin.loadInPlace(library, one, PluginLogListener.slf4j())) {
            Caller<Integer> intruder = Caller.start(this::blockInGate0);
            probe.awaitEntered(0, 1);
            try {
                PluginException refused = assertThrows(PluginException.class, () -> plugin.call("echo", ECHO));
                assertEquals(ErrorCode.TOO_MANY_REQUESTS, refused.errorCode());
            } finally {
                probe.openGate(0);
            }
            assertEquals(0, intruder.result(), "its call succeeded");
            assertEquals(1, plugin.rejectedCount());
        }
        assertBalanced();
    }

    private int blockInGate0() {
        PluginLibrary same = PluginLibrary.load(library);
        MemorySegment firstInstance = MemorySegment.ofAddress(1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(100);
            MemorySegment tag = arena.allocate(100);
            MemorySegment.copy("block".getBytes(UTF_8), 0, tag, ValueLayout.JAVA_BYTE, 0, 5);
            MemorySegment.copy("{\"gate\":0}".getBytes(UTF_8), 0, request, ValueLayout.JAVA_BYTE, 0, 10);
            MemorySegment reply = same.call(arena, firstInstance, tag, request, 10);
            int code = FfiBuffer.error_code(reply);
            same.freeBuffer(reply);
            return code;
        }
    }

    @Test
    void toString_tellsFileOwnerAndWhetherItIsClosed() {
        NativePlugin plugin = NativePlugin.loadInPlace(library);
        String owner = Thread.currentThread().getName();

        assertEquals("NativePlugin[" + library + ", owned by thread " + owner + "]", plugin.toString());
        plugin.close();
        assertEquals("NativePlugin[" + library + ", owned by thread " + owner + ", closed]", plugin.toString());
    }

    // ---- Whose it is ----

    @Test
    void pluginLoadedOnAVirtualThread_worksThere() {
        String answer = Caller.start(() -> {
                    try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
                        Thread.startVirtualThread(() -> {}).join(); // perhaps to another carrier
                        byte[] raw = plugin.callRaw(RAW_ECHO, new byte[] {7});
                        return plugin.call("echo", ECHO) + Arrays.toString(raw) + plugin.state();
                    }
                })
                .result();

        assertEquals(ECHOED + "[7]active", answer);
        assertEquals(1, probe.count("shutdowns"));
    }

    @Test
    void anyMethod_fromAnotherThread_isRefusedAndDoesNothing() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            Map<String, Executable> uses = uses(plugin);
            uses.put("close", plugin::close);
            assertEquals(publicMethodsThatUseThePlugin(), uses.keySet(), "the test covers every public method");
            String ours = Thread.currentThread().getName();

            assertAll(uses.entrySet().stream().map(use -> () -> {
                Throwable refused = Caller.start(() -> run(use.getValue())).failure();
                assertInstanceOf(WrongThreadException.class, refused, use.getKey());
                assertEquals(
                        "The plugin " + library + " belongs to thread " + ours
                                + "; thread caller may not use it. SynchronizedPlugin shares a plugin among threads.",
                        refused.getMessage());
            }));

            assertEquals(0, probe.count("calls"));
            assertEquals(0, probe.count("shutdowns"));
            assertEquals(1, probe.count("threads"));
            assertEquals(ECHOED, plugin.call("echo", ECHO), "and its owner can use it as before");
        }
        assertEquals(1, probe.count("shutdowns"));
    }

    @Test
    void closeOfAClosedPlugin_fromAnotherThread_isRefusedToo() {
        NativePlugin plugin = NativePlugin.loadInPlace(library);
        plugin.close();

        assertInstanceOf(
                WrongThreadException.class,
                Caller.start(() -> run(plugin::close)).failure());
    }

    // ---- Its end ----

    @Test
    void anyMethod_ofAClosedPlugin_isRefusedAndDoesNothing() {
        NativePlugin plugin = NativePlugin.loadInPlace(library);
        plugin.close();

        assertAll(uses(plugin).entrySet().stream().map(use -> () -> {
            IllegalStateException refused = assertThrows(IllegalStateException.class, use.getValue(), use.getKey());
            assertEquals("The plugin " + library + " is closed", refused.getMessage());
        }));

        assertEquals(0, probe.count("calls"));
    }

    @Test
    void close_twice_shutsDownOnce() {
        NativePlugin plugin = NativePlugin.loadInPlace(library);
        probe.reset(); // its threads, so that a second entry would be seen even if the plugin refused it

        plugin.close();
        assertEquals(1, probe.count("shutdowns"));
        assertEquals(1, probe.count("threads"));
        probe.reset();
        plugin.close();

        assertEquals(0, probe.count("shutdowns"));
        assertEquals(0, probe.count("threads"), "the second close did not enter the plugin");
        assertEquals(0, probe.count("live_instances"));
    }

    @Test
    void close_ofAFailedPlugin_shutsItDown() {
        NativePlugin plugin = NativePlugin.loadInPlace(library);
        assertThrows(PluginException.class, () -> plugin.call("panic", "{}"));

        plugin.close();

        assertEquals(1, probe.count("shutdowns"));
        assertEquals(0, probe.count("live_instances"));
        assertBalanced();
    }

    @Test
    void capabilities_canBeAskedAnywhereAndAfterClose() {
        NativePlugin plugin = NativePlugin.loadInPlace(library);
        Set<Capability> here = plugin.capabilities();
        plugin.close();

        assertEquals(here, Caller.start(plugin::capabilities).result());
    }

    private void assertBalanced() {
        assertTrue(probe.count("calls") > 0, "calls were made");
        assertEquals(0, probe.count("outstanding_buffers"), "every buffer came back");
        assertEquals(0, probe.count("double_frees"), "and once");
    }

    /** Every use of an open plugin, by its method's name. */
    private static Map<String, Executable> uses(NativePlugin plugin) {
        Map<String, Executable> uses = new LinkedHashMap<>();
        uses.put("call", () -> plugin.call("echo", ECHO));
        uses.put("exchange", () -> plugin.exchange("echo", ECHO.getBytes(UTF_8)));
        uses.put("exchangeRaw", () -> plugin.exchangeRaw(RAW_ECHO, new byte[] {1}));
        uses.put("callRaw", () -> plugin.callRaw(RAW_ECHO, new byte[] {1}));
        uses.put("setLogLevel", () -> plugin.setLogLevel(LogLevel.INFO));
        uses.put("state", plugin::state);
        uses.put("rejectedCount", plugin::rejectedCount);
        return uses;
    }

    /** All but those that only tell what never changes. */
    private static Set<String> publicMethodsThatUseThePlugin() {
        return Arrays.stream(NativePlugin.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> !Set.of("toString", "capabilities").contains(name))
                .collect(Collectors.toSet());
    }

    private static Object run(Executable use) throws Exception {
        try {
            use.execute();
            return "done";
        } catch (Exception | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
