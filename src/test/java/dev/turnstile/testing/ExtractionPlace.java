package dev.turnstile.testing;

import dev.turnstile.bundle.ExtractedLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;

/**
 * A JUnit extension that lets libraries be extracted to a directory of the test's own; a test after which something is left
 * there, or open there, fails.
 */
public final class ExtractionPlace implements BeforeEachCallback, AfterEachCallback {
    private Path path;
    private String before;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        path = Files.createTempDirectory("turnstile-test-place").toRealPath();
        before = System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, path.toString());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (before == null) {
            System.clearProperty(ExtractedLibrary.DIRECTORY_PROPERTY);
        } else {
            System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, before);
        }
        if (!extracted().isEmpty()) {
            throw new AssertionFailedError("Something was extracted and left", List.of(), extracted());
        }
        if (!Leftovers.openFiles(path).isEmpty()) {
            throw new AssertionFailedError("Files are left open", List.of(), Leftovers.openFiles(path));
        }
        Files.delete(path);
    }

    public Path path() {
        return path;
    }

    /** What lies there now: a directory for each library that is extracted. */
    public List<Path> extracted() {
        try (Stream<Path> files = Files.list(path)) {
            return files.toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
