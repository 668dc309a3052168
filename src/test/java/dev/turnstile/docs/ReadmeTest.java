package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's programs, as pasted: compiled and run the way the README says. */
class ReadmeTest {
    private static final Path BASE = Path.of(System.getProperty("turnstile.basedir", "."));

    @Test
    void program_compilesRunsAndSaysWhatItShould(@TempDir Path directory) throws Exception {
        String program = blocks().get(0);
        assertTrue(program.lines().count() <= 25, "it fits on the first screen");
        // "hello " and the numbers from 0 to 9,999.
        assertSays("98890 letters, 10000 calls, one at a time", program, directory);
    }

    @Test
    void fanOut_compilesRunsAndSaysWhatItShould(@TempDir Path directory) throws Exception {
        String imports = "import dev.turnstile.*;\nimport java.time.Duration;\nimport java.util.List;\n";
        assertSays("100 echoes, the last one: hello 99", inPlaceOfTheThreads(imports, blocks().get(1)), directory);
    }

    @Test
    void pool_compilesRunsAndSaysWhatItShould(@TempDir Path directory) throws Exception {
        String imports = "import dev.turnstile.*;\nimport dev.turnstile.plugin.*;\nimport java.time.Duration;\n";
        assertSays("switched 4, and 4 of 4 instances work", inPlaceOfTheThreads(imports, blocks().get(2)), directory);
    }

    @Test
    void resilience_compilesRunsAndSaysWhatItShould(@TempDir Path directory) throws Exception {
        String imports = """
            import dev.turnstile.resilience4j.TurnstileResilience;
            import io.github.resilience4j.circuitbreaker.CircuitBreaker;
            import io.github.resilience4j.retry.Retry;
            import java.time.Duration;
            """;
        assertSays("hello, and the breaker is CLOSED", inPlaceOfTheThreads(imports, blocks().get(4)), directory);
    }

    /** Has the program do something else with its plugin. */
    private static String inPlaceOfTheThreads(String imports, String block) throws Exception {
        String program = blocks().get(0);
        int begin = program.indexOf("try (var plugin");
        int end = program.lastIndexOf("        }\n    }\n}");
        String load = program.substring(begin, program.indexOf(";\n", begin)) + ") {\n";
        return imports + program.substring(0, begin) + load + block + program.substring(end);
    }

    /** The body of a test, made a program. */
    @Test
    void testOfYourCode_compilesAndPasses(@TempDir Path directory) throws Exception {
        String before = """
            import static org.junit.jupiter.api.Assertions.*;
            import dev.turnstile.CallTimeoutException;
            import dev.turnstile.plugin.SynchronizedPlugin;
            import dev.turnstile.testing.*;
            import java.time.Duration;
            import java.util.concurrent.ExecutionException;
            class Hello {
                public static void main(String[] args) throws Exception {
            """;
        String after = """
                    System.out.println("passed");
                }
            }
            """;
        assertSays("passed", before + blocks().get(3) + after, directory);
    }

    private static List<String> blocks() throws Exception {
        String readme = Files.readString(BASE.resolve("README.md"));
        return Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(readme)
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static void assertSays(String expected, String program, Path directory) throws Exception {
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
        assertTrue(output.contains(expected), output);
    }
}
