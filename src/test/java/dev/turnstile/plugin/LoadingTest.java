package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;

/** Loading: what is wrong with a file or a start is named, nothing is left behind, and what can be loaded is. */
class LoadingTest {
    private static final String ECHO = "{\"message\":\"hello\"}";
    private static final String ECHOED = "{\"message\":\"hello\",\"length\":5}";

    /** Up to 23 only naming some other module denies it to the rest. */
    static final String DENY_NATIVE_ACCESS =
            Runtime.version().feature() >= 24 ? "--illegal-native-access=deny" : "--enable-native-access=java.logging";

    @TempDir
    private Path directory;

    // ---- Files that are no plugin ----

    @Test
    void load_ofNoSuchFile_namesThePath() {
        Path missing = directory.resolve("missing.so");

        assertRefused(missing, "There is no plugin library " + missing);
    }

    @Test
    void load_ofADanglingLink_namesThePath() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link.so"), directory.resolve("missing.so"));

        assertRefused(link, "There is no plugin library " + link);
    }

    @Test
    void load_ofADirectory_saysSo() {
        assertRefused(directory, "The plugin library " + directory + " is not a file");
    }

    @Test
    void load_ofATextFile_saysThatItIsNoLibrary() throws IOException {
        Path text = Files.writeString(directory.resolve("text.so"), "GROUP ( libother.so )\n".repeat(10));

        assertRefused(
                text,
                "The plugin library " + text
                        + " cannot be loaded: it is not a library for any system known here (ELF, Mach-O or PE)");
    }

    @Test
    void load_ofAnEmptyFile_saysThatItIsNoLibrary() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty.so"));

        assertRefused(
                empty,
                "The plugin library " + empty
                        + " cannot be loaded: it is not a library for any system known here (ELF, Mach-O or PE)");
    }

    @Test
    void load_ofALibraryForAnotherArchitecture_namesBoth() throws IOException {
        assumeTrue(Platform.host().system().equals("linux"), "the test writes an ELF header");
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        boolean onArm = Platform.host().architecture().equals("aarch64");
        try (RandomAccessFile file = new RandomAccessFile(library.toFile(), "rw")) {
            file.seek(18); // e_machine
            file.write(onArm ? new byte[] {62, 0} : new byte[] {(byte) 183, 0});
        }

        assertRefused(
                library,
                "The plugin library " + library + " cannot be loaded: it was built for "
                        + (onArm ? "x86_64" : "aarch64") + ", and this machine is "
                        + Platform.host().architecture());
    }

    /** Linux's loader maps what is not there, and whoever reads that gets a SIGBUS: such a file must not get so far. */
    @Test
    void load_ofATruncatedLibrary_saysThatItIsCutOff() throws IOException {
        assumeTrue(Platform.host().system().equals("linux"), "other systems' loaders see it themselves");
        for (int divisor : new int[] {2, 4, 8}) {
            Path library = TestPlugins.privateCopy("turnstile_demo", directory);
            long size = Files.size(library) / divisor;
            try (RandomAccessFile file = new RandomAccessFile(library.toFile(), "rw")) {
                file.setLength(size);
            }

            String message = refused(library).getMessage();

            String start = "The plugin library " + library + " cannot be loaded: it is cut off: it has " + size
                    + " bytes, and ";
            assertTrue(message.startsWith(start), message);
        }
    }

    /** Nothing is wrong with the file itself, so only the system's loader knows: its reason is passed on. */
    @Test
    void load_ofALibraryThatNeedsAMissingOne_tellsTheLoadersReason() throws IOException {
        String there = new String(Files.readAllBytes(TestPlugins.demo()), StandardCharsets.ISO_8859_1);
        assumeTrue(there.contains("libc.so"), "the test renames the C library that is needed");
        Path library = directory.resolve(System.mapLibraryName("needy"));
        Files.write(library, there.replace("libc.so", "libq.so").getBytes(StandardCharsets.ISO_8859_1));

        PluginLoadException refused = refused(library);

        String message = refused.getMessage();
        String start = "The plugin library " + library + " cannot be loaded: the system's loader refused it (";
        assertTrue(message.startsWith(start) && message.contains("libq.so"), message);
        assertInstanceOf(IllegalArgumentException.class, refused.getCause());
    }

    @Test
    void load_ofAFileThatWasRefused_succeedsOnceItIsMended() throws IOException {
        Path library = Files.writeString(directory.resolve("late.so"), "not copied yet, only its place is taken");
        assertNotNull(refused(library));
        Files.write(library, Files.readAllBytes(TestPlugins.demo()));

        try (NativePlugin plugin = NativePlugin.load(library)) {
            assertEquals(ECHOED, plugin.call("echo", ECHO));
        }
    }

    // ---- Libraries that are no plugin ----

    @Test
    void load_ofALibraryWithoutPluginCall_namesTheExport() {
        Path library = TestPlugins.library("missing_call");

        assertRefused(
                library, "The library " + library + " is not a rustbridge plugin: it does not export plugin_call");
    }

    @Test
    void load_ofALibraryThatIsNoPlugin_namesAllRequiredExports() {
        Path library = TestPlugins.library("abi_layout");

        assertRefused(
                library,
                "The library " + library + " is not a rustbridge plugin: it does not export plugin_create, plugin_init,"
                        + " plugin_call, plugin_free_buffer, plugin_shutdown");
    }

    // ---- Starts that fail ----

    @Test
    void load_whenCreateReturnsNull_saysSoAndDoesNotInitialise() {
        Path library = TestPlugins.library("null_create");

        assertRefused(
                library,
                "The plugin " + library + " could not create an instance. It logged nothing; it may have written the"
                        + " reason to the standard error stream");
        assertEquals(0, new NativeProbe(library).call("null_create_inits"));
    }

    @Test
    void load_whenInitFails_carriesTheLogLinesAndLeavesNothing() {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        PluginConfig failing = PluginConfig.defaults().withInitParams(Map.of("fail_init", true));

        PluginLoadException failed = assertThrows(
                PluginLoadException.class, () -> NativePlugin.loadInPlace(library, failing, PluginLogListener.slf4j()));

        assertEquals(1, failed.logLines().size(), failed::getMessage);
        PluginLogLine line = failed.logLines().getFirst();
        assertEquals(LogLevel.ERROR, line.level());
        assertEquals("init failed: init_params.fail_init is true", line.message());
        assertEquals(
                "The plugin " + library + " did not start. It logged:\n  ERROR " + line.target() + ": "
                        + line.message(),
                failed.getMessage());
        assertEquals(0, new NativeProbe(library).count("live_instances"));
    }

    @Test
    void load_whenInitFailsSilently_saysThatNothingWasLogged() {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        PluginConfig failing = PluginConfig.defaults()
                .withInitParams(Map.of("fail_init", true))
                .withLogLevel(LogLevel.OFF);

        PluginLoadException failed = assertThrows(
                PluginLoadException.class, () -> NativePlugin.load(library, failing, PluginLogListener.slf4j()));

        assertEquals(List.of(), failed.logLines());
        assertEquals(
                "The plugin " + library + " did not start. It logged nothing; it may have written the reason to the"
                        + " standard error stream",
                failed.getMessage());
    }

    @Test
    void load_afterAFailedStartOfTheSameFile_succeeds() {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        PluginConfig failing = PluginConfig.defaults().withInitParams(Map.of("fail_init", true));
        assertThrows(PluginLoadException.class, () -> NativePlugin.load(library, failing, PluginLogListener.slf4j()));

        try (NativePlugin plugin = NativePlugin.load(library)) {
            assertEquals(ECHOED, plugin.call("echo", ECHO));
        }
    }

    /** An instance that is created and not initialised cannot be destroyed: so there must not be one. */
    @Test
    void load_withAConfigThatCannotBeWritten_createsNoInstance() {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        NativeProbe probe = new NativeProbe(library);
        PluginConfig unwritable = PluginConfig.defaults().withData(new Computed(() -> {
            throw new IllegalStateException("this has no JSON");
        }));

        PluginLoadException refused = assertThrows(
                PluginLoadException.class,
                () -> NativePlugin.loadInPlace(library, unwritable, PluginLogListener.slf4j()));

        assertTrue(
                refused.getMessage().startsWith("The plugin's configuration cannot be written as JSON: ")
                        && refused.getMessage().contains("this has no JSON"),
                refused::getMessage);
        assertInstanceOf(JacksonException.class, refused.getCause());
        assertEquals(0, probe.count("live_instances"));
        assertEquals(0, probe.count("threads"), "nothing entered the plugin");
    }

    // ---- What can be loaded ----

    @Test
    void load_ofARelativePath_isTakenFromTheWorkingDirectory() {
        Path relative = Path.of("").toAbsolutePath().relativize(TestPlugins.demo());

        try (NativePlugin plugin = NativePlugin.load(relative)) {
            assertEquals(ECHOED, plugin.call("echo", ECHO));
        }
    }

    @Test
    void load_ofABareName_isNotSearchedForElsewhere() {
        Path name = Path.of(System.mapLibraryName("turnstile_demo"));

        assertRefused(name, "There is no plugin library " + name.toAbsolutePath());
    }

    @Test
    void load_ofAFileWhosePluginWasClosed_makesANewInstance() {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        NativePlugin.loadInPlace(library).close();

        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            assertEquals(ECHOED, plugin.call("echo", ECHO));
            assertEquals(PluginState.ACTIVE, plugin.state());
        }

        NativeProbe probe = new NativeProbe(library);
        assertEquals(2, probe.count("shutdowns"));
        assertEquals(0, probe.count("live_instances"));
    }

    @Test
    void load_ofAFileThatIsLoaded_makesAnotherInstance() {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        NativeProbe probe = new NativeProbe(library);
        NativePlugin first = NativePlugin.loadInPlace(library);
        try (NativePlugin second = NativePlugin.loadInPlace(library)) {
            assertEquals(2, probe.count("live_instances"));
            first.close();

            assertEquals(ECHOED, second.call("echo", ECHO));
            assertEquals(PluginState.ACTIVE, second.state());
            assertEquals(1, probe.count("live_instances"));
        }
        assertEquals(0, probe.count("live_instances"));
        assertEquals(2, probe.count("shutdowns"));
    }

    @Test
    void load_throughALink_isTheSameLibrary() throws IOException {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        Path link = Files.createSymbolicLink(directory.resolve("link.so"), library);
        NativeProbe probe = new NativeProbe(library);
        try (NativePlugin plugin = NativePlugin.loadInPlace(library);
                NativePlugin linked = NativePlugin.loadInPlace(link)) {
            assertEquals(2, probe.count("live_instances"));
            assertEquals(ECHOED, plugin.call("echo", ECHO));
            assertEquals(ECHOED, linked.call("echo", ECHO));
        }
    }

    // ---- Native access ----

    @Test
    void load_whenNativeAccessIsDenied_namesTheFlag() throws Exception {
        String denied = "Native access is denied to code on the class path. Start java with"
                + " --enable-native-access=ALL-UNNAMED";

        ChildJvm.Result result = ChildJvm.run(List.of(DENY_NATIVE_ACCESS), LoadingProgram.class);

        assertEquals(0, result.exitCode(), result.output());
        assertEquals(
                List.of("try 1: refused: " + denied, "try 2: refused: " + denied),
                result.output().lines().filter(line -> line.startsWith("try ")).toList(),
                result.output());
    }

    // ---- 32 bits ----

    @Test
    void load_inA32BitJvm_isRefusedWithWhatIsNeeded() {
        PluginLoadException refused = assertThrows(PluginLoadException.class, () -> NativeAccess.require64Bits(4));
        assertEquals(
                "This JVM has addresses of 32 bits (" + System.getProperty("os.arch")
                        + "), and plugins need 64: start the program with a 64-bit JVM",
                refused.getMessage());
        NativeAccess.require64Bits(8);
    }

    private static PluginLoadException refused(Path library) {
        return assertThrows(PluginLoadException.class, () -> NativePlugin.load(library));
    }

    private static void assertRefused(Path library, String message) {
        PluginLoadException refused = refused(library);
        assertAll(() -> assertEquals(message, refused.getMessage()), () -> assertEquals(List.of(), refused.logLines()));
    }

    /** A value that is computed when it is written. */
    public record Computed(@JsonIgnore Supplier<String> source) {
        @JsonProperty
        public String text() {
            return source.get();
        }
    }
}
