package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.CloseReport;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileState;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A plugin is shut down exactly once, on its worker, after its last call; nobody hangs with it; and what does not come to
 * life leaves nothing behind. That no worker's thread is left is what the {@link Audit} checks.
 */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class PluginCloseTest {
    @Parameter
    Host host;

    private static final Duration SHORT = Duration.ofMillis(1);

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private Path library;
    private NativeProbe probe;

    @BeforeEach
    void copyThePlugin() {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = host.probe(library);
    }

    @AfterEach
    void letGo() {
        probe.openGate(0);
    }

    private SynchronizedPlugin load() throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(library, PluginConfig.defaults(), host.inPlace(library)));
    }

    private CompletableFuture<String> block(SynchronizedPlugin plugin) {
        CompletableFuture<String> running =
                audit.watch(plugin.request("block", "{\"gate\":0}").trySubmit());
        probe.awaitEntered(0, 1);
        return running;
    }

    // ---- closing ----

    @Test
    void close_ofAPluginThatFailsToStop_reportsThatWithItsLogLines() throws Exception {
        CloseReport report = SynchronizedPlugin.load(
                        TestPlugins.library("fails_in_shutdown"), PluginConfig.defaults(), host.options())
                .close(Audit.PATIENCE);

        assertTrue(report.resourceClosed());
        PluginException failure = assertInstanceOf(PluginException.class, report.closeFailure());
        assertEquals(ErrorCode.SHUTDOWN_FAILED, failure.errorCode());
        assertEquals(
                "plugin_shutdown: shutdown failed (3): the plugin " + TestPlugins.library("fails_in_shutdown")
                        + " says that it did not stop properly. It logged:\n"
                        + "  ERROR fails_in_shutdown: panic in on_stop: as asked",
                failure.getMessage());
    }

    @Test
    void close_ofADirectPluginThatFailsToStop_throws_andTheNextIsNone() {
        NativePlugin plugin = NativePlugin.load(TestPlugins.library("fails_in_shutdown"));

        assertThrows(PluginException.class, plugin::close);
        plugin.close();
        assertThrows(IllegalStateException.class, () -> plugin.call("echo", "{}"));
    }

    @Test
    void state_isStoppingWhileTheGateCloses_andStoppedAfterwards() throws Exception {
        SynchronizedPlugin plugin = load();
        assertEquals(PluginState.ACTIVE, plugin.state());
        CompletableFuture<String> running = block(plugin);
        plugin.shutdown();
        assertEquals(PluginState.STOPPING, plugin.state());
        probe.openGate(0);
        running.join();
        plugin.close();

        assertEquals(PluginState.STOPPED, plugin.state());
    }

    @Test
    void tryWithResources_shutsThePluginDownOnce() throws Exception {
        try (SynchronizedPlugin plugin = load()) {
            assertEquals("{\"message\":\"m\",\"length\":1}", plugin.call("echo", "{\"message\":\"m\"}"));
            assertEquals(0, probe.count("shutdowns"));
            assertEquals(1, probe.count("live_instances"));
            plugin.shutdown();
            plugin.close(Audit.PATIENCE);
        }

        assertEquals(1, probe.count("shutdowns"));
        assertEquals(0, probe.count("live_instances"));
        assertEquals(1, probe.count("threads"));
        assertEquals(0, probe.count("overlaps"));
    }

    @Test
    void close_letsTheLineRunFirst() throws Exception {
        SynchronizedPlugin plugin = load();
        CompletableFuture<String> running = block(plugin);
        List<CompletableFuture<?>> queued = List.of(
                audit.watch(plugin.submit("echo", "{\"message\":\"m\"}")),
                audit.watch(plugin.submit("echo", Map.of("message", "m"), Map.class)),
                audit.watch(plugin.requestRaw(1, new byte[] {1}).submit()));
        Caller<CloseReport> closer = Caller.start(() -> plugin.close(Audit.PATIENCE));
        Eventually.isTrue("draining", () -> plugin.gateState() == TurnstileState.DRAINING);
        assertEquals(0, probe.count("shutdowns"));
        probe.openGate(0);
        CloseReport report = closer.result();

        assertEquals(4, report.drained());
        assertTrue(report.resourceClosed());
        assertEquals("{\"gate\":0}", running.join());
        queued.forEach(CompletableFuture::join);
        assertEquals(4, probe.count("calls"));
        assertEquals(1, probe.count("shutdowns"));
    }

    /** The tutorial's wrapper, and rustbridge's own Java library, shut the plugin down under the running call. */
    @Test
    void close_underACallThatDoesNotReturn_comesBackAndLeavesThePluginAlone() throws Exception {
        SynchronizedPlugin plugin = load();
        CompletableFuture<String> running = block(plugin);
        CompletableFuture<byte[]> queued =
                audit.watch(plugin.requestRaw(1, new byte[] {1}).submit());
        CloseReport report = plugin.close(SHORT);

        assertEquals(1, report.abandoned());
        assertEquals(1, report.refused());
        assertFalse(report.resourceClosed());
        assertTrue(assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(running))
                .started());
        assertFalse(assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(queued))
                .started());
        assertFalse(plugin.awaitTermination(SHORT));
        assertEquals(0, probe.count("shutdowns"));
        assertEquals(1, probe.count("inside"));

        probe.openGate(0);
        assertTrue(plugin.awaitTermination(Audit.PATIENCE));
        assertTrue(plugin.close(Duration.ZERO).resourceClosed());
        assertEquals(1, probe.count("shutdowns"));
        assertEquals(0, probe.count("overlaps"));
        assertEquals(0, probe.count("outstanding_buffers"));
        assertEquals(1, probe.count("calls"));
    }

    @Test
    void close_byAnInterruptedThread_doesNotShutThePluginDownUnderACall() throws Exception {
        SynchronizedPlugin plugin = load();
        block(plugin);
        Caller<CloseReport> closer = Caller.start(() -> {
            Thread.currentThread().interrupt();
            return plugin.close(Audit.PATIENCE);
        });

        assertEquals(1, closer.result().abandoned());
        assertEquals(0, probe.count("shutdowns"));
        probe.openGate(0);
        assertTrue(plugin.awaitTermination(Audit.PATIENCE));
        assertEquals(1, probe.count("shutdowns"));
        assertEquals(0, probe.count("overlaps"));
    }

    @Test
    void close_whenThePluginHangsInItsShutdown_comesBackAndSaysSo() throws Exception {
        Path hanging = TestPlugins.privateCopy("hangs_in_shutdown", directory);
        NativeProbe hang = host.probe(hanging);
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.load(hanging, PluginConfig.defaults(), host.inPlace(hanging)));
        assertEquals("{\"a\":1}", plugin.call("any", "{\"a\":1}"));
        try {
            CloseReport report = plugin.close(SHORT);

            assertFalse(report.resourceClosed());
            assertEquals(0, report.abandoned() + report.refused());
            Eventually.isTrue("in the shutdown", () -> hang.call("hang_entered") == 1);
            assertFalse(plugin.close(SHORT).resourceClosed(), "however often it is asked");
            assertFalse(plugin.awaitTermination(SHORT));
            assertThrows(TurnstileClosedException.class, () -> plugin.call("any", "{}"));
        } finally {
            hang.callVoid("hang_release");
        }

        assertTrue(plugin.awaitTermination(Audit.PATIENCE));
        assertTrue(plugin.close(SHORT).resourceClosed());
        assertEquals(1, hang.call("hang_entered"));
        assertEquals(1, hang.call("hang_returned"));
    }

    /** In the tutorial's wrapper the worker runs the stage, and waits for its own end. */
    @Test
    void close_fromAStageOfAFuture_closes() throws Exception {
        SynchronizedPlugin plugin = load();
        block(plugin);
        CompletableFuture<CloseReport> closing = audit.watch(
                plugin.submit("echo", "{\"message\":\"m\"}").thenApply(result -> plugin.close(Audit.PATIENCE)));
        probe.openGate(0);

        assertTrue(closing.join().resourceClosed());
        assertEquals(1, probe.count("shutdowns"));
    }

    @Test
    void close_fromTheLogListener_closes() throws Exception {
        SynchronizedPlugin[] plugin = new SynchronizedPlugin[1];
        CompletableFuture<CloseReport> closing = audit.watch(new CompletableFuture<>());
        plugin[0] = audit.watch(SynchronizedPlugin.load(
                library, PluginConfig.defaults(), host.inPlace(library).withLogListener(line -> {
                    if (line.message().equals("close")) {
                        closing.complete(plugin[0].close(Audit.PATIENCE));
                    }
                })));
        plugin[0].call("log", "{\"message\":\"close\"}");

        assertTrue(closing.join().resourceClosed());
        assertEquals(1, probe.count("shutdowns"));
    }

    @Test
    void close_ofOneInstance_leavesTheOthersOfTheFileAnswering() throws Exception {
        assumeTrue(host == Host.THIS_PROCESS, "processes have nothing in common");
        SynchronizedPlugin one = load();
        SynchronizedPlugin two = load();
        one.close();

        assertEquals("{\"message\":\"m\",\"length\":1}", two.call("echo", "{\"message\":\"m\"}"));
        assertEquals(1, probe.count("live_instances"));
        two.close();
        assertEquals(2, probe.count("shutdowns"));
    }

    // ---- what does not come to life ----

    @Test
    void load_interruptedMeanwhile_shutsDownWhatWasStarted() {
        Caller<SynchronizedPlugin> loader = Caller.start(() -> SynchronizedPlugin.load(
                library, PluginConfig.defaults().withInitParams(Map.of("init_ms", 200)), host.inPlace(library)));
        Eventually.isTrue("it starts", () -> probe.count("live_instances") == 1);
        loader.interrupt();

        assertInstanceOf(InterruptedException.class, loader.failure());
        Eventually.isTrue("it is shut down", () -> probe.count("live_instances") == 0);
        assertEquals(1, probe.count("shutdowns"));
        assertEquals(0, probe.count("overlaps"));
    }

    @Test
    void load_byAnInterruptedThread_shutsDownWhatWasStarted() {
        Thread.currentThread().interrupt();
        assertThrows(
                InterruptedException.class,
                () -> SynchronizedPlugin.load(library, PluginConfig.defaults(), host.inPlace(library)));

        assertFalse(Thread.interrupted(), "the interrupt is spent, as the exception tells");
        Eventually.isTrue("it is shut down", () -> probe.count("shutdowns") == 1);
        assertEquals(0, probe.count("live_instances"));
    }

    @Test
    void load_whenThePluginDoesNotStart_leavesNothingBehind() {
        assertThrows(
                PluginLoadException.class,
                () -> SynchronizedPlugin.load(
                        library,
                        PluginConfig.defaults().withInitParams(Map.of("fail_init", true)),
                        host.inPlace(library)));

        assertEquals(0, probe.count("live_instances"));
        assertEquals(0, probe.count("shutdowns"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no_such_file", "missing_call", "null_create"})
    void load_ofWhatCannotBeLoaded_leavesNoWorker(String name) {
        PluginLoadException thrown = assertThrows(
                PluginLoadException.class,
                () -> SynchronizedPlugin.load(TestPlugins.library(name), PluginConfig.defaults(), host.options()));

        assertTrue(thrown.getMessage().contains(name), thrown.getMessage());
    }

    /** The tutorial's wrapper has created the plugin by then, and leaks it. */
    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void load_withAnInvalidCapacity_isRefusedBeforeThereIsAPlugin(int capacity) {
        assertThrows(
                IllegalArgumentException.class,
                () -> SynchronizedPlugin.load(
                        library, PluginConfig.defaults(), host.inPlace(library).withCapacity(capacity)));

        assertEquals(0, probe.count("threads"), "nobody ever entered the plugin");
        assertEquals(0, probe.count("live_instances"));
    }

    @Test
    void load_withAConfigThatCannotBeWritten_isRefusedBeforeThereIsAPlugin() {
        Map<String, Object> itself = new java.util.HashMap<>();
        itself.put("itself", itself);
        assertThrows(
                PluginLoadException.class,
                () -> SynchronizedPlugin.load(
                        library, PluginConfig.defaults().withData(itself), host.inPlace(library)));

        assertEquals(0, probe.count("threads"), "nobody ever entered the plugin");
    }
}
