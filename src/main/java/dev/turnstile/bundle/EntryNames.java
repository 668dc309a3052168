package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The rule for names of entries: a relative path with slashes that means the same file inside a directory on every system.
 * It holds for every name in the archive and for every path in the manifest.
 */
final class EntryNames {
    private static final int LONGEST = 512;

    private EntryNames() {}

    /** Says what is wrong with a name, or {@code null} if nothing is. */
    static @Nullable String whyUnsafe(String name) {
        if (name.isEmpty()) {
            return "it is empty";
        }
        if (name.length() > LONGEST) {
            return "it has more than " + LONGEST + " characters";
        }
        if (name.startsWith("/")) {
            return "it is an absolute path";
        }
        for (int i = 0; i < name.length(); i++) {
            char character = name.charAt(i);
            if (character < ' ' || character == 0x7f) {
                return String.format("it has the control character \\u%04x", (int) character);
            }
            if (character == '\\' || character == ':') {
                return "it has a '" + character + "', which means something on Windows";
            }
        }
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                return "it leads out of the bundle with \"..\"";
            }
            if (part.isEmpty() || part.equals(".")) {
                return "it has an empty part";
            }
            if (part.endsWith(".") || part.endsWith(" ")) {
                return "a part of it ends with a dot or a space, which Windows drops";
            }
        }
        return null;
    }

    /**
     * Returns the file of a name in a directory. Which names a file can have depends on the system, and on the locale.
     *
     * @param source what the name is from
     */
    static Path fileIn(Path directory, String fileName, Source source) {
        try {
            return directory.resolve(fileName);
        } catch (InvalidPathException inexpressible) {
            throw source.refuse(
                    Problem.IO,
                    "its file name is " + Quoted.of(fileName) + ", which cannot be the name of a file here ("
                            + Quoted.plain(inexpressible.getReason())
                            + "). If it has other letters than ASCII, start the JVM with LC_ALL=C.UTF-8");
        }
    }

    /** The last part of a name. */
    static String fileName(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
