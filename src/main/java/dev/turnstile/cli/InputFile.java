package dev.turnstile.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that the user names, read whole. What is wrong with one is an {@link UncheckedIOException} whose message names it. */
final class InputFile {
    private InputFile() {}

    static byte[] read(String what, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new UncheckedIOException(what + " " + file + ": there is no such file", missing);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(what + " " + file + ": it cannot be read: " + unreadable, unreadable);
        }
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The file " + file + ": it cannot be read: " + unreadable, unreadable);
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
