package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException;
import dev.turnstile.plugin.PluginLoadException;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** A start that fails says what is wrong, and the way out. */
class FailureAnalyzersTest {
    @TempDir
    Path directory;

    /** As Spring Boot does: the first that knows it. That it finds them, the sample application shows. */
    static FailureAnalysis analysis(Throwable failure) {
        List<FailureAnalyzer> ours = List.of(
                new ConfigurationFailureAnalyzer(),
                new BundleFailureAnalyzer(),
                new LoadFailureAnalyzer(),
                new JacksonFailureAnalyzer());
        for (FailureAnalyzer analyzer : ours) {
            FailureAnalysis analysis = analyzer.analyze(new IllegalStateException("a bean could not be made", failure));
            if (analysis != null) {
                return analysis;
            }
        }
        return null;
    }

    private static void assertSays(FailureAnalysis analysis, String description, String wayOut) {
        assertTrue(analysis.getDescription().contains(description), analysis.getDescription());
        assertTrue(analysis.getAction().contains(wayOut), analysis.getAction());
    }

    private static FailureAnalysis ofBundle(SpringContext application) {
        return analysis(application.refusedBy(BundleException.class));
    }

    @Test
    void refusedBundle_saysWhyAndWhatToDo() throws Exception {
        assertSays(
                ofBundle(SpringContext.withDemo().with("turnstile.plugins.demo.trust.name", "another")),
                "\"another\" was expected",
                "turnstile.plugins.NAME.trust");
        assertSays(
                ofBundle(SpringContext.withDemo().with("turnstile.plugins.demo.variant", "debug")),
                "no variant \"debug\"",
                "scripts/turnstile inspect");
        assertSays(
                ofBundle(SpringContext.withDemo().with("turnstile.plugins.demo.bundle", TestPlugins.demo())),
                "libturnstile_demo",
                "filtering");
    }

    @Test
    void pluginThatDoesNotStart_saysWhy() {
        assertSays(
                analysis(PluginLoadException.notStarted("The plugin x did not start", List.of())),
                "The plugin x did not start",
                "scripts/turnstile doctor");
    }

    @Test
    void versionsOfJackson_areNamed() {
        assertSays(
                analysis(new LinkageError("The versions of Jackson do not fit together (x): y")),
                "do not fit together",
                "jackson-bom.version");
        assertSays(
                analysis(new NoClassDefFoundError("com/fasterxml/jackson/annotation/JsonApplyView")),
                "JsonApplyView",
                "jackson-bom.version");
        assertNull(analysis(new LinkageError("another")));
    }

    @Test
    void ownRefusals_haveTheirWayOut() {
        assertSays(analysis(new RefusedConfigurationException("what", "the way out", null)), "what", "the way out");
    }

    @Test
    void nativeAccessDenied_namesTheOption() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of(
                        Runtime.version().feature() >= 24
                                ? "--illegal-native-access=deny"
                                : "--enable-native-access=java.logging"),
                DeniedProgram.class);
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains("Native access is denied"), result.output());
        assertTrue(result.output().contains("Enable-Native-Access: ALL-UNNAMED"), result.output());
    }

    /** Runs without native access. */
    static final class DeniedProgram {
        private DeniedProgram() {}

        public static void main(String[] arguments) {
            FailureAnalysis analysis = analysis(SpringContext.withDemo().refusedBy(PluginLoadException.class));
            System.out.println(analysis.getDescription() + "\n" + analysis.getAction());
        }
    }

    @Test
    void emptyFile_isRefusedAsABundle() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.rbp"));
        assertSays(
                ofBundle(SpringContext.withDemo().with("turnstile.plugins.demo.bundle", empty)),
                "empty.rbp",
                ".rbp file");
    }
}
