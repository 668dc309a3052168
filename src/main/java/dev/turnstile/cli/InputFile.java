package dev.turnstile.cli;

import dev.turnstile.bundle.BundleLimits;
import dev.turnstile.internal.FileTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Files that the user names, read whole. What is wrong with one is an {@link UncheckedIOException} whose message names it. */
final class InputFile {
    /** Of a request, from a file or from standard input. */
    static final int LONGEST_REQUEST = 1 << 30;

    private InputFile() {}

    /** Reads what becomes an entry of a bundle. */
    static byte[] read(String what, Path file) {
        return read(what, file, BundleLimits.defaults().entryBytes());
    }

    /** Reads a file of at most so many bytes. It may be a pipe, which does not tell its size. */
    static byte[] read(String what, Path file, int most) {
        try {
            long size = Files.size(file);
            if (size > most) {
                throw new IOException("it has " + size + " bytes, more than the limit of " + most);
            }
            try (InputStream in = Files.newInputStream(file)) {
                return read(in, most);
            }
        } catch (NoSuchFileException missing) {
            throw new UncheckedIOException(what + " " + file + ": there is no such file", missing);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(
                    what + " " + file + ": it cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
    }

    /** Reads a stream of at most so many bytes. */
    static byte[] read(InputStream in, int most) throws IOException {
        byte[] bytes = in.readNBytes(most);
        if (in.read() >= 0) {
            Arrays.fill(bytes, (byte) 0); // it may be a password
            throw new IOException("it has more bytes than the limit of " + most);
        }
        return bytes;
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(
                    "The file " + file + ": it cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
    }

    static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }

    static CharBuffer utf8(String what, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException otherwiseEncoded) {
            throw new UncheckedIOException(what + " is not UTF-8", otherwiseEncoded);
        }
    }
}
