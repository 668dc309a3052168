package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The project's own documents, and how the programs in them are run. */
final class Documents {
    static final Path BASE = Path.of(System.getProperty("turnstile.basedir", "."));

    private Documents() {}

    static List<Path> guides() throws IOException {
        try (Stream<Path> files = Files.list(BASE.resolve("src/site/markdown/guides"))) {
            return files.sorted().toList();
        }
    }

    /** Puts the demo plugin where the programs look for it, which name it by paths relative to the working directory. */
    static void placeDemoPlugin(Path directory) throws IOException {
        Path built = Files.createDirectories(directory.resolve("target/native"));
        Files.copy(TestPlugins.bundle(), built.resolve("turnstile-demo.rbp"));
        TestPlugins.key().write(built.resolve("demo.pub"));
    }

    /** Runs Java in that directory; returns all that it printed. */
    static String assertPrints(String expected, Path directory, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains(expected), output);
        return output;
    }
}
