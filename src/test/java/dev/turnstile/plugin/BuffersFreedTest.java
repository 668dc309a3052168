package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.CloseReport;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every buffer that the plugin lent goes back to it, once, however the call ended. */
class BuffersFreedTest {
    private static final int GATE = 5;
    private static final String BLOCK = "{\"gate\":" + GATE + "}";

    @RegisterExtension
    final Audit audit = new Audit();

    private Path library;
    private NativeProbe probe;

    @BeforeEach
    void copyThePlugin(@TempDir Path directory) {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = new NativeProbe(library);
    }

    private SynchronizedPlugin load() throws InterruptedException {
        return audit.watch(TestPlugins.loadInPlace(library));
    }

    /** Closes, and checks what was lent for this many calls. */
    private void assertAllFreed(SynchronizedPlugin plugin, long calls) {
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        assertFreed(calls);
    }

    private void assertFreed(long calls) {
        assertEquals(calls, probe.count("calls"));
        assertEquals(0, probe.count("outstanding_buffers"), "buffers not given back");
        assertEquals(0, probe.count("double_frees"));
        assertEquals(0, probe.count("live_instances"));
        assertEquals(1, probe.count("shutdowns"));
    }

    // ---- calls that end by themselves ----

    @ParameterizedTest
    @EnumSource
    void buffers_ofSuccesses_areFreedOnce(JsonEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        entry.call(plugin, "echo", Map.of("message", "x".repeat(3000)));
        entry.call(plugin, "null", Map.of());
        entry.call(plugin, "nothing", Map.of());
        assertAllFreed(plugin, 3);
    }

    @ParameterizedTest
    @EnumSource
    void buffers_ofErrors_areFreedOnce(JsonEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        for (String body : List.of("envelope", "text", "malformed", "not_utf8", "empty")) {
            assertThrows(
                    PluginException.class, () -> entry.call(plugin, "fail", Map.of("code", 7, "body", body)), body);
        }
        assertThrows(PluginException.class, () -> entry.call(plugin, "unknown", Map.of()));
        assertThrows(PluginException.class, () -> entry.call(plugin, "panic", Map.of()));
        assertThrows(PluginException.class, () -> entry.call(plugin, "echo", Map.of()));
        assertAllFreed(plugin, 8);
    }

    @ParameterizedTest
    @EnumSource
    void buffers_ofRawCalls_areFreedOnce(RawEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load();
        entry.call(plugin, 1, new byte[5000]);
        entry.call(plugin, 1, new byte[0]);
        entry.call(plugin, 2, new byte[1]);
        assertThrows(PluginException.class, () -> entry.call(plugin, 3, new byte[1]));
        assertThrows(PluginException.class, () -> entry.call(plugin, 99, new byte[1]));
        assertAllFreed(plugin, 5);
    }

    @Test
    void buffers_of64MegaBytes_areFreedOnce() throws Exception {
        SynchronizedPlugin plugin = load();
        int bytes = 64 << 20;
        assertEquals(bytes + 2, plugin.call("big", "{\"bytes\":" + bytes + "}").length());
        assertEquals(bytes, plugin.callRaw(4, new byte[] {0, 0, 0, 4}).length);
        assertEquals(0, probe.count("outstanding_buffers"));
        assertAllFreed(plugin, 2);
    }

    @ParameterizedTest
    @EnumSource
    void buffers_ofResponsesThatCannotBeRead_areFreedOnce(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        for (String raw : List.of("[1]", "{\"status\":\"success\",\"payload\":", "{\"status\":\"ok\"}")) {
            assertThrows(CodecException.class, () -> entry.call(plugin, "envelope", Map.of("raw", raw)), raw);
        }
        assertThrows(CodecException.class, () -> plugin.call("echo", Map.of("message", "x"), Integer.class));
        assertThrows(IllegalArgumentException.class, () -> entry.call(plugin, "\0", Map.of()));
        assertAllFreed(plugin, 4);
    }

    @Test
    void buffers_ofTheDirectBinding_areFreedOnce() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            plugin.call("echo", "{\"message\":\"x\"}");
            plugin.callRaw(1, new byte[10]);
            assertThrows(PluginException.class, () -> plugin.call("fail", "{\"code\":7}"));
            assertThrows(PluginException.class, () -> plugin.callRaw(3, new byte[10]));
            assertThrows(CodecException.class, () -> plugin.call("envelope", "{\"raw\":\"x\"}"));
            assertEquals(0, probe.count("outstanding_buffers"));
        }
        assertFreed(5);
    }

    /** What the plugin lent is given back before the caller has its answer, not when the plugin is closed. */
    @Test
    void buffer_ofACall_isFreedBeforeItsCallerGoesOn() throws Exception {
        SynchronizedPlugin plugin = load();
        for (int i = 0; i < 100; i++) {
            plugin.call("echo", "{\"message\":\"x\"}");
            assertEquals(0, probe.count("outstanding_buffers"));
        }
    }

    // ---- calls that are given up while they run ----

    enum GivenUp {
        CANCELLED(CallCancelledException.class),
        TIMED_OUT_FUTURE(CallTimeoutException.class),
        TIMED_OUT_CALL(CallTimeoutException.class),
        INTERRUPTED(CallInterruptedException.class);

        private final Class<? extends Throwable> thrown;

        GivenUp(Class<? extends Throwable> thrown) {
            this.thrown = thrown;
        }
    }

    @ParameterizedTest
    @EnumSource
    void buffers_ofCallsGivenUpWhileTheyRun_areFreedOnce(GivenUp how) throws Exception {
        SynchronizedPlugin plugin = load();
        Throwable failure = switch (how) {
            case CANCELLED -> {
                CompletableFuture<String> future = audit.watch(plugin.submit("block", BLOCK));
                probe.awaitEntered(GATE, 1);
                future.cancel(true);
                yield Caller.failureOf(future);
            }
            case TIMED_OUT_FUTURE ->
                timedOut(limit -> Caller.failureOf(
                        audit.watch(plugin.request("block", BLOCK).within(limit).submit())));
            case TIMED_OUT_CALL ->
                timedOut(limit ->
                        Caller.start(() -> plugin.call("block", BLOCK, limit)).failure());
            case INTERRUPTED -> {
                Caller<String> caller = Caller.start(() -> plugin.call("block", BLOCK));
                probe.awaitEntered(GATE, 1);
                caller.interrupt();
                yield caller.failure();
            }
        };
        assertInstanceOf(how.thrown, failure);
        CompletableFuture<String> next = audit.watch(plugin.submit("fail", "{\"code\":3}"));
        probe.openGate(GATE);
        assertInstanceOf(PluginException.class, Caller.failureOf(next));
        assertAllFreed(plugin, 2);
    }

    private interface TimedCall {
        Throwable failure(Duration limit) throws Exception;
    }

    /** Tries longer and longer limits until one passes while the call runs, not before it started. */
    private static Throwable timedOut(TimedCall call) throws Exception {
        Duration limit = Duration.ofMillis(10);
        while (true) {
            CallTimeoutException failure = assertInstanceOf(CallTimeoutException.class, call.failure(limit));
            if (failure.started()) {
                return failure;
            }
            limit = limit.multipliedBy(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void buffers_ofACallUnderWhichThePluginIsClosed_areFreedOnce(boolean future) throws Exception {
        SynchronizedPlugin plugin = load();
        CompletableFuture<String> running = future ? audit.watch(plugin.submit("block", BLOCK)) : null;
        Caller<String> caller = future ? null : Caller.start(() -> plugin.call("block", BLOCK));
        probe.awaitEntered(GATE, 1);
        CompletableFuture<String> pending = audit.watch(plugin.submit("null", "{}"));

        CloseReport report = plugin.close(Duration.ZERO);
        assertFalse(report.resourceClosed());
        assertEquals(0, probe.count("shutdowns"), "not shut down under the call");
        assertInstanceOf(TurnstileClosedException.class, future ? Caller.failureOf(running) : caller.failure());
        assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(pending));
        probe.openGate(GATE);
        assertTrue(plugin.awaitTermination(Audit.PATIENCE));
        assertFreed(1);
    }
}
