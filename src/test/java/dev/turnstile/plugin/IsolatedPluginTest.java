package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.Health;
import dev.turnstile.InstanceProcess;
import dev.turnstile.InstanceStats;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A plugin in a process of its own does what it does in this one. */
class IsolatedPluginTest {
    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    private final List<PluginLogLine> logged = new CopyOnWriteArrayList<>();

    private PluginOptions options(Isolation isolation) {
        return PluginOptions.defaults().withLogListener(logged::add).withIsolation(isolation);
    }

    private SynchronizedPlugin load(Host host) throws InterruptedException {
        return load("turnstile_demo", PluginConfig.defaults(), host.isolation());
    }

    private SynchronizedPlugin load(String name, PluginConfig config, Isolation isolation) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(TestPlugins.library(name), config, options(isolation)));
    }

    // ---- calls ----

    @ParameterizedTest
    @EnumSource
    void calls_ofEachKind_areAnswered(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        String echo = plugin.call("echo", "{\"message\":\"grüße\"}");
        assertTrue(echo.contains("grüße"), echo);
        assertEquals(echo, plugin.submit("echo", "{\"message\":\"grüße\"}").get());
        byte[] bytes = {0, 1, 2, -1};
        PluginException unknown = assertThrows(PluginException.class, () -> plugin.callRaw(4711, bytes));
        assertEquals(ErrorCode.UNKNOWN_MESSAGE_TYPE, unknown.errorCode());
        PluginException failure =
                assertThrows(PluginException.class, () -> plugin.call("fail", "{\"code\":7,\"message\":\"as asked\"}"));
        assertEquals(ErrorCode.HANDLER, failure.errorCode());
        assertEquals("as asked", failure.pluginMessage());
        assertEquals("null", plugin.call("nothing", "{}"));
    }

    @ParameterizedTest
    @EnumSource
    void payloads_ofAnySize_areWhole(Host host) throws Exception {
        SynchronizedPlugin plugin = load("minimal", PluginConfig.defaults(), host.isolation());
        for (int length : new int[] {0, 1, 65_000, 65_536, 65_537, 10_000_000, 3, 1 << 20, 100}) {
            String text = "\"" + "ü".repeat(length) + "\"";
            assertEquals(text, plugin.call("any", text));
        }
        for (int i = 0; i < 100; i++) { // what was large is given back meanwhile
            assertEquals(Integer.toString(i), plugin.call("any", Integer.toString(i)));
        }
        String text = "\"" + "x".repeat(2_000_000) + "\"";
        assertEquals(text, plugin.call("any", text));
    }

    /** Each is larger than the smallest area and smaller than what is kept. */
    @ParameterizedTest
    @EnumSource
    void payloadsAfterALargeOne_areWhole(Host host) throws Exception {
        SynchronizedPlugin plugin = load("minimal", PluginConfig.defaults(), host.isolation());
        plugin.call("any", "\"" + "x".repeat(2_000_000) + "\"");
        for (int i = 0; i < 100; i++) {
            String text = "\"" + Integer.toString(i % 10).repeat(100_000) + "\"";
            assertEquals(text, plugin.call("any", text));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void crashWithoutRestarts_failsEachFurtherCall(Host host) throws Exception {
        SynchronizedPlugin plugin = load("crashes", PluginConfig.defaults(), host.isolation());
        assertTrue(assertThrows(PluginCrashedException.class, () -> plugin.call("segv", "{}"))
                .started());
        for (int i = 0; i < 3; i++) {
            PluginLostException again = assertThrows(PluginLostException.class, () -> plugin.call("echo", "{}"));
            assertFalse(again.started());
        }
        assertEquals(Health.Status.DOWN, plugin.health().status());
        assertNull(plugin.close(Audit.PATIENCE).closeFailure());
    }

    /** The JDK would tell of a death on a thread of that pool. */
    @Test
    void crash_isNoticed_thoughTheCommonPoolIsBusy() throws Exception {
        SynchronizedPlugin plugin = load("crashes", PluginConfig.defaults(), Isolation.process());
        CountDownLatch released = new CountDownLatch(1);
        List<ForkJoinTask<?>> busy = new ArrayList<>();
        for (int i = 0; i < 2 * ForkJoinPool.getCommonPoolParallelism() + 2; i++) {
            busy.add(ForkJoinPool.commonPool().submit(() -> released.await(1, TimeUnit.MINUTES)));
        }
        try {
            assertThrows(PluginCrashedException.class, () -> plugin.call("segv", "{}"));
        } finally {
            released.countDown();
        }
        busy.forEach(ForkJoinTask::join);
    }

    @ParameterizedTest
    @EnumSource
    void capabilities_areThoseOfThePlugin(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        assertEquals(Set.of(Capability.values()), plugin.capabilities());
        assertEquals(PluginState.ACTIVE, plugin.state());
        assertEquals(0, plugin.rejectedCount());

        SynchronizedPlugin minimal = load("minimal", PluginConfig.defaults(), host.isolation());
        assertEquals(Set.of(), minimal.capabilities());
        assertTrue(assertThrows(UnsupportedOperationException.class, minimal::state)
                .getMessage()
                .endsWith("minimal.so does not export plugin_get_state"));
        assertThrows(UnsupportedOperationException.class, () -> minimal.callRaw(1, new byte[0]));
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void refusals_readAsInThisProcess(Host host) {
        for (String name : List.of("null_create", "missing_call", "crashes")) {
            PluginConfig config = PluginConfig.defaults().withData("end", "init:refuse");
            assertEquals(
                    assertThrows(PluginLoadException.class, () -> load(name, config, Isolation.none()))
                            .getMessage(),
                    assertThrows(PluginLoadException.class, () -> load(name, config, host.isolation()))
                            .getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void library_mayHaveAnyName(Host host, @TempDir Path directory) throws Exception {
        Path library = Files.copy(TestPlugins.library("minimal"), directory.resolve("ein grüßendes 😀.so"));
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(
                library, PluginConfig.defaults(), options(host.isolation()).withLibraryInPlace(true)));

        assertEquals("1", plugin.call("any", "1"));
    }

    // ---- log lines ----

    @ParameterizedTest
    @EnumSource
    void lines_comeInOrder_withTheirCall(Host host) throws Exception {
        SynchronizedPlugin plugin = load("crashes", PluginConfig.defaults(), host.isolation());
        for (int i = 0; i < 20; i++) {
            plugin.call("log", "{}");
            plugin.call("echo", "{}");
        }
        assertTrue(plugin.flushLog(Audit.PATIENCE));

        assertEquals(20, logged.size(), "each line of a call that has returned is there");
        assertEquals(
                List.of(PluginLogLine.of(LogLevel.INFO, "crashes", "a line").withTag("log")),
                logged.stream().distinct().toList());
    }

    @ParameterizedTest
    @EnumSource
    void level_isToldToThePlugin(Host host) throws Exception {
        SynchronizedPlugin plugin =
                load("late_level", PluginConfig.defaults().withLogLevel(LogLevel.WARN), host.isolation());
        assertEquals("3", plugin.call("level", "{}"));
        plugin.setLogLevel(LogLevel.TRACE);
        assertEquals("0", plugin.call("level", "{}"));
    }

    @ParameterizedTest
    @EnumSource
    void shutdownThatFails_isTheCloseFailure_withItsLines(Host host) throws Exception {
        SynchronizedPlugin plugin = load("fails_in_shutdown", PluginConfig.defaults(), host.isolation());
        plugin.call("any", "1");
        PluginException failure = assertInstanceOf(
                PluginException.class, plugin.close(Audit.PATIENCE).closeFailure());

        assertEquals(ErrorCode.SHUTDOWN_FAILED, failure.errorCode());
        assertTrue(failure.getMessage().contains("panic in on_stop: as asked"), failure::getMessage);
    }

    // ---- the process ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void process_hasItsEnvironmentAndDirectory(Host host, @TempDir Path directory) throws Exception {
        SynchronizedPlugin plugin = load(
                "crashes",
                PluginConfig.defaults(),
                host.isolation()
                        .withEnvironment("TURNSTILE_TEST", "a value")
                        .withWorkingDirectory(directory)
                        .withCommandPrefix("nice"));
        assertEquals("\"a value\"", plugin.call("variable", "{}"));
        assertEquals("\"" + directory.toRealPath() + "\"", plugin.call("directory", "{}"));
        long pid = Long.parseLong(plugin.call("pid", "{}"));
        assertEquals(
                List.of(pid),
                ProcessesGone.running().stream().map(ProcessHandle::pid).toList());
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void output_isReadAway(Host host) throws Exception {
        SynchronizedPlugin plugin = load("crashes", PluginConfig.defaults(), host.isolation());
        for (int i = 0; i < 5_000; i++) { // more than a pipe holds
            plugin.call("print", "{}");
        }
    }

    @Test
    void processThatCannotBeStarted_isALoadFailure(@TempDir Path directory) {
        for (Isolation isolation : List.of(
                Isolation.process().withWorkingDirectory(directory.resolve("none")),
                Isolation.process().withNativeHost(directory.resolve("none")),
                Isolation.process().withCommandPrefix("false"),
                Isolation.process().withJvmArguments("-XX:NoSuchOption"))) {
            PluginLoadException failure =
                    assertThrows(PluginLoadException.class, () -> load("minimal", PluginConfig.defaults(), isolation));
            assertTrue(failure.getMessage().contains("process"), failure::getMessage);
        }
    }

    @Test
    void jvmThatDoesNotStart_saysWhy() {
        PluginLoadException failure = assertThrows(
                PluginLoadException.class,
                () -> load(
                        "minimal", PluginConfig.defaults(), Isolation.process().withJvmArguments("-XX:NoSuchOption")));
        assertTrue(failure.getMessage().contains("Unrecognized VM option 'NoSuchOption'"), failure::getMessage);
    }

    @Test
    void deathBetweenCalls_failsTheNextOne_whichHasNotBegun() throws Exception {
        SynchronizedPlugin plugin = load("crashes", PluginConfig.defaults(), Isolation.process());
        long pid = Long.parseLong(plugin.call("pid", "{}"));
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        Eventually.isTrue("it is gone", () -> !process.isAlive());
        PluginCrashedException lost = assertThrows(PluginCrashedException.class, () -> plugin.call("echo", "1"));

        assertFalse(lost.started());
        assertEquals("SIGKILL", lost.reason());
        assertEquals(pid, lost.pid());
    }

    @ParameterizedTest
    @EnumSource
    void instances_tellTheirProcess_alsoWhileItHangs(Host host) throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(
                TestPlugins.library("crashes"),
                host == Host.THIS_PROCESS ? 1 : 2,
                PluginConfig.defaults(),
                options(host.isolation()).withGate(TurnstileOptions.defaults().withRestarts(Restarts.AT_ONCE))));
        if (host == Host.THIS_PROCESS) {
            assertEquals(Optional.empty(), pool.instances().getFirst().process());
            return;
        }
        CompletableFuture<String> hanging = audit.watch(pool.submit("hang", "{}"));
        Eventually.isTrue("it hangs", () -> pool.stats().running() == 1);
        Set<Long> pids = new HashSet<>();
        for (InstanceStats instance : pool.instances()) {
            InstanceProcess process = instance.process().orElseThrow();
            pids.add(process.pid());
            assertEquals(OS.LINUX.isCurrentOs(), process.residentBytes().orElse(0) > 0, process::toString);
        }
        assertEquals(
                pids,
                Set.copyOf(
                        ProcessesGone.running().stream().map(ProcessHandle::pid).toList()));

        for (long pid : pids) {
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        }
        assertInstanceOf(PluginCrashedException.class, Caller.failureOf(hanging));
        Eventually.isTrue(
                "the one that ran is replaced",
                () -> pool.instances().stream()
                        .flatMap(instance -> instance.process().stream())
                        .anyMatch(process -> !pids.contains(process.pid())));
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void lostInstance_hasNoProcess(Host host) throws Exception {
        SynchronizedPlugin plugin = load("crashes", PluginConfig.defaults(), host.isolation());
        assertThrows(PluginCrashedException.class, () -> plugin.call("segv", "{}"));
        assertEquals(Optional.empty(), plugin.instances().getFirst().process());
    }

    // ---- with other features ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void pool_hasAProcessForEach(Host host) throws Exception {
        PluginPool pool = audit.watch(
                PluginPool.load(TestPlugins.library("crashes"), 3, PluginConfig.defaults(), options(host.isolation())));
        assertEquals(3, ProcessesGone.running().size());
        Set<String> pids = new HashSet<>();
        for (int key = 0; key < 100; key++) {
            pids.add(pool.withKey(key).call("pid", "{}"));
        }
        assertEquals(3, pids.size());
        pool.resize(1);
        Eventually.isTrue("two have ended", () -> ProcessesGone.running().size() == 1);
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void pool_entersEachProcessOnOneThread_oneCallAtATime(Host host) throws Exception {
        PluginPool pool =
                audit.watch(PluginPool.load(TestPlugins.demo(), 3, PluginConfig.defaults(), options(host.isolation())));
        List<Caller<String>> callers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            callers.add(Caller.start(() -> pool.call("echo", "{\"message\":\"m\"}")));
        }
        callers.forEach(Caller::result);
        for (Probed seen : new EachInstance(pool.gate).ask(IsolatedPluginTest::probe)) {
            assertEquals(0, seen.overlaps());
            assertEquals(1, seen.maxDepth());
            assertTrue(seen.singleThread());
        }
    }

    record Probed(long overlaps, long maxDepth, boolean singleThread) {}

    private static Probed probe(ConfinedPlugin plugin) {
        try {
            byte[] envelope = plugin.exchange("probe", "{}".getBytes(StandardCharsets.UTF_8));
            return SerdeMapper.shared()
                    .treeToValue(SerdeMapper.shared().readTree(envelope).get("payload"), Probed.class);
        } catch (ErrorReply failed) {
            throw new AssertionError(failed);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void swap_isToAnotherProcess(Host host) throws Exception {
        Bundle bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.load(bundle, PluginConfig.defaults(), options(host.isolation())));
        Set<Long> before = Set.copyOf(
                ProcessesGone.running().stream().map(ProcessHandle::pid).toList());
        plugin.swap(
                TestPlugins.library("crashes"),
                PluginConfig.defaults(),
                fresh -> assertArrayEquals(
                        "{\"status\":\"success\",\"payload\":1}".getBytes(StandardCharsets.UTF_8),
                        fresh.exchange("echo", new byte[] {'1'})),
                Audit.PATIENCE);
        assertFalse(before.contains(Long.parseLong(plugin.call("pid", "{}"))));
        Eventually.isTrue("the old one has ended", () -> ProcessesGone.running().size() == 1);
    }

    @Test
    void libraryInPlace_goesWithRestartsAndPools() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(
                TestPlugins.library("crashes"),
                2,
                PluginConfig.defaults(),
                options(Isolation.process()).withLibraryInPlace(true)));
        assertEquals("1", pool.call("echo", "1"));
        assertEquals(2, place.extracted().size(), "the processes' own directories, and no copy");
    }

    @Test
    void sharedInstance_isRefused() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> PluginPool.loadShared(
                        TestPlugins.demo(), 2, PluginConfig.defaults(), options(Isolation.process())));
        assertTrue(refused.getMessage().startsWith("isolation is"), refused::getMessage);
    }

    @Test
    void timeLimit_endsTheWaitingOnly_andKillAfterTheCall() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.library("crashes"),
                PluginConfig.defaults(),
                options(Isolation.process().withKillAfter(Duration.ofMillis(500)))
                        .withGate(TurnstileOptions.defaults())));
        PluginKilledException killed = assertThrows(PluginKilledException.class, () -> plugin.call("hang", "{}"));
        assertTrue(killed.getMessage().contains("longer than 500 ms"), killed::getMessage);
    }

    // ---- in Java ----

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NATIVE_BY_FUTEX", "NATIVE_BY_BYTES"})
    void pluginInJava_isMadeFromItsClass(Host host) throws Exception {
        Isolation isolation = host.isolation().withJvmArguments("-Dturnstile.test.property=set");
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.open(CountingPlugin.class, options(isolation)));
        assertEquals("1", plugin.call("count", "{}"));
        assertEquals("2", plugin.call("count", "{}"));
        assertEquals(
                ErrorCode.HANDLER,
                assertThrows(PluginException.class, () -> plugin.call("fail", "{}"))
                        .errorCode());
        assertTrue(assertThrows(IllegalStateException.class, () -> plugin.call("throw", "{}"))
                .getMessage()
                .contains("as asked"));
        assertEquals(isolation.isProcess() ? "\"set\"" : "\"null\"", plugin.call("property", "{}"));
        assertThrows(UnsupportedOperationException.class, plugin::state);
        plugin.close(Audit.PATIENCE);
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(
                List.of("call 1", "call 2", "call 3", "call 4", "call 5", "closed"),
                logged.stream().map(PluginLogLine::message).toList());
    }

    @Test
    void pluginInJava_thatEndsItsProcess_isReplaced() throws Exception {
        PluginPool pool = audit.watch(PluginPool.open(
                CountingPlugin.class,
                2,
                options(Isolation.process())
                        .withGate(TurnstileOptions.defaults().withRestarts(Restarts.AT_ONCE))));
        assertEquals(
                "exit code 5",
                assertThrows(PluginCrashedException.class, () -> pool.call("halt", "{}"))
                        .reason());
        for (int key = 0; key < 20; key++) {
            pool.withKey(key).call("count", "{}");
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NATIVE_BY_FUTEX", "NATIVE_BY_BYTES"})
    void pluginInJava_mayInterruptItsThread(Host host) throws Exception {
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.open(CountingPlugin.class, options(host.isolation())));
        for (int i = 1; i <= 5; i++) {
            assertEquals(Integer.toString(i), plugin.call("interrupt", "{}"));
        }
        plugin.close(Audit.PATIENCE);
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(
                List.of(
                        "call 1", "still", "call 2", "still", "call 3", "still", "call 4", "still", "call 5", "still",
                        "closed"),
                logged.stream().map(PluginLogLine::message).toList());
    }

    @Test
    void pluginInJava_thatCannotBeMade_isRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> SynchronizedPlugin.open(IsolatedPlugin.class, options(Isolation.process())));
        assertThrows(
                IllegalArgumentException.class,
                () -> SynchronizedPlugin.open(
                        CountingPlugin.class, options(Isolation.process().withNativeHost(TestPlugins.host()))));
        assertThrows(
                IllegalArgumentException.class,
                () -> SynchronizedPlugin.open(log -> new CountingPlugin(log), options(Isolation.process())));
    }
}
