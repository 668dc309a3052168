package dev.turnstile.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/** A file as the command line names it. */
final class FileArgument {
    private FileArgument() {}

    /** An empty name would mean the current directory, and comes from a variable that is not set. */
    static Path parse(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("the name of a file is empty: name one, or leave the option out");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException wrong) {
            throw new TypeConversionException(
                    "\"" + text + "\" cannot be the name of a file here: " + wrong.getReason());
        }
    }
}
