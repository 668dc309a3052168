package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.CallListener;
import dev.turnstile.CallOutcome;
import dev.turnstile.CallReport;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.SwapException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Answer;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ScriptedPlugin;
import dev.turnstile.testing.TestPlugins;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An error envelope is the plugin's error, also if it comes with the code of a success: for its caller, its block, the counts and reports. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class ErrorEnvelopeTest {
    @Parameter
    Host host;

    private static final String ENVELOPE = "{\"status\":\"error\",\"error_code\":6,\"error_message\":\"no\"}";
    private static final String ECHO = "{\"message\":\"x\"}";

    @RegisterExtension
    final Audit audit = new Audit();

    private final LinkedBlockingQueue<CallReport> reports = new LinkedBlockingQueue<>();
    private SynchronizedPlugin plugin;

    @BeforeEach
    void load() throws InterruptedException {
        CallListener listener = new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                reports.add(report);
            }
        };
        plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.demo(),
                PluginConfig.defaults(),
                host.options().withGate(TurnstileOptions.defaults().withListeners(listener))));
    }

    /** Has the plugin answer with this body, and code 0. */
    private static Map<String, String> body(String envelope) {
        return Map.of("raw", envelope);
    }

    private static String json(String envelope) {
        return SerdeMapper.shared().writeValueAsString(body(envelope));
    }

    @ParameterizedTest
    @EnumSource
    void call_isCountedAndReportedAsFailed(JsonEntry entry) {
        PluginException error =
                assertThrows(PluginException.class, () -> entry.call(plugin, "envelope", body(ENVELOPE)));
        assertEquals("unknown message type (6)", error.errorCode().toString());
        assertEquals("no", error.pluginMessage());
        assertEquals(1, plugin.stats().failed());
        assertEquals(0, plugin.stats().completed());

        CallReport report = Eventually.next("the end of the call", reports);
        assertEquals(CallOutcome.FAILED, report.outcome());
        assertEquals(
                error.toString(),
                assertInstanceOf(PluginException.class, report.failure()).toString());
    }

    /** However it is spelled: long, spaced, in another order, escaped, with members that look like those of a success. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                " {\n\t\"status\" : \"error\" }\n",
                "{\"error_code\":6,\"error_message\":\"no\",\"status\":\"error\"}",
                "{\"payload\":{\"a\":[1,\"status\"]},\"status\":\"error\"}",
                "{\"payload\":{\"status\":\"success\"},\"status\":\"error\",\"error_code\":6}",
                "{\"status\":\"error\",\"payload\":{\"x\":1,\"status\":\"success\"}}",
                "{\"request_id\":\",\\\"status\\\":\\\"success\\\"}\",\"status\":\"error\"}",
                "{\"st\\u0061tus\":\"err\\u006fr\"}",
                "\ufeff{\"status\":\"error\"}"
            })
    void call_isFailed_howeverTheEnvelopeIsSpelled(String envelope) {
        String padded = envelope.replace("\"error\"", "\"error\",\"more\":\"" + "x".repeat(Exchange.SHORT) + "\"");
        for (String body : new String[] {envelope, padded}) {
            assertThrows(PluginException.class, () -> plugin.call("envelope", json(body)), body);
            assertThrows(PluginException.class, () -> plugin.call("envelope", body(body), Map.class), body);
        }
        assertEquals(4, plugin.stats().failed());
    }

    /** Nobody can say what that is: the call succeeded, and its response cannot be read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":\"success\",\"payload\":1,\"status\":\"error\"}",
                "{\"status\":\"error\",\"payload\":1,\"status\":\"success\"}",
                "{\"status\":\"error\",\"error_message\":\"cut",
                "{\"status\":\"error\"} and more",
                "[{\"status\":\"error\"}]",
                "{\"payload\":{\"status\":\"error\"}}"
            })
    void response_thatIsNeither_isTheCodecsToRefuse_whereverItComes(String body) throws Exception {
        assertThrows(CodecException.class, () -> plugin.call("envelope", json(body)));
        assertThrows(CodecException.class, () -> plugin.call("envelope", body(body), Map.class));
        try (PluginFanOut<String> block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            Fork<String> fork = block.fork("envelope", json(body));
            block.join();
            assertEquals(Fork.State.SUCCESS, fork.state());
            assertThrows(CodecException.class, fork::get);
        }
        assertEquals(3, plugin.stats().completed());
    }

    // ---- blocks ----

    @Test
    void fork_failsABlockThatNeedsAll() throws Exception {
        try (PluginFanOut<String> block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            Fork<String> text = block.fork("envelope", json(ENVELOPE));
            ExecutionException failed = assertThrows(ExecutionException.class, block::join);
            assertEquals(
                    "no",
                    assertInstanceOf(PluginException.class, failed.getCause()).pluginMessage());
            assertEquals(Fork.State.FAILED, text.state());
            assertInstanceOf(PluginException.class, text.failure());
        }
        assertEquals(1, plugin.stats().failed());
    }

    @Test
    void fork_isNotTheFirstToSucceed() throws Exception {
        try (PluginFanOut<Object> block = plugin.fanOut(JoinPolicy.FIRST_SUCCESS, Object.class)) {
            Fork<?> typed =
                    block.fork(plugin.request("envelope", body(ENVELOPE)).as(Map.class));
            Fork<String> echo = block.fork(plugin.request("echo", ECHO));
            assertSame(echo, block.join().first());
            assertEquals(Fork.State.FAILED, typed.state());
        }
    }

    @Test
    void forks_ofWhichNoneSucceeds_failTheBlock() throws Exception {
        try (PluginFanOut<Object> block = plugin.fanOut(JoinPolicy.FIRST_SUCCESS, Object.class)) {
            block.fork(plugin.request("envelope", json(ENVELOPE)));
            block.fork(plugin.request("envelope", body(ENVELOPE)).as(Map.class));
            ExecutionException failed = assertThrows(ExecutionException.class, block::join);
            assertInstanceOf(PluginException.class, failed.getCause());
        }
    }

    // ---- others who see responses ----

    @Test
    void warmUpCall_failsTheSwap() throws Exception {
        SwapException failure = assertThrows(
                SwapException.class,
                () -> plugin.swap(
                        TestPlugins.demo(),
                        PluginConfig.defaults(),
                        PluginWarmUp.call("envelope", json(ENVELOPE)),
                        Audit.PATIENCE));
        assertInstanceOf(PluginException.class, failure.getCause());
        assertEquals(ECHO.replace("}", ",\"length\":1}"), plugin.call("echo", ECHO));
    }

    @Test
    void pluginInJava_isHeldToTheSame() throws Exception {
        try (ScriptedPlugin script = new ScriptedPlugin().answer("tag", Answer.body(ENVELOPE))) {
            SynchronizedPlugin scripted = script.open();
            assertThrows(PluginException.class, () -> scripted.call("tag", "{}"));
            assertThrows(PluginException.class, () -> scripted.call("tag", Map.of(), Map.class));
            assertEquals(2, scripted.stats().failed());
        }
    }

    /** A raw response is nobody's envelope. */
    @Test
    void rawResponse_thatLooksLikeOne_isAResponse() throws Exception {
        byte[] bytes = Utf8.request(ENVELOPE);
        assertEquals(ENVELOPE, new String(plugin.callRaw(1, bytes), java.nio.charset.StandardCharsets.UTF_8));
    }
}
