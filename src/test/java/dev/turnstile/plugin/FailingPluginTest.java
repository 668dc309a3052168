package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CloseReport;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.TmpfsMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A plugin that fails as a whole while a crowd stands before it, or beside one that has a crowd: everybody is told, and nothing
 * is left of it: no thread, no buffer, no file.
 */
class FailingPluginTest {
    private static final int CAPACITY = 16;
    private static final int CALLERS = 96;
    private static final int LOADERS = 12;
    private static final String BLOCK = "{\"gate\":0}";
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final String REFUSED = Crowd.threw(
            TurnstileClosedException.class, "The gate is closed; the call was refused and never reached the resource");

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2) // closes what a test has left open, before the place is looked at
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private final Bundle bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));

    private NativeProbe probe;

    private SynchronizedPlugin loadBundle() throws InterruptedException {
        SynchronizedPlugin plugin = load(options -> SynchronizedPlugin.load(bundle, PluginConfig.defaults(), options));
        probe = new NativeProbe(
                place.extracted().getFirst().resolve(bundle.library().fileName()));
        return plugin;
    }

    private SynchronizedPlugin loadCopy(String name) throws InterruptedException {
        Path library = TestPlugins.privateCopy(name, directory);
        probe = new NativeProbe(library);
        return load(
                options -> SynchronizedPlugin.load(library, PluginConfig.defaults(), options.withLibraryInPlace(true)));
    }

    private interface Loader {
        SynchronizedPlugin load(PluginOptions options) throws InterruptedException;
    }

    private SynchronizedPlugin load(Loader loader) throws InterruptedException {
        return audit.watch(loader.load(PluginOptions.defaults().withCapacity(CAPACITY)));
    }

    /** One call that does not return until the gate opens, and behind it a full line and the rest outside. */
    private Crowd crowdBehindACall(SynchronizedPlugin plugin, CompletableFuture<String> running, Crowd.Call call) {
        audit.watch(running);
        probe.awaitEntered(0, 1);
        Crowd crowd = new Crowd(plugin);
        IntStream.range(0, CALLERS).forEach(unused -> crowd.send(call));
        Eventually.isTrue("all have come", () -> plugin.waitingCount() == CALLERS - CAPACITY);
        assertEquals(CAPACITY, plugin.pendingCount());
        return crowd;
    }

    private Crowd healthyCrowd(SynchronizedPlugin plugin) {
        return crowdBehindACall(plugin, plugin.request("block", BLOCK).trySubmit(), Crowd::healthy);
    }

    private static List<String> each(IntFunction<String> outcome) {
        return IntStream.range(0, CALLERS).mapToObj(outcome).toList();
    }

    private void assertNothingIsLeft() {
        assertEquals(0, probe.count("outstanding_buffers"));
        assertEquals(0, probe.count("double_frees"));
        assertEquals(0, probe.count("overlaps"));
        assertEquals(1, probe.count("threads"));
        assertEquals(1, probe.count("shutdowns"));
        assertEquals(0, probe.count("live_instances"));
        assertEquals(List.of(), place.extracted());
        assertEquals(List.of(), Leftovers.openFiles(place.path()));
        Leftovers.awaitNoThreads();
    }

    // ---- in its calls ----

    @Test
    void panic_inTheMiddleOfACrowd_endsEveryCallAfterItWithAnError() throws Exception {
        SynchronizedPlugin plugin = loadBundle();
        int panicking = CALLERS / 2;
        Crowd crowd = crowdBehindACall(
                plugin,
                plugin.request("block", BLOCK).trySubmit(),
                (all, number) -> number == panicking ? all.json(number, "panic", Map.of()) : all.healthy(number));
        probe.openGate(0);

        String inactive = Crowd.error(1, "the plugin is not active");
        List<String> outcomes = crowd.outcomes();
        int behind = Collections.frequency(outcomes, inactive);
        assertEquals(
                each(number -> number == panicking
                        ? Crowd.error(11, "panic in handler: as asked")
                        : outcomes.get(number).equals(inactive) ? inactive : Crowd.healthyOutcome(number)),
                outcomes);
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        assertEquals(1 + behind, plugin.stats().failed());
        assertEquals(CALLERS - behind, plugin.stats().completed());
        assertEquals(1 + CALLERS, probe.count("calls"));
        assertNothingIsLeft();
    }

    /** It is the binding that fails here, on the worker, between the call and the free: with an {@code OutOfMemoryError}. */
    @Test
    void answersLargerThanAnArray_failTheirCallsAloneAndAreGivenBack() throws Exception {
        SynchronizedPlugin plugin = loadCopy("oversized");
        Crowd crowd = new Crowd(plugin);
        for (int i = 0; i < CALLERS; i++) {
            crowd.send((all, number) -> switch (number % 3) {
                case 0 -> all.json(number / 3, "oversized", Map.of());
                case 1 -> all.raw(number / 3, 1, new byte[0]);
                default -> all.json(number / 3, "any", Map.of("number", number));
            });
        }

        String tooLarge = "The plugin's response has %s bytes, more than a Java array holds";
        assertEquals(
                each(number -> switch (number % 3) {
                    case 0 -> Crowd.threw(OutOfMemoryError.class, tooLarge.formatted("18446744073709551615"));
                    case 1 -> Crowd.threw(OutOfMemoryError.class, tooLarge.formatted("4294967295"));
                    default -> Crowd.returned(Map.of("number", number));
                }),
                crowd.outcomes());
        assertEquals(0, probe.call("oversized_outstanding"));
        assertEquals(CALLERS / 3, plugin.stats().completed());
        assertEquals(CALLERS * 2 / 3, plugin.stats().failed());
        assertEquals(CAPACITY, plugin.capacity() - plugin.pendingCount());
    }

    @Test
    void callThatNeverReturns_isLeftBehindByClose_andEverybodyIsTold() throws Exception {
        SynchronizedPlugin plugin = loadBundle();
        CompletableFuture<String> running = plugin.request("block", BLOCK).trySubmit();
        Crowd crowd = crowdBehindACall(plugin, running, Crowd::healthy);
        CloseReport report = plugin.close(SHORT);

        assertEquals(1, report.abandoned());
        assertEquals(CAPACITY, report.refused());
        assertEquals(CALLERS - CAPACITY, report.notAdmitted());
        assertFalse(report.resourceClosed());
        assertEquals(Collections.nCopies(CALLERS, REFUSED), crowd.outcomes());
        assertTrue(assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(running))
                .started());
        assertEquals(0, probe.count("shutdowns"), "never under a call");
        assertEquals(1, place.extracted().size(), "it is still in use");

        probe.openGate(0);
        assertTrue(plugin.awaitTermination(Audit.PATIENCE));
        assertEquals(1, probe.count("calls"));
        assertNothingIsLeft();
    }

    // ---- in its life ----

    @Test
    void shutdownThatHangs_afterACrowd_keepsNobody() throws Exception {
        SynchronizedPlugin plugin = loadCopy("hangs_in_shutdown");
        Crowd crowd = new Crowd(plugin);
        Crowd.Call call = (all, number) -> all.json(number, "any", Map.of("number", number));
        IntStream.range(0, CALLERS).forEach(unused -> crowd.send(call));
        assertEquals(each(number -> Crowd.returned(Map.of("number", number))), crowd.outcomes());
        Crowd late = new Crowd(plugin);
        try {
            assertFalse(plugin.close(SHORT).resourceClosed());
            Eventually.isTrue("it hangs", () -> probe.call("hang_entered") == 1);
            IntStream.range(0, CALLERS).forEach(unused -> late.send(call));
            assertEquals(Collections.nCopies(CALLERS, REFUSED), late.outcomes());
            assertFalse(plugin.close(SHORT).resourceClosed());
        } finally {
            probe.callVoid("hang_release");
        }

        assertTrue(plugin.awaitTermination(Audit.PATIENCE));
        assertEquals(1, probe.call("hang_entered"));
        assertEquals(1, probe.call("hang_returned"));
        Leftovers.awaitNoThreads();
    }

    @Test
    void pluginsThatDoNotStart_besideOneWithACrowd_leaveNothing() throws Exception {
        PluginConfig failing = PluginConfig.defaults().withInitParams(Map.of("fail_init", true));
        SynchronizedPlugin plugin = loadBundle();
        Crowd crowd = healthyCrowd(plugin);
        List<Caller<SynchronizedPlugin>> loaders =
                startAll(() -> SynchronizedPlugin.load(bundle, failing, PluginOptions.defaults()));
        for (Caller<SynchronizedPlugin> loader : loaders) {
            PluginLoadException refused = assertInstanceOf(PluginLoadException.class, loader.failure());
            assertEquals(
                    List.of("init failed: init_params.fail_init is true"),
                    refused.logLines().stream().map(PluginLogLine::message).toList());
        }

        Eventually.isTrue(
                "only the healthy one is extracted", () -> place.extracted().size() == 1);
        assertTheCrowdIsServed(plugin, crowd);
    }

    @ParameterizedTest
    @ValueSource(strings = {"noexec,size=4m", "size=8k"})
    void placeThatTakesNoLibrary_besideAPluginWithACrowd_keepsNothing(String mountOptions) throws Exception {
        SynchronizedPlugin plugin = loadBundle();
        Crowd crowd = healthyCrowd(plugin);
        try (TmpfsMount mount = TmpfsMount.at(directory.resolve("mounted"), mountOptions)) {
            String before = System.setProperty(
                    ExtractedLibrary.DIRECTORY_PROPERTY, mount.path().toString());
            try {
                for (Caller<SynchronizedPlugin> loader : startAll(
                        () -> SynchronizedPlugin.load(bundle, PluginConfig.defaults(), PluginOptions.defaults()))) {
                    BundleException refused = assertInstanceOf(BundleException.class, loader.failure());
                    assertTrue(refused.getMessage().contains(mount.path().toString()), refused::getMessage);
                }
            } finally {
                System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, before);
            }
            assertEquals(List.of(), Leftovers.openFiles(mount.path()));
            assertEquals(0, mount.path().toFile().list().length);
        }

        assertTheCrowdIsServed(plugin, crowd);
    }

    /** Some at once, each on a thread of its own. */
    private static List<Caller<SynchronizedPlugin>> startAll(Callable<SynchronizedPlugin> load) {
        return Stream.generate(() -> Caller.start(load)).limit(LOADERS).toList();
    }

    private void assertTheCrowdIsServed(SynchronizedPlugin plugin, Crowd crowd) {
        probe.openGate(0);
        assertEquals(each(Crowd::healthyOutcome), crowd.outcomes());
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        assertEquals(1 + CALLERS, plugin.stats().completed());
        assertNothingIsLeft();
    }
}
