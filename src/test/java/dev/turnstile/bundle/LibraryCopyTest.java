package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.testing.ExtractionPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A copy of a bare library lies where an extracted one does; what goes wrong names the file that was to be copied. */
class LibraryCopyTest {
    private static final byte[] LIBRARY = {1, 2, 3};

    @RegisterExtension
    final ExtractionPlace place = new ExtractionPlace();

    @TempDir
    Path directory;

    private Path library(String name) throws IOException {
        return Files.write(directory.resolve(name), LIBRARY);
    }

    @Test
    void copies_areInDirectoriesOfTheirOwnUntilClosed() throws Exception {
        Path library = library("libx.so");
        ExtractedLibrary first = ExtractedLibrary.copyOf(library);
        ExtractedLibrary second = ExtractedLibrary.copyOf(library);

        assertEquals(library.getFileName(), first.file().getFileName());
        assertArrayEquals(LIBRARY, Files.readAllBytes(first.file()));
        assertEquals(place.path(), first.file().getParent().getParent());
        assertEquals(2, place.extracted().size());

        first.close();
        assertEquals(List.of(second.file().getParent()), place.extracted());
        second.close();
        assertEquals(List.of(), place.extracted());
        assertArrayEquals(LIBRARY, Files.readAllBytes(library));
    }

    /** Whatever the file's own permissions are: a loader does not ask for the right to execute it, some file systems do. */
    @Test
    void copy_isForItsOwnerOnly() throws Exception {
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"), "POSIX permissions");
        Path library = library("libx.so");
        Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("r--r--r--"));
        try (ExtractedLibrary copy = ExtractedLibrary.copyOf(library)) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.file())));
        }
    }

    @Test
    void fileThatCannotBeRead_isNamed() {
        Path missing = directory.resolve("libx.so");

        assertRefused(Problem.IO, "The library " + missing + ": there is no such file", missing);
        assertRefused(Problem.IO, "The library " + directory + ": it is not a file", directory);
    }

    @Test
    void fileWithTheNameOfTheLock_isNamed() throws Exception {
        Path library = library("LOCK");

        assertRefused(Problem.MALFORMED, "The library " + library + ": its file name is \"LOCK\", which", library);
    }

    @Test
    void placeThatIsNotThere_isNamedWithTheFileAndTheWayOut() throws Exception {
        Path library = library("libx.so");
        Path missing = place.path().resolve("missing");
        System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, missing.toString());

        BundleException refused = assertRefused(
                Problem.IO, "The library " + library + ": it cannot be written to " + missing + ": ", library);
        assertTrue(refused.getMessage().contains("-Dturnstile.extraction.dir="), refused::getMessage);
    }

    private BundleException assertRefused(Problem problem, String start, Path library) {
        BundleException refused = assertThrows(BundleException.class, () -> ExtractedLibrary.copyOf(library));
        assertEquals(problem, refused.problem());
        assertTrue(refused.getMessage().startsWith(start), refused::getMessage);
        assertEquals(List.of(), place.extracted());
        return refused;
    }
}
