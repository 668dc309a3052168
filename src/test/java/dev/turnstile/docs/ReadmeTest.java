package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's program, as pasted: compiled and run the way the README says. */
class ReadmeTest {
    @Test
    void program_compilesRunsAndSaysWhatItShould(@TempDir Path directory) throws Exception {
        List<Snippet> blocks = Snippet.of(Documents.BASE.resolve("README.md"));
        assertEquals(1, blocks.size());
        String program = blocks.getFirst().code();
        assertTrue(program.lines().count() <= 25, "it fits on the first screen");

        Documents.placeDemoPlugin(directory);
        Path source = Files.writeString(directory.resolve("Hello.java"), program);
        // "hello " and the numbers from 0 to 9,999.
        Documents.assertPrints(
                "98890 letters, 10000 calls, one at a time",
                directory,
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    }
}
