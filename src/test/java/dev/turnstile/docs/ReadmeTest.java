package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
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

    /** What some version warns of, a later one denies: native access that is not enabled, mutated final fields, memory by {@code sun.misc.Unsafe}. */
    @Test
    void program_needsNothingThatLaterVersionsDeny(@TempDir Path directory) throws Exception {
        int feature = Runtime.version().feature();
        List<String> command = new ArrayList<>();
        if (feature >= 23) {
            command.add("--sun-misc-unsafe-memory-access=deny");
        }
        if (feature >= 24) {
            command.add("--illegal-native-access=deny");
        }
        if (feature >= 26) {
            command.add("--illegal-final-field-mutation=deny");
        }
        Documents.placeDemoPlugin(directory);
        String program =
                Snippet.of(Documents.BASE.resolve("README.md")).getFirst().code();
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Files.writeString(directory.resolve("Hello.java"), program).toString()));
        String output = Documents.assertPrints(
                "98890 letters, 10000 calls, one at a time", directory, command.toArray(String[]::new));
        assertFalse(output.contains("WARNING"), output);
    }

    /** As in a Java that jlink made as the guide to the command line says. */
    @Test
    void program_runsOnTheModulesThatTheGuideNames(@TempDir Path directory) throws Exception {
        String guide = Files.readString(Documents.BASE.resolve("src/site/markdown/guides/command-line.md"));
        Matcher modules = Pattern.compile("jlink --add-modules (\\S+)").matcher(guide);
        assertTrue(modules.find());
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(element -> element.matches(".*/(target/classes|(jackson|slf4j-api)-[^/]*)"))
                .collect(Collectors.joining(File.pathSeparator));
        Documents.placeDemoPlugin(directory);
        Path source = Files.writeString(
                directory.resolve("Hello.java"),
                Snippet.of(Documents.BASE.resolve("README.md")).getFirst().code());
        int exitCode = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", directory.toString(), "-cp", classPath, source.toString());
        assertEquals(0, exitCode, "it compiles");
        Documents.assertPrints(
                "98890 letters, 10000 calls, one at a time",
                directory,
                "--limit-modules=" + modules.group(1) + (Runtime.version().feature() < 22 ? ",jdk.crypto.ec" : ""),
                "-cp",
                directory + File.pathSeparator + classPath,
                "Hello");
    }
}
