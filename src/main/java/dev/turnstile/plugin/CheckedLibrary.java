package dev.turnstile.plugin;

import dev.turnstile.bundle.BundledLibrary;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.bundle.Platform;
import dev.turnstile.elf.LibraryFile;
import dev.turnstile.internal.AbsolutePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A library file that is there, and that this machine can load as far as its head tells.
 *
 * @param file its real path. What was checked is what the system's loader loads: both go by this path, which has no links
 * @param name what messages call it; of a bundle's library, the name of the file
 * @param subject what messages about another library call it, at the beginning of a sentence
 * @param isCopy whether it is a private copy of the file with that name
 */
record CheckedLibrary(Path file, Path name, String subject, boolean isCopy) {
    private static final String LIBRARY = "The plugin library ";

    /** Checks a file that is to be loaded itself. */
    static CheckedLibrary inPlace(Path library) {
        return of(library, AbsolutePath.of(library), null, false);
    }

    /** Checks a private copy. */
    static CheckedLibrary copy(ExtractedLibrary copy, Path original) {
        return of(copy.file(), AbsolutePath.of(original), null, true);
    }

    /** Checks what was extracted from a bundle. */
    static CheckedLibrary extracted(ExtractedLibrary extracted, BundledLibrary library) {
        Path file = extracted.file();
        return of(file, file.getFileName(), library.toString(), false);
    }

    private static CheckedLibrary of(Path library, Path name, @Nullable String subject, boolean isCopy) {
        if (!Files.exists(library)) {
            throw new PluginLoadException("There is no plugin library " + name);
        }
        if (!Files.isRegularFile(library)) {
            throw new PluginLoadException(LIBRARY + name + " is not a file");
        }
        Path file;
        try {
            file = library.toRealPath();
        } catch (IOException unreadable) {
            throw new PluginLoadException(LIBRARY + name + " cannot be read", unreadable);
        }
        CheckedLibrary checked = new CheckedLibrary(file, name, subject == null ? LIBRARY + name : subject, isCopy);
        Platform host = Platform.host();
        String reason = LibraryFile.whyNotLoadable(file, host.system(), host.architecture());
        if (reason != null) {
            throw checked.failed("cannot be loaded: " + reason, null);
        }
        return checked;
    }

    /** Returns what two paths to one file have in common, also as long as it is loaded: its key if the file system has one, else its path. */
    Object identity() {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file : key;
        } catch (IOException unreadable) {
            throw failed("cannot be read", unreadable);
        }
    }

    /** Makes the exception that says what is wrong with it. */
    PluginLoadException failed(String predicate, @Nullable Throwable cause) {
        return new PluginLoadException(LIBRARY + name + " " + predicate, cause);
    }
}
