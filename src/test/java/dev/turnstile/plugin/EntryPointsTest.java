package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.TurnstileState;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.function.ThrowingSupplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** All 24 ways to call a plugin answer alike, wait or refuse as their names say, and are refused by a closed gate. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class EntryPointsTest {
    @Parameter
    Host host;

    private static final Map<String, Object> REQUEST = Map.of("message", "grüß dich 🎟");
    private static final Map<String, Object> ANSWER = Map.of("message", "grüß dich 🎟", "length", 16);
    private static final byte[] BYTES = {0, 1, -1, 127, -128};

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private NativeProbe probe;
    private SynchronizedPlugin plugin;

    @BeforeEach
    void load() throws InterruptedException {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = host.probe(library);
        plugin = audit.watch(SynchronizedPlugin.load(
                library, PluginConfig.defaults(), host.inPlace(library).withCapacity(1)));
    }

    @AfterEach
    void letGo() {
        probe.openGate(0);
    }

    /** One call is in the plugin until the gate opens, and one in the only place. */
    private void fill() {
        audit.watch(plugin.request("block", "{\"gate\":0}").trySubmit());
        probe.awaitEntered(0, 1);
        CompletableFuture<String> pending =
                audit.watch(plugin.request("echo", "{\"message\":\"pending\"}").trySubmit());
        assertFalse(pending.isDone());
        assertEquals(1, plugin.pendingCount());
    }

    private static <T> Callable<T> callable(ThrowingSupplier<T> call) {
        return () -> {
            try {
                return call.get();
            } catch (Exception | Error thrown) {
                throw thrown;
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        };
    }

    private <T> T waitsThenAnswers(ThrowingSupplier<T> call) {
        fill();
        Caller<T> caller = Caller.start(callable(call));
        Eventually.isTrue("the caller waits", () -> plugin.waitingCount() == 1);
        assertFalse(caller.isDone());
        assertEquals(1, probe.count("calls"));
        probe.openGate(0);
        return caller.result();
    }

    // ---- the answer ----

    @ParameterizedTest
    @EnumSource
    void jsonCall_returnsThePayload(JsonEntry entry) throws Throwable {
        assertEquals(ANSWER, entry.call(plugin, "echo", REQUEST));
        assertEquals(1, probe.count("calls"));
        host.assertAllGivenBack(probe);
    }

    @ParameterizedTest
    @EnumSource
    void rawCall_returnsTheBytes(RawEntry entry) throws Throwable {
        assertArrayEquals(BYTES, entry.call(plugin, 1, BYTES));
        assertArrayEquals(new byte[0], entry.call(plugin, 1, new byte[0]));
        assertEquals(2, probe.count("raw_calls"));
        host.assertAllGivenBack(probe);
    }

    @ParameterizedTest
    @EnumSource
    void jsonCall_thatFails_throwsThePluginsError(JsonEntry entry) {
        Map<String, Object> request = Map.of("code", 7, "message", "out of tickets");
        PluginException thrown = assertThrows(PluginException.class, () -> entry.call(plugin, "fail", request));

        assertEquals(ErrorCode.HANDLER, thrown.errorCode());
        assertEquals("out of tickets", thrown.pluginMessage());
        assertEquals("fail", thrown.target());
        assertEquals(1, plugin.stats().failed());
    }

    @ParameterizedTest
    @EnumSource
    void rawCall_thatFails_throwsThePluginsError(RawEntry entry) {
        PluginException thrown = assertThrows(PluginException.class, () -> entry.call(plugin, 3, BYTES));

        assertEquals(ErrorCode.HANDLER, thrown.errorCode());
        assertEquals("failed as asked", thrown.pluginMessage());
        assertEquals(1, plugin.stats().failed());
    }

    /** The caller may use its array again at once. */
    @Test
    void rawRequest_isCopiedBeforeTheMethodReturns() throws Exception {
        probe.closeGate(0);
        CompletableFuture<String> blocked = audit.watch(plugin.submit("block", "{\"gate\":0}"));
        probe.awaitEntered(0, 1);
        byte[] request = "before".getBytes(StandardCharsets.UTF_8);
        CompletableFuture<byte[]> future =
                audit.watch(plugin.requestRaw(1, request).submit());
        request[0] = 'X';
        probe.openGate(0);

        assertEquals("{\"gate\":0}", blocked.join());
        assertEquals("before", new String(future.join(), StandardCharsets.UTF_8));
    }

    // ---- a full line ----

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ANY, names = ".*_TRY_.*")
    void jsonCallThatDoesNotWait_whenTheLineIsFull_isRefused(JsonEntry entry) {
        fill();
        assertThrows(TurnstileFullException.class, () -> entry.call(plugin, "echo", REQUEST));

        probe.openGate(0);
        plugin.close(Audit.PATIENCE);
        assertEquals(2, probe.count("calls"));
        assertEquals(1, plugin.stats().notAdmitted());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ANY, names = "TRY_.*")
    void rawCallThatDoesNotWait_whenTheLineIsFull_isRefused(RawEntry entry) {
        fill();
        assertThrows(TurnstileFullException.class, () -> entry.call(plugin, 1, BYTES));

        probe.openGate(0);
        plugin.close(Audit.PATIENCE);
        assertEquals(0, probe.count("raw_calls"));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = ".*_TRY_.*")
    void jsonCall_whenTheLineIsFull_waitsForItsPlace(JsonEntry entry) {
        assertEquals(ANSWER, waitsThenAnswers(() -> entry.call(plugin, "echo", REQUEST)));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = "TRY_.*")
    void rawCall_whenTheLineIsFull_waitsForItsPlace(RawEntry entry) {
        assertArrayEquals(BYTES, waitsThenAnswers(() -> entry.call(plugin, 1, BYTES)));
    }

    // ---- a closed gate ----

    @ParameterizedTest
    @EnumSource
    void jsonCall_afterClose_isRefused(JsonEntry entry) {
        plugin.close();
        TurnstileClosedException thrown =
                assertThrows(TurnstileClosedException.class, () -> entry.call(plugin, "echo", REQUEST));

        assertFalse(thrown.started());
        assertEquals(0, probe.count("calls"));
    }

    @ParameterizedTest
    @EnumSource
    void rawCall_afterClose_isRefused(RawEntry entry) {
        plugin.close();
        TurnstileClosedException thrown =
                assertThrows(TurnstileClosedException.class, () -> entry.call(plugin, 1, BYTES));

        assertFalse(thrown.started());
        assertEquals(0, probe.count("calls"));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = ".*_TRY_.*")
    void jsonCall_whenTheGateClosesWhileItWaits_isRefused(JsonEntry entry) {
        fill();
        Caller<Object> caller = Caller.start(callable(() -> entry.call(plugin, "echo", REQUEST)));
        Eventually.isTrue("the caller waits", () -> plugin.waitingCount() == 1);
        plugin.shutdown();

        assertInstanceOf(TurnstileClosedException.class, caller.failure());
        probe.openGate(0);
        plugin.close(Audit.PATIENCE);
        assertEquals(2, probe.count("calls"));
    }

    // ---- control calls ----

    @Test
    void controlCalls_answer() throws Exception {
        assertEquals(PluginState.ACTIVE, plugin.state());
        assertEquals(0, plugin.rejectedCount());
        assertEquals(EnumSet.allOf(Capability.class), plugin.capabilities());
        assertEquals(1, plugin.capacity());
        assertEquals(TurnstileState.OPEN, plugin.gateState());
        assertThrows(
                UnsupportedOperationException.class, () -> plugin.capabilities().clear());
        plugin.setLogLevel(LogLevel.OFF);
        long lines = probe.count("log_lines");
        assertEquals("{\"lines\":3}", plugin.call("log", "{\"message\":\"m\",\"level\":4,\"count\":3}"));
        assertEquals(lines, probe.count("log_lines"));
        plugin.setLogLevel(LogLevel.ERROR);
        plugin.call("log", "{\"message\":\"m\",\"level\":4,\"count\":3}");
        assertEquals(lines + 3, probe.count("log_lines"));
    }

    @Test
    void controlCalls_afterClose_areRefusedOrTellWhatIsKnown() {
        plugin.close();

        assertEquals(PluginState.STOPPED, assertDoesNotThrow(plugin::state));
        assertThrows(TurnstileClosedException.class, plugin::rejectedCount);
        assertThrows(TurnstileClosedException.class, () -> plugin.setLogLevel(LogLevel.INFO));
        assertEquals(EnumSet.allOf(Capability.class), plugin.capabilities());
        assertEquals(TurnstileState.CLOSED, plugin.gateState());
        assertTrue(plugin.toString().contains("CLOSED"), plugin::toString);
    }

    @Test
    void controlCall_waitsItsTurn() {
        assertEquals(PluginState.ACTIVE, waitsThenAnswers(plugin::state));
    }

    @Test
    void pluginWithoutOptionalExports_answersJsonAndNamesWhatItLacks() throws Exception {
        SynchronizedPlugin minimal = audit.watch(
                SynchronizedPlugin.load(TestPlugins.library("minimal"), PluginConfig.defaults(), host.options()));

        assertEquals(Set.of(), minimal.capabilities());
        assertEquals("{\"a\":1}", minimal.call("any", "{\"a\":1}"));
        assertLacks("plugin_get_state", minimal::state);
        assertLacks("plugin_get_rejected_count", minimal::rejectedCount);
        assertLacks("plugin_set_log_level", () -> minimal.setLogLevel(LogLevel.INFO));
        for (RawEntry entry : RawEntry.values()) {
            assertLacks("plugin_call_raw", () -> entry.call(minimal, 1, BYTES));
        }
        assertEquals("{\"a\":2}", minimal.call("any", "{\"a\":2}"));
    }

    private static void assertLacks(String export, Executable use) {
        String message = assertThrows(UnsupportedOperationException.class, use).getMessage();
        assertTrue(message.contains(export), message);
    }
}
