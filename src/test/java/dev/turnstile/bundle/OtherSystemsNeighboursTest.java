package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is linked beside a copied library on systems that the tests do not run on. {@code NeighboursTest} has Linux. */
@Tag("any-java")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links take a privilege there")
class OtherSystemsNeighboursTest {
    private Path library;
    private Path copies;

    @BeforeEach
    void placeFiles(@TempDir Path directory) throws IOException {
        Path real = directory.toRealPath();
        Path origin = Files.createDirectory(real.resolve("plugins"));
        library = Files.createFile(origin.resolve("libplugin.dylib"));
        for (String name : List.of("libleaf.1.dylib", "libolder.so.2", "notes.txt", "libleaf.dll")) {
            Files.createFile(origin.resolve(name));
        }
        copies = Files.createDirectory(real.resolve("copies"));
    }

    private static List<String> linksIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isSymbolicLink)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /** {@code @loader_path} is the directory of the copy then, whatever the library says of it. */
    @Test
    void macOs_hasLinksToTheLibrariesBeside() throws IOException {
        Path place = Neighbours.of(library, "darwin").linkIn(copies);

        assertEquals(copies, place);
        assertEquals(List.of("libleaf.1.dylib", "libolder.so.2", "libplugin.dylib"), linksIn(place));
        assertEquals(
                library.resolveSibling("libleaf.1.dylib"), Files.readSymbolicLink(place.resolve("libleaf.1.dylib")));
    }

    @Test
    void windows_hasNone() throws IOException {
        assertTrue(Neighbours.of(library, "windows").isEmpty());
    }
}
