package dev.turnstile.bundle;

import dev.turnstile.elf.ElfDependencies;
import dev.turnstile.elf.ElfException;
import dev.turnstile.elf.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directories in which a library has the system's loader look for its dependencies, relative to where it lies itself. Links beside its copy
 * lead to them, so that the loader finds them from there.
 *
 * <p>On Linux these are the directories of its search path that begin with {@code $ORIGIN}. The library's own directory and those above it,
 * as far as the search path goes up, are made anew beside the copy, with a link to each library in them. Another directory is one link:
 * what lies in it finds its own neighbours by itself. On macOS the library's own directory is treated so, whatever the library says. On
 * Windows the loader does not look beside a library that Java loads.
 */
final class Neighbours {
    private static final int MOST_LIBRARIES = 1000;

    private final Path origin;
    private final Set<Path> directories;

    private Neighbours(Path origin, Set<Path> directories) {
        this.origin = origin;
        this.directories = directories;
    }

    /**
     * Looks into a library.
     *
     * @param library its real path, which is what the JVM loads
     */
    static Neighbours of(Path library, String system) throws IOException {
        Path origin = parentOf(library);
        return new Neighbours(
                origin,
                switch (system) {
                    case "linux" -> searched(library, origin);
                    case "darwin" -> Set.of(origin);
                    default -> Set.of();
                });
    }

    private static Set<Path> searched(Path library, Path origin) throws IOException {
        Set<Path> directories = new LinkedHashSet<>();
        Set<Path> seen = new LinkedHashSet<>();
        Deque<Path> unread = new ArrayDeque<>(List.of(library));
        while (!unread.isEmpty() && seen.size() < MOST_LIBRARIES) {
            Path next = unread.remove();
            if (!seen.add(next)) {
                continue;
            }
            ElfDependencies read;
            try {
                read = ElfDependencies.read(next);
            } catch (ElfException unknown) {
                continue; // the loader, or what looks at the file before it, says what is wrong
            }
            directories.addAll(relativeTo(parentOf(next), read));
            for (Path directory : directories) {
                if (origin.startsWith(directory)) { // else its own search path leads on from the real directory
                    for (String needed : read.needed()) {
                        Path dependency = directory.resolve(needed).normalize();
                        if (Files.isRegularFile(dependency)) {
                            unread.add(dependency);
                        }
                    }
                }
            }
        }
        return directories;
    }

    private static List<Path> relativeTo(Path directory, ElfDependencies library) {
        List<Path> found = new ArrayList<>();
        for (String entry : library.searchPath()) {
            String rest = Origin.after(entry + "/");
            if (rest != null) {
                found.add(directory.resolve(rest).normalize());
            }
        }
        for (String needed : library.needed()) {
            String rest = Origin.after(needed);
            if (rest != null) {
                found.add(parentOf(directory.resolve(rest).normalize()));
            }
        }
        return found;
    }

    boolean isEmpty() {
        return directories.isEmpty();
    }

    /**
     * Makes the links in an empty directory.
     *
     * @return the directory for the copy
     */
    Path linkIn(Path empty) throws IOException {
        Path top = origin;
        for (Path directory : directories) {
            top = commonAncestor(top, directory);
        }
        Path place = empty.resolve(top.relativize(origin).toString());
        Files.createDirectories(place);
        for (Path directory : directories) {
            if (origin.startsWith(directory)) {
                linkLibraries(directory, empty.resolve(top.relativize(directory).toString()));
            } else {
                Path above = commonAncestor(origin, directory);
                Path original = above.resolve(directory.getName(above.getNameCount()));
                link(empty.resolve(top.relativize(original).toString()), original);
            }
        }
        return place;
    }

    private static Path commonAncestor(Path one, Path other) {
        Path common = one;
        while (!other.startsWith(common)) {
            common = parentOf(common);
        }
        return common;
    }

    /** For absolute paths, of which all but the root have one. */
    private static Path parentOf(Path path) {
        return Objects.requireNonNull(path.getParent(), path::toString);
    }

    private static void linkLibraries(Path from, Path to) throws IOException {
        List<Path> libraries;
        try (Stream<Path> files = Files.list(from)) {
            libraries = files.filter(Neighbours::isLibrary).toList();
        }
        for (Path library : libraries) {
            link(to.resolve(library.getFileName()), library);
        }
    }

    private static boolean isLibrary(Path file) {
        String name = file.getFileName().toString();
        return (name.contains(".so") || name.endsWith(".dylib")) && Files.isRegularFile(file);
    }

    private static void link(Path link, Path target) throws IOException {
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, target);
        }
    }
}
