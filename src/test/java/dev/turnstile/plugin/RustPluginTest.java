package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract with a real plugin, written on the published rustbridge crate; skipped, and said so, where it could not be
 * built. Each test has its own copy of the file, since the crate keeps callback and handlers in globals.
 */
class RustPluginTest {
    private static final Map<String, Object> ECHO = Map.of("message", "grüß dich 🎟");

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private final Queue<PluginLogLine> lines = new ConcurrentLinkedQueue<>();
    private SynchronizedPlugin plugin;

    @BeforeEach
    void load() throws InterruptedException {
        Path built = TestPlugins.library("sync_demo");
        Assumptions.assumeTrue(
                Files.exists(built), () -> built + " is not there: the Rust plugin was not built (the build says why)");
        plugin = load(LogLevel.INFO);
    }

    private SynchronizedPlugin load(LogLevel level) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(
                TestPlugins.privateCopy("sync_demo", directory),
                PluginConfig.defaults().withWorkerThreads(2).withLogLevel(level),
                PluginOptions.defaults().withLogListener(lines::add)));
    }

    private PluginException failure(String tag, Map<String, Object> request) {
        return assertThrows(PluginException.class, () -> plugin.call(tag, request, Map.class));
    }

    private static void assertFailure(long code, String message, PluginException thrown) {
        assertEquals(code, thrown.errorCode().value(), thrown::toString);
        assertTrue(thrown.getMessage().contains(message), thrown::toString);
        assertTrue(!thrown.getMessage().contains("{") && !thrown.getMessage().contains("\0"), thrown::toString);
    }

    // ---- answers ----

    @ParameterizedTest
    @EnumSource
    void echo_comesBack(JsonEntry entry) throws Throwable {
        assertEquals(Map.of("message", "grüß dich 🎟", "length", 16), entry.call(plugin, "echo", ECHO));
    }

    @ParameterizedTest
    @EnumSource
    void rawEcho_comesBack(RawEntry entry) throws Throwable {
        byte[] bytes = new byte[100_000];
        new java.util.Random(1).nextBytes(bytes);

        assertArrayEquals(bytes, entry.call(plugin, 1, bytes));
        assertArrayEquals(new byte[0], entry.call(plugin, 1, new byte[0]));
    }

    @Test
    void sleep_saysHowLong() throws Exception {
        assertEquals(Map.of("slept_ms", 3), plugin.call("sleep", Map.of("duration_ms", 3), Map.class));
    }

    @Test
    void controlCalls_answer() throws Exception {
        assertEquals(EnumSet.allOf(Capability.class), plugin.capabilities());
        assertEquals(PluginState.ACTIVE, plugin.state());
        assertEquals(0, plugin.rejectedCount());
    }

    // ---- errors ----

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5", "6", "7", "8", "11", "12"})
    void fail_withACode_isThatError(int code) {
        assertFailure(code, "out of tickets", failure("fail", Map.of("code", code, "message", "out of tickets")));
    }

    @Test
    void errorsOfRustbridgeItself_haveCodeAndCleanMessage() throws Exception {
        assertFailure(6, "no_such_tag", failure("no_such_tag", Map.of()));
        assertFailure(5, "message", failure("echo", Map.of("text", "no message")));
        PluginException raw = assertThrows(PluginException.class, () -> plugin.callRaw(77, new byte[] {1}));
        assertFailure(6, "77", raw);
        assertEquals(16, ((Map<?, ?>) plugin.call("echo", ECHO, Map.class)).get("length"), "and it goes on");
        assertEquals(PluginState.ACTIVE, plugin.state());
    }

    /** A panic is error 11, once; only a new instance helps. */
    @Test
    void panic_failsThePluginAndNothingElse() throws Exception {
        assertEquals(11, failure("panic", Map.of()).errorCode().value());
        assertEquals(1, failure("echo", ECHO).errorCode().value());
        assertEquals(
                1,
                assertThrows(PluginException.class, () -> plugin.callRaw(1, new byte[] {1}))
                        .errorCode()
                        .value());
        assertEquals(PluginState.FAILED, plugin.state());
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        assertNull(plugin.close(Audit.PATIENCE).closeFailure());

        assertEquals(16, ((Map<?, ?>) load(LogLevel.INFO).call("echo", ECHO, Map.class)).get("length"));
    }

    // ---- many callers ----

    @Test
    void thousandVirtualCallers_areOneThreadToThePluginAndNeverOverlap() throws Exception {
        JsonEntry[] waiting = {JsonEntry.TEXT_CALL, JsonEntry.CLASS_TIMED_CALL, JsonEntry.TYPE_SUBMIT};
        List<Caller<Object>> callers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Map<String, Object> request = Map.of("message", "caller " + i);
            JsonEntry entry = waiting[i % waiting.length];
            callers.add(Caller.start(() -> {
                try {
                    return entry.call(plugin, "echo", request);
                } catch (Exception | Error thrown) {
                    throw thrown;
                } catch (Throwable impossible) {
                    throw new AssertionError(impossible);
                }
            }));
        }
        for (int i = 0; i < 1000; i++) {
            assertEquals("caller " + i, ((Map<?, ?>) callers.get(i).result()).get("message"));
        }

        assertEquals(
                Map.of("calls", 1001, "overlaps", 0, "threads", 1, "single_thread", true),
                plugin.call("probe", "", Map.class));
    }

    // ---- log lines ----

    @Test
    void logLines_ofStartAndStop_arriveFromTheCratesTarget() {
        awaitLine(LogLevel.INFO, "sync-demo started");
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        awaitLine(LogLevel.INFO, "sync-demo stopped");
    }

    @Test
    void logLevel_setLater_letsLinesThrough() throws Exception {
        plugin.call("sleep", Map.of("duration_ms", 1), Map.class);
        plugin.setLogLevel(LogLevel.DEBUG);
        plugin.call("sleep", Map.of("duration_ms", 2), Map.class);
        awaitLine(LogLevel.DEBUG, "sleeping for 2 ms");

        assertTrue(lines.stream().noneMatch(line -> line.message().contains("sleeping for 1 ms")), lines::toString);
    }

    /** The crate heeds the level of a start only for the first instance of a file. */
    @Test
    void logLevelOfTheConfiguration_isThatOfAFileThatWasLoadedBefore() throws Exception {
        Path copy = TestPlugins.privateCopy("sync_demo", directory);
        loadInPlace(copy, LogLevel.ERROR).close();
        SynchronizedPlugin again = loadInPlace(copy, LogLevel.DEBUG);
        assertEquals(Map.of("slept_ms", 3), again.call("sleep", Map.of("duration_ms", 3), Map.class));
        awaitLine(LogLevel.DEBUG, "sleeping for 3 ms");
    }

    private SynchronizedPlugin loadInPlace(Path library, LogLevel level) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(
                library,
                PluginConfig.defaults().withWorkerThreads(2).withLogLevel(level),
                TestPlugins.IN_PLACE.withLogListener(lines::add)));
    }

    private void awaitLine(LogLevel level, String message) {
        Eventually.isTrue(
                message,
                () -> lines.stream()
                        .anyMatch(line -> line.level() == level
                                && line.target().equals("sync_demo")
                                && line.message().contains(message)));
    }

    // ---- closing ----

    @Test
    void close_withManyCallers_drainsAndShutsDown() throws Exception {
        List<Caller<String>> callers = IntStream.range(0, 200)
                .mapToObj(i -> Caller.start(() -> plugin.call("echo", "{\"message\":\"m\"}")))
                .toList();
        Eventually.isTrue("some were served", () -> plugin.stats().completed() > 10);
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());

        Eventually.isTrue("everybody has an answer", () -> callers.stream().allMatch(Caller::isDone));
    }
}
