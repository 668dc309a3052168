package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.RestartPolicy;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Each load of a bare library has a file of its own, unless the file itself is asked for. */
class OwnFileTest {
    private static final String ECHO = "{\"message\":\"m\"}";
    private static final PluginConfig CONFIG = PluginConfig.defaults();

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private NativeProbe probe(int index) {
        return new NativeProbe(
                place.extracted().get(index).resolve(TestPlugins.demo().getFileName()));
    }

    /** Two gates, each of which promises that its plugin runs one call at a time, were in one plugin at once. */
    @Test
    void twoPluginsFromOneFile_areNotOneLibrary() throws Exception {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        SynchronizedPlugin one = audit.watch(SynchronizedPlugin.load(library));
        SynchronizedPlugin other = audit.watch(SynchronizedPlugin.load(library));
        assertEquals(2, place.extracted().size());
        one.call("echo", ECHO);
        other.call("echo", ECHO);

        assertEquals(1, probe(0).count("calls"));
        assertEquals(1, probe(1).count("calls"));
        assertEquals(0, new NativeProbe(library).count("calls"));
    }

    @Test
    void nativePlugins_fromOneFile_areNotOneLibrary() {
        try (NativePlugin one = NativePlugin.load(TestPlugins.demo());
                NativePlugin other = NativePlugin.load(TestPlugins.demo())) {
            one.call("echo", ECHO);
            assertEquals(2, place.extracted().size());
            assertEquals(1, probe(0).count("calls") + probe(1).count("calls"));
            other.call("echo", ECHO);
        }
        assertEquals(List.of(), place.extracted());
    }

    @Test
    void fileThatIsOverwrittenInPlace_isNotNoticedByAPluginFromIt() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of(),
                OverwritingProgram.class,
                TestPlugins.privateCopy("turnstile_demo", directory).toString());

        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains("still answers {\"message\":\"m\",\"length\":1}"), result.output());
    }

    /** The code stays mapped for good, and nothing else: no descriptor, and no file that has a name. */
    @Test
    void loads_oneAfterAnother_leaveTheirCodeMapped_andNothingElse() throws Exception {
        Path maps = Path.of("/proc/self/maps");
        assumeTrue(Files.exists(maps), "Linux");
        int loads = 20;
        for (int i = 0; i < loads; i++) {
            NativePlugin.load(TestPlugins.demo()).close();
        }
        assertEquals(List.of(), place.extracted());
        assertEquals(List.of(), Leftovers.openFiles(place.path()));
        Map<String, Long> mapped = Files.readAllLines(maps).stream()
                .filter(line -> line.contains(place.path() + "/"))
                .collect(Collectors.groupingBy(line -> line.substring(line.indexOf('/')), Collectors.counting()));
        assertEquals(loads, mapped.size());
        assertTrue(mapped.values().stream().allMatch(count -> count <= 6), mapped::toString);
    }

    // ---- the file itself ----

    @Test
    void fileItself_isLoadedWhereItIsAskedFor() throws Exception {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        SynchronizedPlugin one = audit.watch(TestPlugins.loadInPlace(library));
        SynchronizedPlugin other = audit.watch(TestPlugins.loadInPlace(library));
        one.call("echo", ECHO);
        other.call("echo", ECHO);

        assertEquals(List.of(), place.extracted());
        assertEquals(2, new NativeProbe(library).count("calls"));
    }

    @Test
    void fileItself_canBeSharedByWorkers_andIsCopiedWhereItIsSwappedIn() throws Exception {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        PluginPool pool = audit.watch(PluginPool.loadShared(library, 3, CONFIG, TestPlugins.IN_PLACE));
        pool.call("echo", ECHO);
        assertEquals(List.of(), place.extracted());
        assertEquals(1, new NativeProbe(library).count("calls"));

        pool.swap(library, CONFIG, PluginWarmUp.none(), Audit.PATIENCE);
        pool.call("echo", ECHO);
        assertEquals(1, place.extracted().size());
        assertEquals(1, new NativeProbe(library).count("calls"));
    }

    @Test
    void fileItself_whereSeveralAreNeeded_isRefusedBeforeAnythingIsLoaded() {
        assertEquals(
                "libraryInPlace is true, but each instance of a pool needs a file of its own: leave it out, or use"
                        + " loadShared for a plugin that is thread-safe",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> PluginPool.load(TestPlugins.demo(), 2, CONFIG, TestPlugins.IN_PLACE))
                        .getMessage());
        PluginOptions healing = TestPlugins.IN_PLACE.withGate(
                TestPlugins.IN_PLACE.gate().withRestarts(RestartPolicy.limited(1, Duration.ofMinutes(1))));
        String message =
                "libraryInPlace is true and there are restarts, but an instance that replaces another one needs"
                        + " a file of its own: leave one of the two out";
        assertEquals(
                message,
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SynchronizedPlugin.load(TestPlugins.demo(), CONFIG, healing))
                        .getMessage());
        assertEquals(
                message,
                assertThrows(
                                IllegalArgumentException.class,
                                () -> PluginPool.loadShared(TestPlugins.demo(), 2, CONFIG, healing))
                        .getMessage());
    }

    @Test
    void directory_isNamedAsNoFile() throws Exception {
        Path library = Files.createDirectory(directory.resolve("lib.so"));
        assertEquals(
                "The plugin library " + library + " is not a file",
                assertThrows(PluginLoadException.class, () -> NativePlugin.load(library))
                        .getMessage());
    }
}
