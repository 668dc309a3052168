package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plugins from copies of one bare library share nothing; nothing is left of the copies, and nobody hears of them. */
class CopiedPluginTest {
    private static final String ECHO = "{\"message\":\"m\"}";
    private static final String ECHOED = "{\"message\":\"m\",\"length\":1}";
    private static final byte[] BYTES = {0, 1, -1};

    @RegisterExtension
    final ExtractionPlace place = new ExtractionPlace();

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Queue<String> others = new ConcurrentLinkedQueue<>();

    private static NativePlugin load(Path library, Queue<String> lines) {
        return NativePlugin.load(library, PluginConfig.defaults(), line -> lines.add(line.message()));
    }

    private Path newest(Path... before) {
        List<Path> directories = place.extracted().stream()
                .filter(directory -> !List.of(before).contains(directory))
                .toList();
        assertEquals(1, directories.size());
        return directories.getFirst();
    }

    private static NativeProbe probe(Path directory) {
        return new NativeProbe(directory.resolve(TestPlugins.demo().getFileName()));
    }

    private static void log(NativePlugin plugin, String from) {
        plugin.call("log", "{\"from\":\"" + from + "\",\"message\":\"from a " + from + "\"}");
    }

    private static void await(Queue<String> lines, String... expected) {
        Eventually.isTrue("so many lines: " + expected.length, () -> lines.size() >= expected.length);
        assertEquals(List.of(expected), List.copyOf(lines));
    }

    @Test
    void copies_doNotSeeEachOther() {
        try (NativePlugin plugin = load(TestPlugins.demo(), lines)) {
            Path directory = newest();
            NativeProbe probe = probe(directory);
            try (NativePlugin other = load(TestPlugins.demo(), others)) {
                NativeProbe ofOther = probe(newest(directory));
                assertEquals(ECHOED, plugin.call("echo", ECHO));
                assertArrayEquals(BYTES, plugin.callRaw(1, BYTES));
                assertEquals(2, probe.count("calls"));
                assertEquals(0, ofOther.count("calls"));
                assertEquals(0, ofOther.count("raw_calls"));

                plugin.setLogLevel(LogLevel.OFF);
                log(other, "thread");
                await(others, "started", "from a thread");
                await(lines, "started");
            }
        }
    }

    /** In two instances of one file the log callback goes with the first one that is closed. */
    @Test
    void close_ofOneCopy_leavesTheOtherItsCallsAndItsLog() {
        try (NativePlugin plugin = load(TestPlugins.demo(), lines)) {
            NativeProbe probe = probe(newest());
            load(TestPlugins.demo(), others).close();
            assertEquals(1, place.extracted().size());

            assertEquals(0, probe.count("shutdowns"));
            assertArrayEquals(BYTES, plugin.callRaw(1, BYTES));
            log(plugin, "caller");
            log(plugin, "thread");
            await(lines, "started", "from a caller", "from a thread");
            await(others, "started", "stopping");
        }
        assertEquals(List.of(), place.extracted());
        assertTrue(Files.exists(TestPlugins.demo()));
    }

    @Test
    void messages_nameTheFileItself() {
        NativePlugin plugin = load(TestPlugins.demo(), lines);
        assertTrue(plugin.toString().startsWith("NativePlugin[" + TestPlugins.demo() + ","), plugin::toString);
        plugin.close();

        IllegalStateException closed = assertThrows(IllegalStateException.class, () -> plugin.call("echo", ECHO));
        assertEquals("The plugin " + TestPlugins.demo() + " is closed", closed.getMessage());
    }

    // ---- what does not load ----

    @ParameterizedTest
    @ValueSource(strings = {"missing_call", "null_create", "turnstile_demo"})
    void pluginThatIsNoneOrDoesNotStart_isNamedAsIfItWasNotCopied_andLeavesNothing(String name) {
        Path library = TestPlugins.library(name);
        PluginConfig failing = PluginConfig.defaults().withInitParams(Map.of("fail_init", true));
        PluginLoadException refused = refused(library, failing);

        PluginLoadException uncopied = assertThrows(
                PluginLoadException.class, () -> NativePlugin.loadInPlace(library, failing, PluginLogListener.slf4j()));
        assertTrue(refused.getMessage().contains(library.toString()), refused::getMessage);
        assertEquals(uncopied.getMessage(), refused.getMessage());
        assertEquals(uncopied.logLines(), refused.logLines());
    }

    @Test
    void fileThatCannotBeLoaded_isNamedAsIfItWasNotCopied_andLeavesNothing(@TempDir Path directory) throws Exception {
        Path text = Files.writeString(directory.resolve("text.so"), "GROUP ( libother.so )\n".repeat(10));
        for (Path file : List.of(text, TestPlugins.bundle())) {
            PluginLoadException uncopied =
                    assertThrows(PluginLoadException.class, () -> NativePlugin.loadInPlace(file));
            assertEquals(
                    uncopied.getMessage(),
                    refused(file, PluginConfig.defaults()).getMessage());
        }
    }

    @Test
    void fileThatCannotBeCopied_isNamed(@TempDir Path directory) {
        Path missing = directory.resolve("missing.so");
        PluginLoadException refused = refused(missing, PluginConfig.defaults());

        assertEquals("There is no plugin library " + missing, refused.getMessage());
    }

    @Test
    void configThatCannotBeWritten_leavesNothing() {
        PluginConfig unwritable = PluginConfig.defaults().withData(new LoadingTest.Computed(() -> {
            throw new IllegalStateException("this has no JSON");
        }));

        assertTrue(refused(TestPlugins.demo(), unwritable).getMessage().contains("this has no JSON"));
    }

    @Test
    void withoutNativeAccess_nothingIsWritten() throws Exception {
        String missing = place.path().resolve("missing").toString();
        String output = ChildJvm.run(
                        List.of(
                                LoadingTest.DENY_NATIVE_ACCESS,
                                "-D" + ExtractedLibrary.DIRECTORY_PROPERTY + "=" + missing),
                        LoadingProgram.class,
                        "copy")
                .output();

        assertEquals(
                2,
                output.lines()
                        .filter(line -> line.contains("Native access is denied"))
                        .count(),
                output);
    }

    private PluginLoadException refused(Path library, PluginConfig config) {
        PluginLoadException refused = assertThrows(
                PluginLoadException.class, () -> NativePlugin.load(library, config, PluginLogListener.slf4j()));
        assertEquals(List.of(), place.extracted());
        return refused;
    }
}
