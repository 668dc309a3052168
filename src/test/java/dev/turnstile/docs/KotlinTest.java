package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Kotlin of its guide is compiled, and does what the guide says: src/test/kotlin/KotlinProgram.kt tries it. Neither is on the class path of other tests. */
@Tag("slow")
@Tag("any-java")
class KotlinTest {
    private static final Path KOTLIN =
            Path.of(System.getProperty("turnstile.kotlin", "target/kotlin")).toAbsolutePath();
    private static final String NEEDED = ".*/(target/classes|(jackson|slf4j-api|jspecify)-[^/]*)";

    @TempDir
    Path directory;

    @Test
    void functionsOfTheGuide_answerFailAndAreCancelled() throws Exception {
        String guide = Files.readString(Documents.BASE.resolve("src/site/markdown/guides/kotlin.md"));
        List<String> blocks = Pattern.compile("```kotlin\\n(.*?)```", Pattern.DOTALL)
                .matcher(guide)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
        assertEquals(2, blocks.size());
        List<String> compiler = new ArrayList<>(List.of(
                "-cp",
                KOTLIN + "/*",
                "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
                "-no-stdlib",
                "-no-reflect",
                "-Werror",
                "-jvm-target",
                "21",
                "-cp",
                classPath(),
                "-d",
                directory.resolve("classes").toString(),
                Documents.BASE
                        .resolve("src/test/kotlin/KotlinProgram.kt")
                        .toAbsolutePath()
                        .toString()));
        for (String block : blocks) {
            Path file = directory.resolve("Guide" + blocks.indexOf(block) + ".kt");
            compiler.add(Files.writeString(file, block).toString());
        }
        java(compiler);
        assertEquals(
                "passed\n",
                java(List.of(
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        directory.resolve("classes") + File.pathSeparator + classPath(),
                        "KotlinProgramKt")));
    }

    /** As in an application that depends on the library, with Kotlin's libraries. */
    private static String classPath() {
        return Stream.concat(
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                                .filter(element -> element.matches(NEEDED)),
                        Stream.of("kotlin-stdlib", "kotlinx-coroutines-core-jvm")
                                .map(name -> KOTLIN.resolve(name + ".jar").toString()))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Runs a program that is to end well, and returns what it said. */
    private String java(List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        Path said = directory.resolve("said");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertTrue(process.waitFor(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS), "it ends");
        } finally {
            process.destroyForcibly();
        }
        assertEquals(0, process.exitValue(), Files.readString(said));
        return Files.readString(said);
    }
}
