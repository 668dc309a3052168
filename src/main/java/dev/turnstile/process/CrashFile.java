package dev.turnstile.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a crashed JVM has written of itself. It ends by {@code abort}, whatever signal it got: the signal itself, and the function that it came in, are in this
 * file only.
 */
record CrashFile(Optional<String> signal, Optional<String> frame) {
    /** The lines are in the first few hundred bytes. */
    private static final int MOST = 16 << 10;

    private static final Pattern SIGNAL =
            Pattern.compile("^#\\s+(SIG[A-Z]+|EXCEPTION_[A-Z_]+) \\(0x", Pattern.MULTILINE);
    private static final Pattern FRAME = Pattern.compile("^# Problematic frame:\\R# (.*)$", Pattern.MULTILINE);
    private static final Pattern BANNER = Pattern.compile("^#.*\\R?", Pattern.MULTILINE);
    private static final CrashFile NONE = new CrashFile(Optional.empty(), Optional.empty());

    /** For a process that writes none. */
    static CrashFile none() {
        return NONE;
    }

    /** Reads the file, if there is one. */
    static CrashFile read(Path file) {
        if (!Files.exists(file)) {
            return NONE;
        }
        try (var stream = Files.newInputStream(file)) {
            String head = new String(stream.readNBytes(MOST), StandardCharsets.ISO_8859_1);
            return new CrashFile(first(SIGNAL, head), first(FRAME, head));
        } catch (IOException unreadable) {
            return NONE; // the exit code tells the rest
        }
    }

    /** Leaves out what a crashed JVM has written to its standard streams, which says no more than this does. */
    String withoutBanner(String output) {
        return signal.isEmpty() ? output : BANNER.matcher(output).replaceAll("").strip();
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? Optional.of(found.group(1).strip()) : Optional.empty();
    }
}
