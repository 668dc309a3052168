package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.internal.FileTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads files whole, up to a limit, and writes them whole: under a file's name there is all of its content or nothing. */
final class WholeFile {
    private static final int CHUNK = 1 << 16;

    /** How a ZIP archive begins. */
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private WholeFile() {}

    /** The permissions of a new file, if the file system has them; the process's umask takes some away. */
    enum Mode {
        /** Everybody may read it. */
        SHARED("rw-rw-rw-"),
        /** Everybody may read it and run it. */
        EXECUTABLE("rwxrwxrwx"),
        /** Its owner may read it and run it, and nobody else anything. */
        PRIVATE_EXECUTABLE("rwx------"),
        /** Nobody but its owner may read it. */
        SECRET("rw-------");

        private final String permissions;

        Mode(String permissions) {
            this.permissions = permissions;
        }

        FileAttribute<?>[] attributes(Path file) {
            boolean posix = Files.getFileAttributeView(file, PosixFileAttributeView.class) != null;
            return posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                    }
                    : new FileAttribute<?>[0];
        }
    }

    static byte[] read(Source source, Path file, int most) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw source.refuse(Problem.IO, "it is not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(source, in, most);
        } catch (NoSuchFileException missing) {
            throw source.failed(
                    "there is no such file"
                            + (file.isAbsolute() ? "" : " in " + Path.of("").toAbsolutePath()),
                    missing);
        } catch (IOException unreadable) {
            throw source.failed("it cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
    }

    static byte[] read(Source source, InputStream in, int most) throws IOException {
        byte[] bytes = in.readNBytes(most);
        if (in.read() >= 0) {
            throw source.refuse(Problem.LIMIT, "it has more than " + most + " bytes");
        }
        return bytes;
    }

    /** Writes a file that must not exist; a link by its name counts as existing, wherever it leads. */
    static void writeNew(Source source, Path file, byte[] content, Mode mode) {
        write(source, file, content, mode, part -> {
            try {
                Files.createLink(file, part); // unlike a move, it never replaces anything
            } catch (UnsupportedOperationException noLinks) {
                throw new IOException(
                        "its file system has no hard links, which writing a new file safely takes", noLinks);
            }
            Files.delete(part);
        });
    }

    /** Writes a ZIP archive, replacing an existing one. Nothing else is replaced: it may be a key, or what the archive is made of. */
    static void writeOver(Source source, Path file, byte[] content, Mode mode) {
        write(source, file, content, mode, part -> {
            String other = whyNotReplaced(file);
            if (other != null) {
                throw source.refuse(
                        Problem.IO, "it is not replaced, since " + other + "; name another file, or remove it");
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        });
    }

    private static @Nullable String whyNotReplaced(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        if (Files.isSymbolicLink(file)) {
            return "it is a link to " + Files.readSymbolicLink(file);
        }
        if (!Files.isRegularFile(file)) {
            return "it is not a file";
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] begin = in.readNBytes(ZIP.length);
            return begin.length == 0 || Arrays.equals(begin, ZIP) ? null : "what is there is not a bundle";
        }
    }

    private interface Publisher {
        void publish(Path part) throws IOException;
    }

    private static void write(Source source, Path file, byte[] content, Mode mode, Publisher publisher) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw source.refuse(Problem.IO, "there is no directory " + directory + " to write it to");
        }
        Path part = directory.resolve(".turnstile-" + UUID.randomUUID() + ".part");
        try {
            try {
                create(part, content, mode);
                publisher.publish(part);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (FileAlreadyExistsException exists) {
            throw source.failed("there is such a file, and it is not overwritten", exists);
        } catch (IOException unwritable) {
            throw source.failed("it cannot be written to " + directory + ": " + FileTrouble.of(unwritable), unwritable);
        }
    }

    /** Creates a file with the content of another one; not by {@code transferTo}, which fails under Wine. */
    static void copy(InputStream from, Path file, Mode mode) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (OutputStream out = create(file, mode)) {
            for (int length = from.read(chunk); length >= 0; length = from.read(chunk)) {
                out.write(chunk, 0, length);
            }
        }
    }

    /** Creates a file and writes it. */
    static void create(Path file, byte[] content, Mode mode) throws IOException {
        try (OutputStream out = create(file, mode)) {
            // The JDK copies what is written into memory outside of the heap, which the thread then keeps.
            for (int at = 0; at < content.length; at += CHUNK) {
                out.write(content, at, Math.min(CHUNK, content.length - at));
            }
        }
    }

    /** A stream, since an interrupt closes a channel in the midst of writing. */
    private static OutputStream create(Path file, Mode mode) throws IOException {
        Files.createFile(file, mode.attributes(file));
        return Files.newOutputStream(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }
}
