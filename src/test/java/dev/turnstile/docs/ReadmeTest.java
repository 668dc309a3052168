package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's program, as pasted: compiled and run the way the README says. */
class ReadmeTest {
    private static final Path BASE = Path.of(System.getProperty("turnstile.basedir", "."));

    @Test
    void program_compilesRunsAndSaysWhatItShould(@TempDir Path directory) throws Exception {
        String readme = Files.readString(BASE.resolve("README.md"));
        Matcher block = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(readme);
        assertTrue(block.find());
        String program = block.group(1);
        assertTrue(program.lines().count() <= 25, "it fits on the first screen");

        // It names the files by paths relative to the working directory.
        Path built = Files.createDirectories(directory.resolve("target/native"));
        Files.copy(TestPlugins.bundle(), built.resolve("turnstile-demo.rbp"));
        TestPlugins.key().write(built.resolve("demo.pub"));
        Path source = Files.writeString(directory.resolve("Hello.java"), program);
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(List.of(
                        java.toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString()))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, process.waitFor(), output);
        // "hello " and the numbers from 0 to 9,999.
        assertTrue(output.contains("98890 letters, 10000 calls, one at a time"), output);
    }
}
