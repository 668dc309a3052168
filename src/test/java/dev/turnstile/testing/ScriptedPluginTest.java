package dev.turnstile.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.CloseReport;
import dev.turnstile.Health;
import dev.turnstile.JoinPolicy;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TimeSource;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.Capability;
import dev.turnstile.plugin.CodecException;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginFanOut;
import dev.turnstile.plugin.PluginLoadException;
import dev.turnstile.plugin.PluginLogLine;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.PluginState;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import tools.jackson.databind.json.JsonMapper;

/** A scripted plugin does what its script says, behind the real gate, and tells what it saw. */
class ScriptedPluginTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Answer OK = Answer.json("\"ok\"");

    @RegisterExtension
    final Audit audit = new Audit();

    private final VirtualTime time = new VirtualTime();
    private final ScriptedPlugin script = new ScriptedPlugin(time);

    private record Say(String message) {}

    private record Said(String theMessage) {}

    @AfterEach
    void closeTheScript() {
        script.close();
    }

    private SynchronizedPlugin open() throws InterruptedException {
        return audit.watch(script.open());
    }

    private static PluginException error(SynchronizedPlugin plugin, String tag) {
        return assertThrows(PluginException.class, () -> plugin.call(tag, "{}"));
    }

    // ---- answers ----

    @Test
    void answers_areGivenByTag_asTextObjectOrMadeOfTheRequest() throws Exception {
        script.answer("text", Answer.json("{\"a\": [1,2]}"))
                .answer("object", Answer.object(new Said("hi")))
                .answer("null", Answer.object(null))
                .answer("computed", Answer.computed(request -> "[" + request + "]"));
        SynchronizedPlugin plugin = open();

        assertEquals("{\"a\": [1,2]}", plugin.call("text", "{}"));
        assertEquals("{\"the_message\":\"hi\"}", plugin.call("object", "{}"));
        assertEquals(new Said("hi"), plugin.call("object", new Say("x"), Said.class));
        assertNull(plugin.call("null", new Say("x"), Said.class));
        assertEquals("[{\"message\":\"häh\"}]", plugin.call("computed", "{\"message\":\"häh\"}"));
        assertEquals(
                List.of(Map.of("message", "x")),
                plugin.submit("computed", new Say("x"), List.class).get());
    }

    @Test
    void answersInARow_areGivenInTurn_andTheLastOneToTheRest() throws Exception {
        script.answer("tag", Answer.json("1"), Answer.error(ErrorCode.HANDLER, "two"), Answer.json("3"));
        SynchronizedPlugin plugin = open();

        assertEquals("1", plugin.call("tag", "{}"));
        assertEquals("two", error(plugin, "tag").pluginMessage());
        assertEquals("3", plugin.call("tag", "{}"));
        assertEquals("3", plugin.call("tag", "{}"));
        script.answer("tag", Answer.json("4"));
        assertEquals("4", plugin.call("tag", "{}"));
    }

    @Test
    void answerToARawCall_isGivenByMessageId() throws Exception {
        script.answerRaw(7, Answer.body(new byte[] {1, -1, 0}))
                .answerRaw(-1, Answer.json("\"text\""))
                .answerRaw(8, Answer.error(ErrorCode.TIMEOUT, "too late"));
        SynchronizedPlugin plugin = open();

        assertArrayEquals(new byte[] {1, -1, 0}, plugin.callRaw(7, new byte[0]));
        assertArrayEquals(new byte[] {'"', 't', 'e', 'x', 't', '"'}, plugin.callRaw(-1, new byte[0]));
        PluginException error = assertThrows(PluginException.class, () -> plugin.callRaw(8, new byte[0]));
        assertEquals(ErrorCode.TIMEOUT, error.errorCode());
        assertEquals("too late", error.pluginMessage());
        assertEquals("message 8", error.target());
    }

    @Test
    void whatTheScriptDoesNotName_isUnknown_orAnsweredOtherwise() throws Exception {
        SynchronizedPlugin plugin = open();
        assertEquals(ErrorCode.UNKNOWN_MESSAGE_TYPE, error(plugin, "tag").errorCode());
        assertEquals(
                ErrorCode.UNKNOWN_MESSAGE_TYPE,
                assertThrows(PluginException.class, () -> plugin.callRaw(7, new byte[0]))
                        .errorCode());

        script.otherwise(OK).answer("other", Answer.json("1"));
        assertEquals("\"ok\"", plugin.call("tag", "{}"));
        assertEquals(4, plugin.callRaw(7, new byte[0]).length);
        assertEquals("1", plugin.call("other", "{}"));
    }

    @Test
    void error_hasItsCodeAndMessage() throws Exception {
        SynchronizedPlugin plugin = open();
        for (long code : new long[] {1, 7, 13, 4711, 0xffff_ffffL}) {
            script.answer("tag", Answer.error(new ErrorCode(code), "Kein \"Öl\"\n"));
            PluginException error = error(plugin, "tag");
            assertEquals(new ErrorCode(code), error.errorCode());
            assertEquals("Kein \"Öl\"\n", error.pluginMessage());
        }
        assertEquals(5, plugin.stats().failed());
    }

    @Test
    void crash_inTheCodeOfAnAnswer_reachesItsCallerAlone() throws Exception {
        RuntimeException exception = new IllegalStateException("as scripted");
        Error error = new StackOverflowError("as scripted");
        script.answer(
                "tag",
                Answer.computed(request -> {
                    throw exception;
                }),
                Answer.computed(request -> {
                    throw error;
                }),
                OK);
        SynchronizedPlugin plugin = open();

        assertSame(exception, assertThrows(IllegalStateException.class, () -> plugin.call("tag", "{}")));
        assertSame(error, Caller.failureOf(plugin.submit("tag", "{}")));
        assertEquals("\"ok\"", plugin.call("tag", "{}"));
        assertEquals(2, plugin.stats().failed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"status\":\"success\",\"payload\":", "[]", "{\"status\":\"odd\"}", "text"})
    void body_thatIsNoEnvelope_isACodecExceptionAfterThePluginRan(String body) throws Exception {
        script.answer("tag", Answer.body(body));
        SynchronizedPlugin plugin = open();
        assertTrue(assertThrows(CodecException.class, () -> plugin.call("tag", "{}"))
                .pluginRan());
        assertTrue(assertThrows(CodecException.class, () -> plugin.call("tag", null, Said.class))
                .pluginRan());
    }

    @Test
    void json_thatIsNone_isRefusedWhenItIsScripted() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Answer.json("{a"));
        assertEquals("The payload is not JSON: {a; for a malformed response use Answer.body", refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Answer.json(""));
        assertThrows(IllegalArgumentException.class, () -> Answer.json("1 2"));
    }

    /** JSON has numbers of any size; what they are read as is the caller's choice. */
    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-1e999", "1.5E+400", "1e99999999999", "1e-99999999999", "{\"a\":[1e400]}", "-0"})
    void json_withANumberThatIsNoDouble_isSentAsItIs(String payload) throws Exception {
        script.answer("tag", Answer.json(payload));

        assertEquals(payload, open().call("tag", "{}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "1e", "01", "1.", "{} {}", "[1e999", "{\"a\":1e}"})
    void json_withWhatIsNoNumber_isRefused(String payload) {
        assertThrows(IllegalArgumentException.class, () -> Answer.json(payload));
    }

    @Test
    void json_thatIsTooDeepToBeChecked_isRefusedWithTheWayOut() {
        String deep = "[".repeat(600) + "]".repeat(600);
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Answer.json(deep));
        assertTrue(refused.getMessage().startsWith("The payload is too large to be checked: "), refused::getMessage);
        assertTrue(refused.getMessage().endsWith("; Answer.computed takes it unchecked"), refused::getMessage);
    }

    @Test
    void body_isCopied() throws Exception {
        byte[] bytes = {1};
        script.answerRaw(1, Answer.body(bytes));
        bytes[0] = 2;
        SynchronizedPlugin plugin = open();
        plugin.callRaw(1, bytes)[0] = 3;
        assertArrayEquals(new byte[] {1}, plugin.callRaw(1, bytes));
    }

    @Test
    void object_isWrittenByTheMapperOfTheOptions() throws Exception {
        script.answer("tag", Answer.object(new Said("hi")));
        SynchronizedPlugin plugin =
                audit.watch(script.open(PluginOptions.defaults().withMapper(new JsonMapper())));
        assertEquals("{\"theMessage\":\"hi\"}", plugin.call("tag", "{}"));
    }

    // ---- a plugin that fails ----

    @Test
    void pool_hasInstancesAtOnce_ofWhichOneThatPanickedIsReplaced() throws Exception {
        script.answer("hold", Answer.json("1").held())
                .answer("tag", OK)
                .answer("panic", Answer.panic("index out of bounds"));
        PluginPool pool = audit.watch(script.openPool(
                2,
                PluginOptions.defaults()
                        .withGate(TurnstileOptions.defaults()
                                .withRestarts(RestartPolicy.limited(1, Duration.ofHours(1))
                                        .withDelays(MINUTE, MINUTE)))));
        CompletableFuture<String> held = audit.watch(pool.submit("hold", "{}"));
        script.awaitStarted("hold");
        assertThrows(PluginException.class, () -> pool.call("panic", "{}"), "by the other one");
        time.awaitParked(1);
        assertEquals(Health.Status.DEGRADED, pool.health().status());
        time.advance(MINUTE);
        assertEquals("\"ok\"", pool.call("tag", "{}"));
        script.release("hold");
        assertEquals("1", held.join());
        pool.close();
        assertEquals(3, script.threads().size());
        assertEquals(3, script.shutdowns());
        assertEquals(1, script.mostAtOnce());
    }

    @Test
    void pool_oneOfWhichDoesNotStart_leavesNone() {
        script.failToStart();
        assertThrows(PluginLoadException.class, () -> script.openPool(3, PluginOptions.defaults()));
        Eventually.isTrue(
                "the others are shut down",
                () -> script.shutdowns() == script.threads().size() - 1);
    }

    @Test
    void panic_failsThePlugin_untilItIsOpenedAnew() throws Exception {
        script.answer("tag", Answer.panic("index out of bounds"), OK);
        SynchronizedPlugin plugin = open();
        assertEquals(PluginState.ACTIVE, plugin.state());

        PluginException panic = error(plugin, "tag");
        assertEquals(ErrorCode.INTERNAL, panic.errorCode());
        assertEquals("index out of bounds", panic.pluginMessage());
        assertEquals(PluginState.FAILED, plugin.state());
        assertEquals(ErrorCode.INVALID_STATE, error(plugin, "tag").errorCode());
        assertEquals(
                ErrorCode.INVALID_STATE,
                assertThrows(PluginException.class, () -> plugin.callRaw(1, new byte[0]))
                        .errorCode());

        SynchronizedPlugin anew = open();
        assertEquals(PluginState.ACTIVE, anew.state());
        assertEquals("\"ok\"", anew.call("tag", "{}"));
    }

    @Test
    void failureToStart_isThrownOnce_withWhatWasLogged() throws Exception {
        PluginLogLine line = PluginLogLine.of(LogLevel.ERROR, "license", "expired");
        script.failToStart(line);
        PluginLoadException failure = assertThrows(PluginLoadException.class, script::open);
        assertEquals("The scripted plugin did not start. It logged:\n  ERROR license: expired", failure.getMessage());
        assertEquals(List.of(line), failure.logLines());

        open();
        assertEquals(0, script.shutdowns());
        assertEquals(2, script.threads().size());
    }

    @Test
    void without_takesCapabilitiesAway() throws Exception {
        assertEquals(EnumSet.allOf(Capability.class), open().capabilities());
        script.without(Capability.values());
        SynchronizedPlugin plugin = open();

        assertEquals(Set.of(), plugin.capabilities());
        assertEquals(
                "The scripted plugin lacks RAW_CALLS",
                assertThrows(UnsupportedOperationException.class, () -> plugin.callRaw(1, new byte[0]))
                        .getMessage());
        assertThrows(UnsupportedOperationException.class, () -> plugin.setLogLevel(LogLevel.WARN));
        assertThrows(UnsupportedOperationException.class, plugin::state);
        assertThrows(UnsupportedOperationException.class, plugin::rejectedCount);
        assertEquals(ErrorCode.UNKNOWN_MESSAGE_TYPE, error(plugin, "tag").errorCode());
    }

    @Test
    void stateAndRejectedCount_areAsScripted() throws Exception {
        script.rejectedCount(3).state(PluginState.STOPPING).answer("tag", OK);
        SynchronizedPlugin plugin = open();
        assertEquals(3, plugin.rejectedCount());
        assertEquals(PluginState.STOPPING, plugin.state());
        assertEquals(ErrorCode.INVALID_STATE, error(plugin, "tag").errorCode());

        script.state(PluginState.ACTIVE);
        assertEquals("\"ok\"", plugin.call("tag", "{}"));
    }

    @Test
    void logLines_reachTheListenerWithTheCallersContext_fromTheirLevelOn() throws Exception {
        PluginLogLine info = PluginLogLine.of(LogLevel.INFO, "target", "info");
        PluginLogLine debug = PluginLogLine.of(LogLevel.DEBUG, "target", "debug");
        script.answer("tag", OK.logging(debug, info));
        LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
        SynchronizedPlugin plugin = audit.watch(script.open(PluginOptions.defaults()
                .withLogListener(line -> seen.add(line.message() + " for " + MDC.get("user") + " in " + line.tag()))));

        MDC.put("user", "me");
        try {
            plugin.call("tag", "{}");
            plugin.setLogLevel(LogLevel.DEBUG);
            assertEquals(LogLevel.DEBUG, script.logLevel());
            plugin.call("tag", "{}");
        } finally {
            MDC.clear();
        }
        assertEquals("info for me in tag", seen.take());
        assertEquals("debug for me in tag", seen.take());
        assertEquals("info for me in tag", seen.take());
    }

    // ---- calls that take their time ----

    @Test
    void limit_passesWhileThePluginTakesAMinute() throws Exception {
        script.answer("slow", OK.after(MINUTE)).answer("next", OK);
        SynchronizedPlugin plugin = open();
        Caller<String> caller = Caller.start(() -> plugin.call("slow", "{}", LIMIT));
        script.awaitStarted("slow");
        Caller<String> next = Caller.start(() -> plugin.call("next", "{}"));

        time.advance(LIMIT);
        assertTrue(
                assertInstanceOf(CallTimeoutException.class, caller.failure()).started());
        assertEquals(1, plugin.stats().running(), "it runs to its end");
        time.advance(LIMIT);
        assertEquals("\"ok\"", next.result());
        assertEquals(1, plugin.stats().expired());
    }

    @Test
    void limit_thatIsLonger_doesNotPass() throws Exception {
        script.answer("slow", OK.after(LIMIT));
        SynchronizedPlugin plugin = open();
        CompletableFuture<String> answer =
                plugin.request("slow", "{}").within(MINUTE).submit();
        script.awaitStarted("slow");
        time.advance(LIMIT);
        assertEquals("\"ok\"", answer.get());
    }

    @Test
    void limitOfABlock_passesWhileThePluginTakesAMinute() throws Exception {
        script.answer("slow", OK.after(MINUTE));
        SynchronizedPlugin plugin = open();
        Caller<PluginFanOut<String>> caller = Caller.start(() -> {
            try (PluginFanOut<String> block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL, LIMIT)) {
                block.fork("slow", "{}");
                block.fork("slow", "{}");
                return block.join();
            }
        });
        script.awaitStarted("slow");
        time.advance(LIMIT);
        assertInstanceOf(CallTimeoutException.class, caller.failure());
        script.close();
        assertEquals(1, script.calls().size(), "the second one never reached the plugin");
    }

    @Test
    void limitsOfThoseInTheLine_passToo() throws Exception {
        script.answer("held", OK.held());
        SynchronizedPlugin plugin = open();
        List<Caller<String>> callers = new ArrayList<>();
        for (int i = 0; i < 200; i++) { // more than there are places
            callers.add(Caller.start(() -> plugin.call("held", "{}", LIMIT)));
        }
        script.awaitStarted("held");
        time.awaitParked(200);
        time.advance(LIMIT);

        int started = 0;
        for (Caller<String> caller : callers) {
            started += assertInstanceOf(CallTimeoutException.class, caller.failure())
                            .started()
                    ? 1
                    : 0;
        }
        assertEquals(1, started);
    }

    @Test
    void heldCall_hangsUntilItIsReleased() throws Exception {
        script.answer("tag", OK.held(), Answer.json("2").held());
        SynchronizedPlugin plugin = open();
        Caller<String> first = Caller.start(() -> plugin.call("tag", "{}"));
        script.awaitStarted("tag");
        Caller<String> second = Caller.start(() -> plugin.call("tag", "{}"));

        assertEquals(1, script.calls().size());
        script.release("tag");
        assertEquals("\"ok\"", first.result());
        script.awaitStarted("tag", 2);
        assertFalse(second.isDone());
        script.release("tag");
        assertEquals("2", second.result());

        script.release("tag");
        assertEquals("2", plugin.call("tag", "{}"), "a release that comes first is kept");
    }

    @Test
    void heldCall_isGivenUpByAnInterrupt() throws Exception {
        script.answerRaw(7, Answer.body("").held());
        SynchronizedPlugin plugin = open();
        Caller<byte[]> caller = Caller.start(() -> plugin.callRaw(7, new byte[0]));
        script.awaitStarted("message 7");
        caller.interrupt();
        assertTrue(assertInstanceOf(CallInterruptedException.class, caller.failure())
                .started());
    }

    @Test
    void latency_withoutAVirtualTime_passesByItself() throws Exception {
        try (ScriptedPlugin real = new ScriptedPlugin()) {
            real.answer("tag", OK.after(Duration.ofMillis(1)));
            assertEquals("\"ok\"", audit.watch(real.open()).call("tag", "{}"));
        }
    }

    @Test
    void latency_passesInTheTimeOfTheOptions() throws Exception {
        try (ScriptedPlugin real = new ScriptedPlugin()) {
            real.answer("tag", OK.after(MINUTE));
            SynchronizedPlugin plugin = audit.watch(real.open(PluginOptions.defaults()
                    .withGate(TurnstileOptions.defaults().withTimeSource(time))));
            Caller<String> caller = Caller.start(() -> plugin.call("tag", "{}"));
            real.awaitStarted("tag");
            time.advance(MINUTE);
            assertEquals("\"ok\"", caller.result());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void heldAnswerThatTakesItsTime_isBoth(boolean heldFirst) throws Exception {
        script.answer(
                "tag", heldFirst ? OK.held().after(MINUTE) : OK.after(MINUTE).held(), OK.held());
        SynchronizedPlugin plugin = open();
        script.release("tag");
        CompletableFuture<String> first = plugin.submit("tag", "{}");
        Eventually.isTrue("the worker sleeps", () -> time.toString().contains(" 1 threads"));
        time.advance(MINUTE);
        assertEquals("\"ok\"", first.get());

        Caller<String> second = Caller.start(() -> plugin.call("tag", "{}", LIMIT));
        script.awaitStarted("tag", 2);
        time.advance(LIMIT);
        assertInstanceOf(CallTimeoutException.class, second.failure(), "the release is used up");
    }

    @Test
    void howAnAnswerIsGiven_addsUp() throws Exception {
        PluginLogLine line = PluginLogLine.of(LogLevel.WARN, "target", "as scripted");
        script.answer("tag", Answer.panic("all at once").held().after(MINUTE).logging(line));
        script.answer(
                "other", Answer.panic("all at once").logging(line).after(MINUTE).held());
        for (String tag : List.of("tag", "other")) {
            LinkedBlockingQueue<PluginLogLine> seen = new LinkedBlockingQueue<>();
            SynchronizedPlugin plugin =
                    audit.watch(script.open(PluginOptions.defaults().withLogListener(seen::add)));
            Caller<String> caller = Caller.start(() -> plugin.call(tag, "{}"));
            script.awaitStarted(tag);
            assertEquals(
                    PluginLogLine.of(LogLevel.WARN, "target", "as scripted").withTag(tag), seen.take());
            script.release(tag);
            assertFalse(caller.isDone());
            time.advance(MINUTE);
            assertInstanceOf(PluginException.class, caller.failure());
            assertEquals(PluginState.FAILED, plugin.state());
        }
    }

    @Test
    void latency_isNoCallerThatIsParked() throws Exception {
        script.answer("slow", OK.after(MINUTE));
        SynchronizedPlugin plugin = open();
        CompletableFuture<String> slow = plugin.submit("slow", "{}");
        Eventually.isTrue("the worker sleeps", () -> time.toString().contains(" 1 threads"));
        Caller<String> observer = Caller.start(() -> {
            Thread.currentThread().interrupt(); // it does not wait, if it need not
            time.awaitParked(1);
            return "parked";
        });
        assertInstanceOf(InterruptedException.class, observer.failure());
        time.advance(MINUTE);
        assertEquals("\"ok\"", slow.get());
    }

    @Test
    void latency_thatIsNegative_isRefused() {
        assertEquals(
                "time is PT-30S, but must be 0 or more",
                assertThrows(IllegalArgumentException.class, () -> OK.after(LIMIT.negated()))
                        .getMessage());
    }

    // ---- closing ----

    @Test
    void close_letsGoOfWhateverHangsOrTakesItsTime() throws Exception {
        script.answer("held", OK.held()).answer("slow", OK.after(MINUTE));
        SynchronizedPlugin first = open();
        SynchronizedPlugin second = open();
        Caller<String> held = Caller.start(() -> first.call("held", "{}"));
        Caller<String> slow = Caller.start(() -> second.call("slow", "{}"));
        script.awaitStarted("held");
        script.awaitStarted("slow");
        script.shutDownAfter(MINUTE);

        script.close();
        assertEquals("\"ok\"", held.result());
        assertEquals("\"ok\"", slow.result());
        assertEquals(2, script.shutdowns());
        assertEquals("ScriptedPlugin[2 calls, closed]", script.toString());
        assertThrows(TurnstileClosedException.class, () -> first.call("held", "{}"));
        assertEquals(
                "The script is closed: it opens no more plugins",
                assertThrows(IllegalStateException.class, script::open).getMessage());
    }

    @Test
    void closingThePlugin_underACallThatHangs_givesUpAtItsLimit() throws Exception {
        script.answer("held", OK.held());
        SynchronizedPlugin plugin = open();
        CompletableFuture<String> running = plugin.submit("held", "{}");
        script.awaitStarted("held");
        Caller<CloseReport> closer = Caller.start(() -> plugin.close(LIMIT));
        time.awaitParked(1);
        time.advance(LIMIT);

        assertFalse(closer.result().resourceClosed());
        assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(running));
        assertEquals(0, script.shutdowns(), "not under the call");
        script.release("held");
        assertTrue(plugin.awaitTermination(Audit.PATIENCE));
        assertEquals(1, script.shutdowns());
    }

    @Test
    void shutdown_thatTakesLongerThanTheLimit_isStillGoingOn() throws Exception {
        script.shutDownAfter(MINUTE);
        SynchronizedPlugin plugin = open();
        Caller<CloseReport> closer = Caller.start(() -> plugin.close(LIMIT));
        time.awaitParked(1);
        time.advance(LIMIT);
        assertFalse(closer.result().resourceClosed());
        assertEquals(0, script.shutdowns());
    }

    @Test
    void shutdown_thatFails_isReported() throws Exception {
        RuntimeException failure = new IllegalStateException("as scripted");
        script.failToShutDown(failure);
        SynchronizedPlugin plugin = open();
        CloseReport report = plugin.close(LIMIT);
        assertTrue(report.resourceClosed());
        assertSame(failure, report.closeFailure());
        assertEquals(1, script.shutdowns());
    }

    // ---- what it saw ----

    @Test
    void calls_areThoseThatBegan_inOrder_asTheyCame() throws Exception {
        script.answer("tag", OK);
        SynchronizedPlugin plugin = open();
        byte[] request = {1, 2};
        plugin.call("tag", "{\"n\" : 1}");
        error(plugin, "unknown");
        plugin.call("tag", new Say("é"), String.class);
        assertThrows(PluginException.class, () -> plugin.callRaw(7, request));
        plugin.call("tag", "x".repeat(1000));

        List<ReceivedCall> calls = script.calls();
        assertEquals(
                List.of("tag {\"n\" : 1}", "unknown {}", "tag {\"message\":\"é\"}", "message 7 \1\2"),
                calls.subList(0, 4).stream().map(ReceivedCall::toString).toList());
        assertArrayEquals(request, calls.get(3).bytes());
        calls.get(3).bytes()[0] = 9;
        assertArrayEquals(request, calls.get(3).bytes());
        assertEquals(1000, calls.get(4).text().length());
        assertEquals("tag", calls.get(4).target());
    }

    @Test
    void manyCallers_areOneAtATimeOnOneThread() throws Exception {
        script.answer("tag", Answer.computed(request -> request));
        SynchronizedPlugin plugin = open();
        List<Caller<String>> callers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String json = Integer.toString(i);
            callers.add(Caller.start(() -> plugin.call("tag", json)));
        }
        for (int i = 0; i < 500; i++) {
            assertEquals(Integer.toString(i), callers.get(i).result());
        }
        script.close();
        assertEquals(500, script.calls().size());
        assertEquals(1, script.mostAtOnce());
        assertEquals(1, script.threads().size());
        assertEquals("turnstile-worker", script.threads().iterator().next().getName());
    }

    /** No gate does that; but who would believe in a 1 that cannot become a 2? */
    @Test
    void mostAtOnceAndThreads_tellOfCallsPastTheGate() throws Exception {
        script.answer("held", OK.held()).answer("tag", OK);
        ScriptedInstance instance = new ScriptedInstance(script, Set.of(), PluginOptions.defaults(), line -> {});
        Caller<byte[]> held = Caller.start(() -> instance.exchange("held", new byte[0]));
        script.awaitStarted("held");
        byte[] request = {'a'};
        instance.exchange("tag", request);
        request[0] = 'b';
        assertEquals("a", script.calls().get(1).text());
        script.release("held");
        held.result();
        assertEquals(2, script.mostAtOnce());
        assertEquals(2, script.threads().size());
        instance.exchange("tag", new byte[0]);
        assertEquals(2, script.mostAtOnce());
    }

    @Test
    void awaitStarted_byAThreadThatIsInterrupted_throws() {
        Caller<String> waiting = Caller.start(() -> {
            Thread.currentThread().interrupt();
            script.awaitStarted("tag");
            return "started";
        });
        assertInstanceOf(InterruptedException.class, waiting.failure());
    }

    @Test
    void open_withItsOwnTime_leavesTheOtherOptionsAlone() throws Exception {
        SynchronizedPlugin plugin = audit.watch(script.open(PluginOptions.defaults()
                .withGate(TurnstileOptions.defaults()
                        .withTimeSource(TimeSource.system())
                        .withCapacity(3))));
        assertEquals(3, plugin.capacity());
        script.answer("held", OK.held());
        Caller<String> caller = Caller.start(() -> plugin.call("held", "{}", LIMIT));
        time.awaitParked(1);
        time.advance(LIMIT);
        assertInstanceOf(CallTimeoutException.class, caller.failure());
    }
}
