package dev.turnstile.cli;

import dev.turnstile.internal.FileTrouble;
import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a command sees of the process it runs in.
 *
 * <p>Everything that is printed goes through here. Text may come from a file that nobody has vouched for, so characters that control a
 * terminal, or change the direction of text, are printed as JSON escapes. So are characters that the stream's encoding lacks. A JSON
 * document keeps its meaning.
 *
 * @param in standard input
 * @param out standard output: results, and nothing else
 * @param err standard error: messages
 * @param environment the environment variables
 * @param prompt asks for a password
 */
record Terminal(
        InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, PasswordPrompt prompt) {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}&&[^\\t]]");

    /** Asks for a password without showing it. */
    interface PasswordPrompt {
        /** Returns what was typed; {@code null} if there is nobody to ask. */
        char @Nullable [] ask(String question);
    }

    static Terminal ofThisProcess() {
        PrintStream out = new StandardOutput(new FileOutputStream(FileDescriptor.out), System.out.charset());
        return new Terminal(StandardInput.ofThisProcess(), out, System.err, System.getenv(), Terminal::askAtConsole);
    }

    @SuppressWarnings("SystemConsoleNull") // Main chooses the console that is null where nobody can be asked
    private static char @Nullable [] askAtConsole(String question) {
        Console console = System.console();
        return console == null ? null : console.readPassword("%s", question);
    }

    /** Prints a result. Each element is one line, even if it has a line break in it. */
    void print(List<String> lines) {
        print(out, lines);
    }

    /** Prints bytes as they are, which is for programs and files. */
    void print(byte[] bytes) {
        out.write(bytes, 0, bytes.length);
        out.flush();
    }

    /** Whether standard output is shown to somebody, as far as can be told. */
    boolean isOutputShown() {
        return out instanceof StandardOutput standard && standard.isShown();
    }

    /** Prints a message, which may have several lines. */
    void message(String text) {
        print(err, text.lines().toList());
    }

    private static void print(PrintStream stream, List<String> lines) {
        lines.forEach(line -> stream.println(printable(line, stream.charset())));
        stream.flush();
    }

    static String printable(String line, Charset charset) {
        CharsetEncoder encoder = charset.newEncoder();
        StringBuilder printable = new StringBuilder(line.length());
        line.codePoints().forEach(character -> {
            String text = Character.toString(character);
            boolean isPlain = character >= ' ' && character < 0x7f;
            if (!isPlain && (UNPRINTABLE.matcher(text).matches() || !encoder.canEncode(text))) {
                text.chars().forEach(unit -> printable.append(String.format("\\u%04x", unit)));
            } else {
                printable.append(text);
            }
        });
        return printable.toString();
    }

    /** Whether something that was printed never arrived. */
    boolean isOutputLost() {
        return out.checkError();
    }

    /** Whether that is because nobody reads it any more. */
    boolean hasReaderGone() {
        return out instanceof StandardOutput standard && standard.hasReaderGone();
    }

    byte[] readInput() {
        try {
            return InputFile.read(in, InputFile.LONGEST_REQUEST);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("Standard input cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
    }

    /** Standard input line by line; each byte is a character of its own: whether a line is text of some encoding shows when it is decoded. */
    BufferedReader inputLines() {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
    }

    PrintWriter outWriter() {
        return new PrintWriter(out, true, out.charset());
    }

    PrintWriter errWriter() {
        return new PrintWriter(err, true, err.charset());
    }
}
