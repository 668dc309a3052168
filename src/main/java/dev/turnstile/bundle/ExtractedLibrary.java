package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.internal.AbsolutePath;
import dev.turnstile.internal.FileTrouble;
import dev.turnstile.internal.PrivateDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A library from a bundle, or a copy of a bare one, as a file in a directory of its own, which only the user of this process
 * may enter; closing it removes both.
 *
 * <p>On POSIX systems a library that is loaded stays usable when its file is gone. On Windows the file of a loaded library cannot be
 * removed: it stays until another process extracts a library into the same place and sweeps what dead processes left there. The files of a
 * process that died are swept likewise.
 *
 * <p>Any thread may use it.
 */
public final class ExtractedLibrary implements AutoCloseable {
    /**
     * The system property for the directory in which the private directories are made; by default {@code java.io.tmpdir}. Set it if that is
     * mounted {@code noexec}.
     */
    public static final String DIRECTORY_PROPERTY = PrivateDirectory.PLACE_PROPERTY;

    private static final String DESCRIPTORS =
            "This process has as many files open as it may: raise that limit (ulimit -n)";

    private final Path file;
    private final PrivateDirectory directory;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ExtractedLibrary(Path file, PrivateDirectory directory) {
        this.file = file;
        this.directory = directory;
    }

    /**
     * Copies a bare library into a new private directory, as {@link BundledLibrary#extract} does with one in a bundle.
     *
     * <p>Links beside the copy let the system's loader find the dependencies that lie beside the original: on Linux those in the
     * directories that the library names by {@code $ORIGIN}, on macOS those in its own directory. The dependencies themselves are not
     * copied. What the plugin itself looks for beside its file, such as data, is not there.
     *
     * @param library the file
     * @return the copy; closing it removes it, and the links
     * @throws BundleException naming the file, if it cannot be read, or the copy cannot be written, or not be executed there;
     *     nothing is left then
     */
    public static ExtractedLibrary copyOf(Path library) {
        Objects.requireNonNull(library, "library");
        Path file = AbsolutePath.of(library);
        Source source = new Source("The library " + file);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw source.refuse(Problem.IO, "it is not a file");
        }
        try (InputStream original = Files.newInputStream(file)) {
            Neighbours neighbours =
                    Neighbours.of(file.toRealPath(), Platform.host().system());
            return of(source, file.getFileName(), PrivateDirectory.place(), (directory, name) -> {
                Path beside = neighbours.isEmpty()
                        ? directory
                        : neighbours.linkIn(Files.createDirectory(directory.resolve("beside")));
                Path copy = beside.resolve(name);
                Files.deleteIfExists(copy); // the link to the original
                WholeFile.copy(original, copy, WholeFile.Mode.PRIVATE_EXECUTABLE);
                return copy;
            });
        } catch (NoSuchFileException missing) {
            throw source.failed("there is no such file", missing);
        } catch (IOException unreadable) {
            throw source.failed("it cannot be read: " + unreadable, unreadable);
        }
    }

    static ExtractedLibrary of(Source source, String fileName, byte[] library) {
        return of(source, fileName, library, PrivateDirectory.place());
    }

    static ExtractedLibrary of(Source source, String fileName, byte[] library, Path parent) {
        return of(source, EntryNames.fileIn(Path.of(""), fileName, source), parent, (directory, name) -> {
            Path file = directory.resolve(name);
            WholeFile.create(file, library, WholeFile.Mode.PRIVATE_EXECUTABLE);
            return file;
        });
    }

    /** Puts a library into an empty directory. */
    private interface Writer {
        /** Returns the library's file. */
        Path write(Path directory, Path fileName) throws IOException;
    }

    private static ExtractedLibrary of(Source source, Path fileName, Path parent, Writer writer) {
        if (fileName.toString().equalsIgnoreCase(PrivateDirectory.LOCK)) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "its file name is " + Quoted.of(fileName.toString())
                            + ", which the lock of its private directory has");
        }
        try {
            return in(PrivateDirectory.in(parent.toRealPath()), source, fileName, writer);
        } catch (IOException unwritable) {
            throw source.failed(
                    "it cannot be written to " + AbsolutePath.of(parent) + ": " + unwritable + ". "
                            + (FileTrouble.isOfDescriptors(unwritable) ? DESCRIPTORS : wayOut()),
                    unwritable);
        }
    }

    private static ExtractedLibrary in(PrivateDirectory directory, Source source, Path fileName, Writer writer)
            throws IOException {
        boolean extracted = false;
        try {
            Path file = writer.write(directory.path(), fileName);
            if (!Files.isExecutable(file)) {
                throw source.refuse(
                        Problem.IO,
                        "it cannot be loaded from " + directory.path().getParent()
                                + ", which does not let files be executed (mounted noexec?). " + wayOut());
            }
            extracted = true;
            return new ExtractedLibrary(file, directory);
        } finally {
            if (!extracted) {
                directory.close();
            }
        }
    }

    private static String wayOut() {
        return "-D" + DIRECTORY_PROPERTY + "=DIRECTORY chooses another place";
    }

    /**
     * Returns where the library is.
     *
     * @return an absolute path, valid until {@link #close}
     */
    public Path file() {
        return file;
    }

    /** Removes the file and its directory. Does nothing if they are removed already. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            directory.close();
        }
    }

    /** Returns the file. */
    @Override
    public String toString() {
        return "ExtractedLibrary[" + file + (closed.get() ? ", removed]" : "]");
    }
}
