package dev.turnstile.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real jshell, started as {@code scripts/jshell} starts it, is given the lines that its greeting proposes. */
@Tag("slow")
class JShellTest {
    private static final Path BASE = Path.of(System.getProperty("turnstile.basedir", "."));
    private static final Path STARTUP = BASE.resolve("src/demo/jshell/startup.jsh");

    @TempDir
    Path directory;

    @Test
    void linesOfTheGreeting_workAndPrintReadably() throws Exception {
        String output = jshell(greetingLines());
        assertTrue(
                output.contains("plugin ==> SynchronizedPlugin[" + System.mapLibraryName("turnstile_demo") + ", Turns"),
                output);
        assertTrue(output.contains("$2 ==> \"{\\\"message\\\":\\\"hi\\\",\\\"length\\\":2}\""), output);
        assertTrue(output.contains("PluginFanOut[ALL_OR_CANCEL, 0 of 1000 forks left]"), output);
        assertFalse(output.contains("Exception"), output);
        assertFalse(output.contains("WARNING"), output);
    }

    /** Nobody closed the plugin, and a call is in it: the exit waits for neither. */
    @Test
    void exit_withAPluginThatIsInACall_doesNotHang() throws Exception {
        String output = jshell(List.of(
                "var plugin = SynchronizedPlugin.load(demo())",
                "var endless = plugin.submit(\"sleep\", \"{\\\"duration_ms\\\":3600000}\")"));
        assertTrue(output.contains("endless ==> "), output);
    }

    @Test
    void guide_showsTheSameLines() throws Exception {
        String guide = Files.readString(BASE.resolve("src/site/markdown/guides/getting-started.md"));
        for (String line : greetingLines()) {
            assertTrue(guide.contains("    jshell> " + line), line);
        }
    }

    /** The greeting as jshell prints it, its proposals alone. */
    private static List<String> greetingLines() throws Exception {
        String startup = Files.readString(STARTUP);
        return startup.substring(startup.indexOf("\"\"\"") + 4)
                .translateEscapes()
                .lines()
                .filter(line -> line.startsWith("      "))
                .map(String::strip)
                .toList();
    }

    private String jshell(List<String> lines) throws Exception {
        Path java = Path.of(System.getProperty("java.home"));
        Process process = new ProcessBuilder(
                        java.resolve("bin/jshell").toString(),
                        "--class-path",
                        System.getProperty("java.class.path"),
                        "-R--enable-native-access=ALL-UNNAMED",
                        "-R-Dturnstile.demo=" + TestPlugins.demo().toAbsolutePath(),
                        "-J-Djava.util.prefs.userRoot=" + directory,
                        "--startup",
                        "DEFAULT",
                        "--startup",
                        STARTUP.toString())
                .redirectErrorStream(true)
                .start();
        try {
            String typed = lines.stream().map(line -> line + "\n").collect(Collectors.joining()) + "/exit\n";
            process.outputWriter(StandardCharsets.UTF_8).append(typed).close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS), output);
            assertEquals(0, process.exitValue(), output);
            assertTrue(output.contains("Turnstile is imported."), output);
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
