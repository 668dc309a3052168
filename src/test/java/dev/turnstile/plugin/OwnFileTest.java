package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each load of a bare library has a file of its own, unless the file itself is asked for. */
class OwnFileTest extends LoadsOfFiles {
    private static final String ECHO = "{\"message\":\"m\"}";

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

    // ---- which file a path leads to ----

    /** What {@code ..} leads to behind a link is not what it leads to without it. */
    @Test
    void pathWithALinkAndUpwards_leadsToTheFileThatTheSystemFinds() throws Exception {
        Path real = Files.createDirectories(directory.resolve("real/sub"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        Path library = Files.copy(TestPlugins.demo(), directory.resolve("real/libdemo.so"));
        Path path = link.resolve("../libdemo.so");
        try (NativePlugin copy = NativePlugin.load(path)) {
            copy.call("echo", ECHO);
            assertEquals(0, new NativeProbe(library).count("calls"));
        }
        try (NativePlugin inPlace = NativePlugin.loadInPlace(path)) {
            inPlace.call("echo", ECHO);
            assertEquals(1, new NativeProbe(library).count("calls"));
        }
        Files.delete(library);
        String refused = assertThrows(PluginLoadException.class, () -> NativePlugin.load(path))
                .getMessage();
        assertEquals("There is no plugin library " + path, refused);
    }

    @Test
    void placeWithALinkAndUpwards_isTheOneThatTheSystemFinds() throws Exception {
        Path real = Files.createDirectories(place.path().resolve("real/sub"));
        Path link = Files.createSymbolicLink(place.path().resolve("link"), real);
        System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, link + "/..");
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            plugin.call("echo", ECHO);
            try (Stream<Path> made = Files.list(real.getParent())) {
                assertEquals(2, made.count());
            }
        } finally {
            System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, place.path().toString());
        }
        for (Path file : List.of(link, real, real.getParent())) {
            Files.delete(file);
        }
    }

    // ---- interrupts ----

    /** A load takes as long as the plugin takes anyway; the interrupt is for what comes after it. */
    @Test
    void load_byAThreadThatIsInterrupted_isDone_andTheThreadStaysInterrupted() throws Exception {
        Bundle bundle = Bundle.open(bundleOf(TestPlugins.demo()), BundleTrust.checksumsOnly());
        for (Supplier<NativePlugin> load : List.<Supplier<NativePlugin>>of(
                () -> NativePlugin.load(TestPlugins.demo()),
                () -> NativePlugin.loadInPlace(TestPlugins.demo()),
                () -> NativePlugin.load(bundle))) {
            Thread.currentThread().interrupt();
            try (NativePlugin plugin = load.get()) {
                assertTrue(Thread.interrupted());
                plugin.call("echo", ECHO);
            } finally {
                Thread.interrupted();
            }
        }
        assertEquals(List.of(), place.extracted());
    }

    private Path bundleOf(Path library) {
        Path file = directory.resolve("demo.rbp");
        new BundleWriter("demo", "1.0.0")
                .library(Platform.host(), "release", library)
                .write(file);
        return file;
    }

    // ---- descriptors ----

    /** With few left, a load fails somewhere in the midst. */
    @Test
    void load_whenDescriptorsRunOut_leavesNothing() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "a limit that can be reached");
        ChildJvm.Result result = ChildJvm.run(
                List.of("-XX:-MaxFDLimit", "-Dturnstile.extraction.dir=" + place.path()),
                DescriptorsProgram.class,
                TestPlugins.demo().toString());

        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains("0 free: not loaded"), result.output());
        assertTrue(result.output().contains("19 free: loaded"), result.output());
        assertEquals(List.of(), place.extracted());
    }

    // ---- the file itself ----

    /** The system's loader finds the old one by its name: a new version would silently run the old code. */
    @Test
    void fileItself_replacedByAMove_isRefused_andACopyOfItIsNot() throws Exception {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        NativePlugin.loadInPlace(library).close();
        replace(library, TestPlugins.library("minimal"));

        String refused = assertThrows(PluginLoadException.class, () -> NativePlugin.loadInPlace(library))
                .getMessage();
        assertEquals(
                "The plugin library " + library + " cannot be loaded: another file was loaded from this path, and stays"
                        + " loaded until the JVM ends; the system's loader would find that one. Load a private copy,"
                        + " which is the default, put each version under a path of its own, or restart the JVM",
                refused);
        try (NativePlugin copy = NativePlugin.load(library)) {
            assertEquals("1", copy.call("any", "1"));
        }
        Path elsewhere = Files.move(library, directory.resolve("elsewhere.so"));
        try (NativePlugin there = NativePlugin.loadInPlace(elsewhere)) {
            assertEquals("1", there.call("any", "1"));
        }
    }

    /** A library that is no plugin stays loaded as well; one that the loader refuses does not. */
    @Test
    void fileItself_thatWasNoPlugin_isTakenForTheNewOneOnlyIfItWasNotLoaded() throws Exception {
        Path library = directory.resolve("libx.so");
        Files.copy(TestPlugins.library("missing_call"), library);
        assertThrows(PluginLoadException.class, () -> NativePlugin.loadInPlace(library));
        replace(library, TestPlugins.demo());
        assertTrue(assertThrows(PluginLoadException.class, () -> NativePlugin.loadInPlace(library))
                .getMessage()
                .contains("another file was loaded from this path"));

        Path other = directory.resolve("liby.so");
        String content = Files.readString(TestPlugins.demo(), StandardCharsets.ISO_8859_1);
        Files.writeString(other, content.replace("libc.so.6", "lib_.so.6"), StandardCharsets.ISO_8859_1);
        assertThrows(PluginLoadException.class, () -> NativePlugin.loadInPlace(other));
        replace(other, TestPlugins.demo());
        NativePlugin.loadInPlace(other).close();
    }

    private void replace(Path library, Path by) throws Exception {
        Path next = Files.copy(by, directory.resolve("next.so"));
        Files.move(next, library, StandardCopyOption.ATOMIC_MOVE);
    }

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
        PluginOptions healing = healing(TestPlugins.IN_PLACE);
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
