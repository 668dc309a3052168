package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The dependencies of a bare library that it names relative to itself ({@code $ORIGIN}) are found from its copy. The plugin answers with
 * the calls of the dependency beside it, and with its own. The first are those of all tests: the loader takes a library that is loaded for each
 * one of the same name.
 */
class NeighboursTest extends LoadsOfFiles {
    private static final String NAME = "libneighbours.so";

    private Path library;

    @BeforeEach
    void copyAll() throws IOException {
        Path built = TestPlugins.library("minimal").resolveSibling("neighbours");
        assumeTrue(Files.isDirectory(built), "a plugin with dependencies beside it, which is built on Linux");
        try (Stream<Path> files = Files.walk(built)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        directory.resolve("root").resolve(built.relativize(file).toString()));
            }
        }
        library = directory.resolve("root/app/plugins").resolve(NAME).toRealPath();
    }

    /** The calls of the plugin's own file: the second digit. */
    private static int calls(String answer) {
        assertEquals(4, answer.length(), answer);
        return answer.charAt(2) - '0';
    }

    @Test
    void dependencies_besideBelowAndAbove_areFoundFromACopy() {
        try (NativePlugin plugin = NativePlugin.load(library)) {
            assertEquals(1, calls(plugin.call("any", "1")));
            assertEquals(1, place.extracted().size());
        }
    }

    /** The dependency is one for all of them; what each has for itself is its own file. */
    @Test
    void copiesOfAPool_shareTheirDependencies_andNothingElse() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(library, 2, CONFIG, PluginOptions.defaults()));
        List<String> answers = OfEach.payloads(pool);
        assertEquals(List.of(1, 1), answers.stream().map(NeighboursTest::calls).toList());
        assertEquals(2, answers.stream().distinct().count(), answers::toString);
        assertEquals(2, place.extracted().size());
    }

    @Test
    void dependencies_areFoundAfterARestartAndASwap() throws Exception {
        PluginOptions healing = healing(PluginOptions.defaults());
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(library, CONFIG, healing));
        assertEquals(1, calls(plugin.call("any", "1")));
        plugin.swap(library, CONFIG, PluginWarmUp.none(), Audit.PATIENCE);
        assertEquals(1, calls(plugin.call("any", "1")));
    }

    /** The loader takes the place of the file itself, not that of a link to it. */
    @Test
    void libraryThroughALink_hasTheNeighboursOfTheFile() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("current.so"), library);
        try (NativePlugin plugin = NativePlugin.load(link)) {
            assertEquals(1, calls(plugin.call("any", "1")));
        }
    }

    @Test
    void dependencyThroughALink_isFound() throws Exception {
        Path dependency = library.resolveSibling("libturnstile_beside.so");
        Path versioned = library.resolveSibling("libturnstile_beside.so.1.2");
        Files.move(dependency, versioned);
        Files.createSymbolicLink(dependency, versioned.getFileName());
        try (NativePlugin plugin = NativePlugin.load(library)) {
            assertEquals(1, calls(plugin.call("any", "1")));
        }
    }

    /** What lies behind the links is not touched when the copy is removed. */
    @Test
    void closing_removesTheLinksAlone() throws Exception {
        NativePlugin.load(library).close();

        assertEquals(List.of(), place.extracted());
        for (String file : List.of(NAME, "libturnstile_beside.so", "sub/libturnstile_below.so")) {
            assertTrue(Files.exists(library.resolveSibling(file)), file);
        }
        assertTrue(Files.exists(directory.resolve("root/lib/libturnstile_above.so")));
    }

    @Test
    void dependencyThatIsMissing_isNamedWithTheCopyTheOriginalAndTheWayOut() throws Exception {
        String there = Files.readString(library, StandardCharsets.ISO_8859_1);
        Files.writeString(
                library, there.replace("libturnstile_beside", "libturnstile_absent"), StandardCharsets.ISO_8859_1);
        String message = assertThrows(PluginLoadException.class, () -> NativePlugin.load(library))
                .getMessage();

        assertTrue(
                message.startsWith(
                        "The plugin library " + library + " cannot be loaded: the system's loader refused it ("),
                message);
        assertTrue(message.contains("libturnstile_absent.so: cannot open"), message);
        assertTrue(message.contains("It was loaded from its copy " + place.path()), message);
        assertTrue(message.endsWith("PluginOptions.withLibraryInPlace(true), or NativePlugin.loadInPlace"), message);
    }

    // ---- what the loader finds beside the file is found from the copy ----

    /** Changes a text in a file into one that is as long, so that the loader knows no library of the new name. */
    private static void change(Path file, String from, String to) throws IOException {
        byte[] text = to.getBytes(StandardCharsets.UTF_8);
        assertEquals(from.length(), text.length);
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertTrue(content.contains(from), from);
        Files.writeString(
                file,
                content.replace(from, new String(text, StandardCharsets.ISO_8859_1)),
                StandardCharsets.ISO_8859_1);
    }

    private static int callsOfACopy(Path library) {
        try (NativePlugin plugin = NativePlugin.load(library)) {
            return calls(plugin.call("any", "1"));
        }
    }

    @Test
    void dependencyWithAnyName_isFound() throws Exception {
        change(library, "libturnstile_beside.so", "turnstile_beside.nodes");
        Files.move(library.resolveSibling("libturnstile_beside.so"), library.resolveSibling("turnstile_beside.nodes"));

        assertEquals(1, callsOfACopy(library));
    }

    @Test
    void dependency_throughADirectoryThatIsALink_isFound() throws Exception {
        change(library, "${ORIGIN}/../../lib", "$ORIGIN/link/../lib");
        change(library, "libturnstile_above.so", "libturnstile_abovk.so");
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere/sub"));
        Files.createSymbolicLink(library.resolveSibling("link"), elsewhere);
        Path lib = Files.createDirectory(elsewhere.resolveSibling("lib"));
        Files.copy(directory.resolve("root/lib/libturnstile_above.so"), lib.resolve("libturnstile_abovk.so"));

        assertEquals(1, callsOfACopy(library));
    }

    /** What {@code $LIB} stands for depends on the system. */
    @Test
    void dependency_inADirectoryThatOnlyTheLoaderKnows_isFound() throws Exception {
        change(library, "${ORIGIN}/../../lib", "$ORIGIN/../../$LIB/");
        change(library, "libturnstile_above.so", "libturnstile_abovl.so");
        Path built = directory.resolve("root/lib/libturnstile_above.so");
        for (String lib : List.of("lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu")) {
            Path file = directory.resolve("root").resolve(lib).resolve("libturnstile_abovl.so");
            Files.createDirectories(file.getParent());
            Files.copy(built, file);
        }
        assertEquals(1, callsOfACopy(library));
    }

    /** The kernel has a file that nobody may read. */
    @Test
    void neighbourThatCannotBeRead_isLeftToTheLoader() throws Exception {
        Path unreadable = Path.of("/proc/sys/net/ipv4/route/flush");
        assumeTrue(Files.isRegularFile(unreadable) && !Files.isReadable(unreadable), "such a file");
        assertEquals(1, callsOfACopy(library)); // so the loader knows the dependency, and looks for no file
        Files.createSymbolicLink(library.resolveSibling("libturnstile_above.so"), unreadable);

        assertEquals(1, callsOfACopy(library));
    }

    @Test
    void directoryThatCannotBeListed_stillHasTheNeighboursThatAreNeeded() throws Exception {
        Path parent = library.getParent();
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("--x------"));
        try {
            assumeTrue(!Files.isReadable(parent), "a user who is bound by permissions");
            assertEquals(1, callsOfACopy(library));
        } finally {
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** In the C locale Java cannot express such a name. A link to what it lists leads there nevertheless; a directory is left out. */
    @Test
    void dependencyWhoseNameJavaCannotExpress_isFoundBesideTheLibrary() throws Exception {
        String name = "libturnstile_\u00e9bov.so";
        change(library, "libturnstile_above.so", name);
        change(library, "${ORIGIN}/../../lib", "${ORIGIN}/../l\u00e9b//");
        Path lib = Files.createDirectory(library.getParent().resolveSibling("l\u00e9b"));
        Path built = directory.resolve("root/lib/libturnstile_above.so");
        Files.copy(built, lib.resolve(name));
        String refused = ofACopyInTheCLocale();
        assertTrue(refused.contains("bov.so: cannot open shared object file"), refused);

        Files.copy(built, library.resolveSibling(name));
        assertEquals("answers \"11\"", ofACopyInTheCLocale().strip());
    }

    private String ofACopyInTheCLocale() throws Exception {
        return ChildJvm.runInTheCLocale(
                        List.of("-Dturnstile.extraction.dir=" + place.path()),
                        NeighboursProgram.class,
                        library.toString())
                .output();
    }

    @Test
    void fileItself_findsItsNeighboursAsEver() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            assertEquals(1, calls(plugin.call("any", "1")));
        }
    }

    @Test
    void libraryWithoutSuchDependencies_getsNoLinks() throws Exception {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.library("minimal"))) {
            assertEquals("1", plugin.call("any", "1"));
            try (Stream<Path> files = Files.list(place.extracted().getFirst())) {
                assertEquals(
                        List.of("libminimal.so", "lock"),
                        files.map(file -> file.getFileName().toString())
                                .sorted()
                                .toList());
            }
        }
    }
}
