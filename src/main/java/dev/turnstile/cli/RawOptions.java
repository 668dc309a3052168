package dev.turnstile.cli;

import dev.turnstile.internal.FileTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A raw call: the number of the message, where its bytes come from, and where those of the reply go. */
final class RawOptions {
    private static final HexFormat HEX = HexFormat.of();
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,10})|0x([0-9a-fA-F]{1,8})");
    private static final long LARGEST = 0xffff_ffffL;

    @Option(
            names = "--raw",
            paramLabel = "ID",
            description =
                    "Make a raw call. ID is the number of the message, such as 7 or 0x7. The request is HEX, its bytes"
                        + " as hexadecimal digits, by default none; - reads the bytes from standard input. The bytes"
                        + " of the reply go to standard output, to a terminal as hexadecimal digits.")
    private @Nullable String id;

    @Option(names = "--request-file", paramLabel = "FILE", description = "With --raw: the request is this file.")
    private @Nullable Path requestFile;

    @Option(names = "--hex", description = "With --raw: print the reply as hexadecimal digits.")
    private boolean hex;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "With --raw: write the reply to this file, which must not exist.")
    private @Nullable Path file;

    boolean isRaw() {
        return id != null;
    }

    /** Refuses what can be said of a raw call alone. */
    void checkNotGiven() {
        if (requestFile != null || hex || file != null) {
            throw new UsageException("--request-file, --hex and --output are for raw calls: with --raw ID");
        }
    }

    /** The number of the message; those that Java counts as negative are the large ones. */
    int messageId() {
        Matcher number = NUMBER.matcher(String.valueOf(id));
        if (number.matches()) {
            String decimal = number.group(1);
            long value = decimal == null ? Long.parseLong(number.group(2), 16) : Long.parseLong(decimal);
            if (value <= LARGEST) {
                return (int) value;
            }
        }
        throw new UsageException("--raw is " + id + ", but must be a number from 0 to " + LARGEST
                + ", or 0x and up to 8 hexadecimal digits");
    }

    /** Reads the request. */
    byte[] request(String argument, Terminal terminal) {
        if (requestFile != null) {
            if (!argument.isEmpty()) {
                throw new UsageException("the request is there twice: leave out " + argument + " or --request-file");
            }
            return InputFile.read("The request", requestFile, InputFile.LONGEST_REQUEST);
        }
        if (argument.equals("-")) {
            return terminal.readInput();
        }
        try {
            return HEX.parseHex(argument);
        } catch (IllegalArgumentException noHex) {
            throw new UsageException("the request, " + argument + ", is not hexadecimal, with two digits for each byte;"
                    + " - reads it from standard input, --request-file FILE from a file");
        }
    }

    /** Refuses what the reply cannot be written to: before the call, since it is made only once. */
    void checkOutput() {
        if (file == null) {
            return;
        }
        if (hex) {
            throw new UsageException("--hex is for standard output: a file gets the bytes themselves");
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new UncheckedIOException(exists(file), new FileAlreadyExistsException(file.toString()));
        }
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new UncheckedIOException(
                    "The file " + file + ": there is no directory to write it to", new IOException());
        }
    }

    private static String exists(Path file) {
        return "The file " + file + ": there is such a file, and it is not overwritten";
    }

    /** Returns what is said of the reply; {@code null} if it has been printed. */
    @Nullable
    Result deliver(byte[] reply, boolean asJson, Terminal terminal) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("message_id", Integer.toUnsignedLong(messageId()));
        members.put("size", reply.length);
        if (file != null) {
            write(file, reply);
            members.put("file", file.toString());
            return new Result(List.of("Wrote " + file + ", " + reply.length + " bytes"), members);
        }
        if (!asJson && !hex && !terminal.isOutputShown()) {
            terminal.print(reply);
            return null;
        }
        String digits = HEX.formatHex(reply);
        members.put("response_hex", digits);
        return new Result(List.of(digits), members);
    }

    private static void write(Path file, byte[] reply) {
        try {
            writeNew(Files.createFile(file), reply);
        } catch (FileAlreadyExistsException exists) {
            throw new UncheckedIOException(exists(file), exists);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(
                    "The file " + file + ": it cannot be written: " + FileTrouble.of(unwritable), unwritable);
        }
    }

    /** Leaves no part of the reply. */
    private static void writeNew(Path file, byte[] reply) throws IOException {
        try {
            Files.write(file, reply);
        } catch (IOException unwritten) {
            Files.delete(file);
            throw unwritten;
        }
    }
}
