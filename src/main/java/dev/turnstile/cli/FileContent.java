package dev.turnstile.cli;

import dev.turnstile.internal.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is in a file, by its digest: of a file that was touched, or written anew with the same bytes, it is the same. */
final class FileContent {
    private final Path file;
    private final FileStamp stamp;
    private final byte @Nullable [] digest;

    private FileContent(Path file, FileStamp stamp, byte @Nullable [] digest) {
        this.file = file;
        this.stamp = stamp;
        this.digest = digest;
    }

    /** Reads a file. One that cannot be read has a content that no other one equals: whoever uses the file says why. */
    static FileContent of(Path file) {
        FileStamp stamp = FileStamp.of(file);
        try {
            return new FileContent(file, stamp, Files.isRegularFile(file) ? digest(file) : null);
        } catch (IOException unreadable) {
            return new FileContent(file, stamp, null);
        }
    }

    private static byte[] digest(Path file) throws IOException {
        try (DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), Sha256.begin())) {
            var unused = Files.copy(file, out);
            return out.getMessageDigest().digest();
        }
    }

    /** Whether both are known and the same. */
    boolean isSameAs(FileContent other) {
        return digest != null && other.digest != null && Arrays.equals(digest, other.digest);
    }

    /** The same if nothing has happened to the file since then, so that what was read meanwhile is this; else a content that no other one equals. */
    FileContent ifStillThere() {
        return stamp.equals(FileStamp.of(file)) ? this : new FileContent(file, stamp, null);
    }
}
