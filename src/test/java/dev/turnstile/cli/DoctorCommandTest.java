package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code turnstile doctor}: says whether a library is a sound plugin, and why not, and loads nothing. */
class DoctorCommandTest {
    private static final String LACKS_ALL = "  - It is not a rustbridge plugin: it does not export plugin_create,"
            + " plugin_init, plugin_call, plugin_free_buffer, plugin_shutdown.\n";
    private static final String NO_PLUGIN = ": not a plugin\n";
    private static final String NOT_SOUND = ": NOT a sound plugin\n";

    private final Shell shell;

    DoctorCommandTest(@TempDir Path directory) {
        shell = new Shell(directory);
    }

    @BeforeEach
    void isLinux() {
        assumeTrue(Platform.host().system().equals("linux"), "the test plugins are libraries for Linux there");
    }

    /** What it says of a library in which something is wrong. */
    private String wrong(Object... arguments) {
        Shell.Outcome outcome = shell.run(arguments);
        assertEquals(1, outcome.exitCode(), outcome::toString);
        assertEquals("", outcome.err());
        return outcome.out();
    }

    private static void assertHas(String shown, String... expected) {
        for (String part : expected) {
            assertTrue(shown.contains(part), () -> part + "\nis not in\n" + shown);
        }
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::stringValue).toList();
    }

    private Path changed(Path library, byte[] bytes) throws IOException {
        return Files.write(shell.path("changed-" + library.getFileName()), bytes);
    }

    private static int find(byte[] in, byte[] wanted) {
        for (int at = 0; at + wanted.length <= in.length; at++) {
            if (Arrays.equals(in, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }

    private static Path cpp(String name) {
        Path library = TestPlugins.library(name);
        assumeTrue(Files.exists(library), "a plugin in C++, which is built where there is a C++ compiler");
        return library;
    }

    // ---- sound ones ----

    @Test
    void doctor_ofTheDemoPlugin_saysThatItIsSoundAndWhatItHas() {
        String shown = shell.run("doctor", TestPlugins.demo()).success();

        assertTrue(shown.startsWith(TestPlugins.demo() + ": a sound plugin\n\n"), shown);
        assertHas(
                shown,
                "\nMachine:                " + Platform.host().architecture() + ", 64-bit, ",
                ", like this machine\n",
                "\nPlugin:                 yes, it has all exports that are required\n",
                "\n  lacks plugin_create_with_config (its own configuration)\n",
                "\n  has   plugin_call_raw, rb_response_free (raw calls)\n",
                "\n  has   plugin_get_rejected_count (counting what its own limiter refused)\n",
                "\nText relocations:       none\n",
                "\nUnique symbols:         none\n",
                "\nOne instance:           sound\n",
                "\nPools, restarts, swaps: sound: each copy of the library has its own state\n");
    }

    @Test
    void doctor_asJson_saysTheSameInOneObject() {
        JsonNode json = shell.run("doctor", "--json", TestPlugins.demo()).json();

        assertEquals(TestPlugins.demo().toString(), json.get("library").stringValue());
        for (String claim :
                List.of("sound", "plugin", "one_instance_sound", "several_instances_sound", "for_this_machine")) {
            assertTrue(json.get(claim).booleanValue(), claim);
        }
        assertFalse(json.get("text_relocations").booleanValue());
        assertTrue(json.get("verified_by").isNull());
        assertEquals(64, json.get("word_size").intValue());
        assertEquals(List.of("plugin_create_with_config"), texts(json.get("lacks_optional")));
        assertEquals(10, json.get("exports").size());
        assertEquals(0, json.get("problems").size());
    }

    @Test
    void doctor_loadsNothing() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "a system that says what is loaded");
        Path copy = Files.copy(TestPlugins.demo(), shell.path("libnever-loaded.so"));

        assertTrue(shell.run("doctor", copy).success().contains("a sound plugin"));

        assertFalse(Files.readString(Path.of("/proc/self/maps")).contains("libnever-loaded.so"));
    }

    @Test
    void doctor_ofABundle_examinesTheLibraryForThisMachine() {
        Path bundle = shell.bundle("echo.rbp");

        String shown = shell.run("doctor", bundle).success();
        assertTrue(shown.startsWith(bundle + ", " + Shell.libraryEntry() + ": a sound plugin\n"), shown);
        assertHas(shown, "\nVerified by:            its checksum only, so it is not known who made it\n");
        assertHas(
                shell.run("doctor", bundle, "--key", Shell.PUBLIC).success(),
                "\nVerified by:            its checksum, and the signature of key "
                        + Shell.KEY.publicKey().keyId() + "\n");
    }

    // ---- those in which something is wrong ----

    @Test
    void doctor_ofStateThatCopiesShare_namesItAndTheWayOut() {
        Path library = cpp("header_state");

        JsonNode json = shell.run("doctor", "--json", library).json();
        assumeTrue(json.get("unique_symbols").size() > 0, "a compiler that makes unique symbols, as GCC does");
        assertFalse(json.get("sound").booleanValue());
        assertTrue(json.get("one_instance_sound").booleanValue());
        assertFalse(json.get("several_instances_sound").booleanValue());
        String shown = wrong("doctor", library);
        assertHas(
                shown,
                library + NOT_SOUND,
                "  - Pools, restarts and swaps are not sound with it: its copies would share C++ state",
                "3 symbols, such as _Z",
                "Compile it with -fno-gnu-unique. If that state may be shared,"
                        + " PluginOptions.withUniqueSymbolsAllowed(true) loads it nevertheless.\n",
                "\nThread-locals:          4 bytes for each thread\n",
                "\nUnique symbols:         3: _Z",
                "\nOne instance:           sound\n",
                "\nPools, restarts, swaps: NOT sound: copies of the library share the unique symbols\n");
    }

    @Test
    void doctor_ofTheSamePluginWithoutUniqueSymbols_isContent() {
        assertHas(
                shell.run("doctor", cpp("header_state_separate")).success(),
                ": a sound plugin\n",
                "\nUnique symbols:         none\n");
    }

    @Test
    void doctor_ofALibraryThatLacksExports_namesThem() {
        String shown = wrong("doctor", TestPlugins.library("missing_call"));
        assertHas(
                shown,
                NOT_SOUND + "  - It is not a rustbridge plugin: it does not export plugin_call.\n",
                "\nPlugin:                 no\n  lacks plugin_call\n",
                "\nOne instance:           cannot be loaded\n");
        assertHas(wrong("doctor", TestPlugins.library("abi_layout")), NO_PLUGIN + LACKS_ALL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1"})
    void doctor_ofALibraryOfTheSystem_saysThatItIsNoPlugin(String name) {
        String multiarch = Platform.host().architecture() + "-linux-gnu";
        Optional<Path> library = Stream.of("/lib/" + multiarch, "/usr/lib/" + multiarch, "/lib64", "/usr/lib64", "/lib")
                .map(directory -> Path.of(directory, name))
                .filter(Files::isRegularFile)
                .findFirst();
        assumeTrue(library.isPresent(), () -> "this system has no " + name);

        String shown = wrong("doctor", library.orElseThrow());
        assertHas(
                shown,
                NO_PLUGIN + LACKS_ALL + "\n",
                "\nPlugin:                 no, it has none of the exports that are required\n");
        for (String ofPlugins : List.of("Pools", "One instance", "Optional exports")) {
            assertFalse(shown.contains(ofPlugins), shown);
        }
        assertEquals(
                shown.contains(" bytes for each thread, static\n"),
                shown.contains("  - It has static thread-locals"),
                shown);
    }

    @Test
    void doctor_ofALibraryForAnotherMachine_saysSoAndLooksForNoDependencies() throws IOException {
        byte[] bytes = Files.readAllBytes(TestPlugins.demo());
        boolean isX86 = Platform.host().architecture().equals("x86_64");
        bytes[18] = (byte) (isX86 ? 183 : 62);
        String shown = wrong("doctor", changed(TestPlugins.demo(), bytes));

        assertHas(
                shown,
                "  - This machine cannot load it: it was built for " + (isX86 ? "aarch64" : "x86_64")
                        + ", and this machine is ",
                ", unlike this machine, " + Platform.host() + "\n",
                "\n  libc.so.6: not looked for: this is not the machine for it\n");
    }

    @Test
    void doctor_ofAVersionThatTheSystemLacks_namesItAndTheFile() throws IOException {
        byte[] bytes = Files.readAllBytes(TestPlugins.library("missing_call"));
        byte[] version = "GLIBC_2.".getBytes(StandardCharsets.US_ASCII);
        int at = find(bytes, version);
        assumeTrue(at > 0, "a library for the GNU C library");
        bytes[at + 6] = '9';
        String shown = wrong("doctor", changed(TestPlugins.demo(), bytes));

        assertHas(
                shown,
                "  - It needs GLIBC_9.",
                "which is older and does not have that",
                "\nC library:              GLIBC_9.");
    }

    @Test
    void doctor_ofTextRelocationsAndStaticThreadLocals_remarksOnThem() throws IOException {
        byte[] bytes = Files.readAllBytes(TestPlugins.demo());
        byte[] count = ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putLong(0x6ffffff9L)
                .array();
        int at = find(bytes, count); // DT_RELACOUNT, which is there to make loading faster only
        assumeTrue(at > 0, "a library with an entry that another one can stand in for");
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putLong(at, 30).putLong(at + 8, 0x14);
        String shown = shell.run("doctor", changed(TestPlugins.demo(), bytes)).success();

        assertHas(
                shown,
                "\nThread-locals:          8 bytes for each thread, static\n",
                "\nText relocations:       yes\n",
                "has its own state; see the remarks\n",
                "  - It has text relocations: ",
                "  - It has static thread-locals, ");
    }

    @Test
    void doctor_ofAnExecutableStack_remarksOnIt() throws IOException {
        byte[] bytes = Files.readAllBytes(TestPlugins.demo());
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        file.putInt(segment(file, 0x6474e551) + 4, 7);
        String shown = shell.run("doctor", changed(TestPlugins.demo(), bytes)).success();

        assertHas(
                shown,
                "\nExecutable stack:       yes\n",
                "  - It asks for an executable stack, ",
                "-Wl,-z,noexecstack.\n");
        assertHas(shell.run("doctor", TestPlugins.demo()).success(), "\nExecutable stack:       none\n");
    }

    /** Where the description of the only segment of a type is in a library. */
    private static int segment(ByteBuffer file, int type) {
        int at = Math.toIntExact(file.getLong(32));
        while (file.getInt(at) != type) {
            at += 56;
        }
        return at;
    }

    /** Puts an entry in the place of {@code DT_RELACOUNT}, which is there to make loading faster only. */
    private static void putEntry(ByteBuffer file, long tag, long value) {
        int at = Math.toIntExact(file.getLong(segment(file, 2) + 8));
        while (file.getLong(at) != 0x6ffffff9L) {
            assumeTrue(file.getLong(at) != 0, "a library with an entry that another one can stand in for");
            at += 16;
        }
        file.putLong(at, tag).putLong(at + 8, value);
    }

    /** The loader gives what it looks up by a library the functions of its dependencies, too; and of those there is one. */
    @Test
    void doctor_ofALibraryWithTheExportsOfADependency_saysThatInstancesShareThem() throws IOException {
        byte[] bytes = Files.readAllBytes(TestPlugins.library("abi_layout"));
        String name = "__cxa_finalize"; // any text that is among its names
        int at = find(bytes, ("\0" + name + "\0").getBytes(StandardCharsets.US_ASCII)) + 1;
        assumeTrue(at > 0, "a library with that name");
        int names = at;
        while (bytes[names - 1] != 0 || bytes[names - 2] != 0 || bytes[names] == 0) {
            names--;
        }
        putEntry(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()), 1, at - (names - 1));
        Path library = changed(TestPlugins.library("abi_layout"), bytes);
        Path real = Files.copy(TestPlugins.demo(), shell.path(name)).toRealPath();
        shell.environment.put("LD_LIBRARY_PATH", shell.directory.toString());
        String shown = wrong("doctor", library);

        assertHas(
                shown,
                NOT_SOUND
                        + "  - Pools, restarts and swaps are not sound with it: plugin_create, plugin_init,"
                        + " plugin_call, ... are those of its"
                        + " dependency"
                        + " " + real + ", of which there is one for all instances.",
                "\n"
                        + "Plugin:                 yes, it has all exports that are required\n"
                        + "  has   plugin_create of its dependency "
                        + real + "\n",
                "\nOne instance:           sound\n",
                "\nPools, restarts, swaps: NOT sound: all instances share the code of a dependency\n");
        JsonNode json = shell.run("doctor", "--json", library).json();
        assertTrue(texts(json.get("exports_of_dependencies")).contains("plugin_init"), json::toString);
        assertEquals(0, json.get("lacks_required").size());
    }

    // ---- dependencies ----

    private static Path neighbours() {
        Path library = TestPlugins.library("minimal").resolveSibling("neighbours/app/plugins/libneighbours.so");
        assumeTrue(Files.exists(library), "a plugin with dependencies beside it, which is built on Linux");
        return library;
    }

    @Test
    void dependencies_areShownWithWhereTheyAreFound() throws IOException {
        Path library = neighbours();
        Path real = library.toRealPath();
        Path link = Files.createSymbolicLink(shell.path("link.so"), library);
        for (Path named : List.of(library, link)) {
            assertHas(
                    shell.run("doctor", named).success(),
                    "\n  libturnstile_beside.so: " + real.resolveSibling("libturnstile_beside.so")
                            + ", by the library's own search path\n",
                    "\n  libturnstile_above.so: "
                            + real.resolve("../../../lib/libturnstile_above.so").normalize()
                            + ", by the library's own search path\n",
                    ", by the system\n",
                    "  - All instances share libturnstile_above.so, ");
        }
    }

    @Test
    void dependencies_thatAreNotThere_areNamed() throws IOException {
        Path alone = Files.copy(neighbours(), shell.path("libneighbours.so"));

        assertHas(
                wrong("doctor", alone),
                "  - Its dependency libturnstile_beside.so is not found by its own search path, LD_LIBRARY_PATH or the"
                        + " system. Install it, or put it beside the library",
                "\n  libturnstile_above.so: NOT FOUND\n",
                "\nOne instance:           cannot be loaded\n");

        Path plugins = neighbours().getParent();
        shell.environment.put("LD_LIBRARY_PATH", ":" + plugins + ":" + plugins.resolve("../../lib"));
        assertHas(shell.run("doctor", alone).success(), "/libturnstile_beside.so, by LD_LIBRARY_PATH\n");
    }

    /** The name of the function that a dependency has is changed in the library that uses it. */
    @ParameterizedTest
    @CsvSource({
        "false, 'the loader refuses it, or a call of that ends the JVM'",
        "true, the loader refuses it (BIND_NOW)"
    })
    void symbols_thatNothingDefines_areNamed(boolean isBoundAtLoad, String consequence) throws IOException {
        byte[] bytes = Files.readAllBytes(neighbours());
        int at = find(bytes, "\0turnstile_above\0".getBytes(StandardCharsets.US_ASCII));
        bytes[at + 1] = 'T';
        putEntry(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()), 30, isBoundAtLoad ? 8 : 0);
        Path plugins = neighbours().getParent();
        shell.environment.put("LD_LIBRARY_PATH", plugins + ":" + plugins.resolve("../../lib"));
        String shown = wrong("doctor", changed(neighbours(), bytes));

        assertHas(
                shown,
                "  - It uses Turnstile_above, which neither it nor its dependencies nor the JVM define: " + consequence
                        + ". Link it with the library that defines that; -Wl,-z,defs makes the linker check.\n",
                "\nUndefined symbols:      1: Turnstile_above\n",
                "\nOne instance:           cannot be loaded\n");
    }

    /** What a dependency needs is looked for as well. */
    @Test
    void dependency_thatLacksOneOfItsOwn_isNamed() throws IOException {
        Path alone = Files.copy(neighbours(), shell.path("libneighbours.so"));
        Path beside =
                Files.copy(neighbours().resolveSibling("libturnstile_beside.so"), shell.path("libturnstile_beside.so"));
        shell.environment.put(
                "LD_LIBRARY_PATH", neighbours().getParent().resolve("../../lib").toString());

        assertHas(
                wrong("doctor", alone),
                "  - Its dependency " + beside.toRealPath() + " needs libturnstile_below.so, which is not found.\n");
    }

    /** The loader goes on to look for another one. */
    @Test
    void dependency_thatIsForAnotherMachine_isNotTaken() throws IOException {
        Path alone = Files.copy(neighbours(), shell.path("libneighbours.so"));
        byte[] bytes = Files.readAllBytes(neighbours().resolveSibling("libturnstile_beside.so"));
        bytes[18] = 22;
        Files.write(shell.path("libturnstile_beside.so"), bytes);

        assertHas(wrong("doctor", alone), "\n  libturnstile_beside.so: NOT FOUND\n");
    }

    /** What lies beside it is not in the bundle. */
    @Test
    void dependencies_ofALibraryInABundle_areNotFoundBesideIt() throws IOException {
        Files.copy(neighbours().resolveSibling("libturnstile_beside.so"), shell.path("libturnstile_beside.so"));
        Path bundle = shell.path("neighbours.rbp");
        new BundleWriter("neighbours", "1.0.0")
                .library(Platform.host(), "release", neighbours())
                .write(bundle);

        assertHas(
                wrong("doctor", bundle),
                "\n  libturnstile_beside.so: NOT FOUND\n",
                "A bundle has one library only: link the dependency statically, or install it.\n");
    }

    // ---- what is no library for Linux ----

    private void assertRefused(String problem, Path file, String reason) {
        assertEquals(
                "turnstile: " + file + ": " + reason, shell.run("doctor", file).failure(1));
        JsonNode json = shell.run("doctor", file, "--json").json();
        assertEquals(problem, json.at("/error/problem").stringValue());
    }

    @Test
    void file_thatIsNoLibrary_isRefused() {
        String reason = "it is not a library for any system known here (ELF, Mach-O or PE)";
        assertRefused("NOT_A_LIBRARY", shell.write("text.so", "no library at all, but long enough"), reason);
        assertRefused("NOT_A_LIBRARY", shell.write("empty.so", ""), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "0xcffaedfe, 0x0c000001, darwin, aarch64",
        "0xcafebabe, 2, darwin, universal",
        "0xcafebabf, 2, darwin, universal"
    })
    void libraryForAnotherSystem_isNamed(String magic, String second, String system, String architecture)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        bytes.putInt(Long.decode(magic).intValue()).putInt(Integer.decode(second));
        Path file = Files.write(shell.path("other"), bytes.array());

        assertRefused(
                "NOT_ELF",
                file,
                "it is a library for " + system + ", " + architecture
                        + "; the doctor reads libraries for Linux (ELF) only");
    }

    @Test
    void libraryThatIsCutOff_isRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(TestPlugins.demo());
        for (int length = 20; length < bytes.length; length += 997) {
            Path file = changed(TestPlugins.demo(), Arrays.copyOf(bytes, length));
            Shell.Outcome outcome = shell.run("doctor", file);
            if (outcome.exitCode() != 0) { // section headers, which nothing reads, are at its end
                assertTrue(outcome.failure(1).startsWith("turnstile: " + file + ": it "), outcome::toString);
            }
        }
        Path half = changed(TestPlugins.demo(), Arrays.copyOf(bytes, 4096));
        String reason = shell.run("doctor", half).failure(1);
        assertTrue(reason.contains(": it is cut off: it has 4096 bytes, and "), reason);
        Path head = changed(TestPlugins.demo(), Arrays.copyOf(bytes, 40));
        assertRefused("MALFORMED", head, "it is no ELF file: it has only 40 bytes");
    }

    @Test
    void libraryOf32Bits_isRefusedAsOneForAnotherMachine() throws IOException {
        byte[] bytes = Files.readAllBytes(TestPlugins.demo());
        bytes[4] = 1;
        bytes[18] = 3;
        Path file = changed(TestPlugins.demo(), bytes);
        assertRefused(
                "MALFORMED",
                file,
                "it was built for x86 (32-bit), and this machine is "
                        + Platform.host().architecture());
    }

    // ---- wrong use, and files that are not there ----

    @Test
    void file_thatIsNotThere_exitsWith3() {
        Path missing = shell.path("missing.so");
        assertEquals(
                "turnstile: The plugin " + missing + ": there is no such file",
                shell.run("doctor", missing).failure(3));
        assertEquals(
                "turnstile: The plugin " + shell.directory + ": it is not a file",
                shell.run("doctor", shell.directory).failure(3));
    }

    @Test
    void optionsForBundles_withALibrary_areWrongUse() {
        for (List<String> options : List.of(List.of("--checksums-only"), List.of("--variant", "debug"))) {
            String first = options.getFirst();
            String last = options.getLast();
            Shell.Outcome outcome = options.size() == 1
                    ? shell.run("doctor", TestPlugins.demo(), first)
                    : shell.run("doctor", TestPlugins.demo(), first, last);
            assertTrue(outcome.failure(2).contains("is a library, no bundle"), outcome::toString);
        }
        assertTrue(shell.run("doctor").failure(2).contains("LIBRARY|BUNDLE"));
    }

    @Test
    void bundle_withoutALibraryForThisMachine_isRefused() {
        Path bundle = shell.path("other.rbp");
        new BundleWriter("other", "1.0.0")
                .library(Platform.WINDOWS_AARCH64, "release", "echo.dll", new byte[100])
                .write(bundle);
        assertTrue(
                shell.run("doctor", bundle).failure(1).contains(Platform.host().toString()));
        assertTrue(shell.run("doctor", shell.bundle("b.rbp"), "--variant", "debug")
                .failure(1)
                .contains("debug"));
    }

    /** A library must not be able to act on the terminal either. */
    @Test
    void textOfALibrary_thatActsOnATerminal_isShownEscaped() throws IOException {
        byte[] bytes = Files.readAllBytes(neighbours());
        bytes[find(bytes, "libturnstile_beside.so".getBytes(StandardCharsets.US_ASCII))] = 27;
        shell.charset = StandardCharsets.US_ASCII;
        String shown = wrong("doctor", changed(neighbours(), bytes));

        assertHas(shown, "\n  \\u001bibturnstile_beside.so: NOT FOUND\n");
    }
}
