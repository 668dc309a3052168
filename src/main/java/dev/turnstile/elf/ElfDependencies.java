package dev.turnstile.elf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which libraries an ELF library needs, and where it has the loader look for them.
 *
 * @param needed the libraries, by the names that it has for them ({@code DT_NEEDED})
 * @param searchPath the directories, each once, with {@code $ORIGIN} and the like as they are; {@code .} for one without a name, which the
 *     loader takes for the current directory
 * @param isSearchPathFirst whether they come before those of {@code LD_LIBRARY_PATH} ({@code DT_RPATH}), instead of after them ({@code
 *     DT_RUNPATH}); with both, the loader looks at the latter alone
 */
public record ElfDependencies(List<String> needed, List<String> searchPath, boolean isSearchPathFirst) {
    /** Those of what needs nothing. */
    public static final ElfDependencies NONE = new ElfDependencies(List.of(), List.of(), false);

    /**
     * Reads a file, and no more of it than this takes.
     *
     * @param file any file
     * @return what it says
     * @throws ElfException if it is not a 64-bit ELF file, or a malformed one
     * @throws IOException if it cannot be read
     */
    public static ElfDependencies read(Path file) throws IOException {
        return ElfBytes.readFrom(
                file, bytes -> of(ElfDynamic.read(bytes, ElfHeader.read(bytes).segments())));
    }

    static ElfDependencies of(ElfDynamic dynamic) throws IOException {
        Optional<String> path = dynamic.lastName(ElfDynamic.RUNPATH, ElfBytes.LARGEST_PIECE);
        boolean isFirst = path.isEmpty();
        if (isFirst) {
            path = dynamic.lastName(ElfDynamic.RPATH, ElfBytes.LARGEST_PIECE);
        }
        return new ElfDependencies(
                List.copyOf(dynamic.names(ElfDynamic.NEEDED)),
                directories(path.orElse("")),
                isFirst && path.isPresent());
    }

    private static List<String> directories(String path) {
        Set<String> directories = new LinkedHashSet<>();
        if (!path.isEmpty()) {
            for (String directory : path.split(":", -1)) {
                directories.add(directory.isEmpty() ? "." : directory);
            }
        }
        return List.copyOf(directories);
    }
}
