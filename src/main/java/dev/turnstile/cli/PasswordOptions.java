package dev.turnstile.cli;

import java.nio.CharBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the password of a secret key comes from. It is never an argument: those are seen by every process. */
final class PasswordOptions {
    private static final int LONGEST_FILE = 4096;
    static final String VARIABLE = "TURNSTILE_KEY_PASSWORD";

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "The key's password is the first line of this file. Else it is taken from the environment"
                    + " variable " + VARIABLE + ", or asked for.")
    private @Nullable Path file;

    boolean isGiven() {
        return file != null;
    }

    /** Returns the password of an existing key; the caller wipes it. */
    char[] password(Terminal terminal, Path key) {
        return password(terminal, key, false);
    }

    /** Returns the password of a new key, asked for twice because of typing mistakes; the caller wipes it. */
    char[] newPassword(Terminal terminal, Path key) {
        char[] password = password(terminal, key, true);
        if (password.length == 0) {
            throw new UsageException("the password is empty; --unencrypted writes a key without one");
        }
        return password;
    }

    private char[] password(Terminal terminal, Path key, boolean twice) {
        if (file != null) {
            return firstLine(file);
        }
        String variable = terminal.environment().get(VARIABLE);
        if (variable != null) {
            return variable.toCharArray();
        }
        char[] typed = ask(terminal, key, "Password for " + key + ": ");
        if (twice) {
            char[] again = ask(terminal, key, "The same again: ");
            boolean same = Arrays.equals(typed, again);
            Arrays.fill(again, '\0');
            if (!same) {
                Arrays.fill(typed, '\0');
                throw new UsageException("the two passwords differ");
            }
        }
        return typed;
    }

    private static char[] ask(Terminal terminal, Path key, String question) {
        char[] typed = terminal.prompt().ask(question);
        if (typed == null) {
            throw new UsageException("the key " + key + " takes a password, and there is nobody to ask: give it with"
                    + " --password-file FILE or in the environment variable " + VARIABLE);
        }
        return typed;
    }

    private static char[] firstLine(Path file) {
        byte[] bytes = InputFile.read("The password file", file, LONGEST_FILE);
        CharBuffer text;
        try {
            text = InputFile.utf8("The password file " + file, bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
        int end = 0;
        while (end < text.length() && text.get(end) != '\n' && text.get(end) != '\r') {
            end++;
        }
        char[] line = Arrays.copyOf(text.array(), end);
        Arrays.fill(text.array(), '\0');
        return line;
    }
}
