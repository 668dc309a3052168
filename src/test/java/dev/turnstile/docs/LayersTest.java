package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Imports run downward only: what each package names of this project, and of what only some may use. */
class LayersTest {
    private static final Path MAIN =
            Path.of(System.getProperty("turnstile.basedir", "."), "src", "main", "java", "dev", "turnstile");
    private static final Pattern NAMED = Pattern.compile("\\b(dev\\.turnstile(?:\\.[a-z0-9]+)?)\\.[A-Z]|"
            + "\\b(java\\.lang\\.foreign|picocli|org\\.bouncycastle|io\\.micrometer|io\\.opentelemetry"
            + "|io\\.github\\.resilience4j|org\\.springframework|org\\.apache\\.flink)\\.");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "internal   |",
                "elf        |",
                "''         | dev.turnstile.internal",
                "bundle     | dev.turnstile.elf, dev.turnstile.internal, org.bouncycastle",
                "process    | dev.turnstile.internal, java.lang.foreign",
                "plugin     | dev.turnstile, dev.turnstile.abi, dev.turnstile.bundle, dev.turnstile.elf,"
                        + " dev.turnstile.internal, dev.turnstile.process, java.lang.foreign",
                "context    | dev.turnstile, io.micrometer",
                "micrometer | dev.turnstile, dev.turnstile.plugin, io.micrometer",
                "opentelemetry | dev.turnstile, dev.turnstile.plugin, io.opentelemetry",
                "resilience4j | dev.turnstile, dev.turnstile.plugin, io.github.resilience4j",
                "flink      | dev.turnstile, dev.turnstile.bundle, dev.turnstile.internal, dev.turnstile.plugin,"
                        + " org.apache.flink",
                "spring     | dev.turnstile, dev.turnstile.bundle, dev.turnstile.internal, dev.turnstile.micrometer,"
                        + " dev.turnstile.plugin, io.micrometer, org.springframework",
                "testing    | dev.turnstile, dev.turnstile.plugin",
                "cli        | dev.turnstile, dev.turnstile.bundle, dev.turnstile.elf, dev.turnstile.internal,"
                        + " dev.turnstile.plugin, picocli",
            })
    void package_namesOnlyWhatLiesBelow(String directory, String below) throws IOException {
        Set<String> named = new TreeSet<>();
        List<Path> sources;
        try (Stream<Path> files = Files.list(MAIN.resolve(directory))) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        assertFalse(sources.isEmpty());
        for (Path source : sources) {
            String code = Files.readString(source).replaceAll("(?s)/\\*.*?\\*/", ""); // comments may name anything
            NAMED.matcher(code).results().map(LayersTest::name).forEach(named::add);
        }
        String own = directory.isEmpty() ? "dev.turnstile" : "dev.turnstile." + directory;
        named.remove(own);

        assertEquals(below == null ? Set.of() : new TreeSet<>(List.of(below.split(", "))), named);
    }

    private static String name(MatchResult found) {
        return found.group(1) == null ? found.group(2) : found.group(1);
    }
}
