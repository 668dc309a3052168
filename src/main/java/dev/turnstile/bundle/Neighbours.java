package dev.turnstile.bundle;

import dev.turnstile.elf.ElfDependencies;
import dev.turnstile.elf.ElfException;
import dev.turnstile.elf.Origin;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the system's loader finds beside a library, relative to where that lies itself. Links beside its copy lead there, so that the loader finds
 * it from the copy.
 *
 * <p>On Linux the search path of the library says where the loader looks: its directories that begin with {@code $ORIGIN}. The library's own
 * directory and those above it, as far as the search path goes up, are made anew beside the copy. In each of them that is searched there is a link
 * to each file that is needed, and to each other one with the name of a library. Where the search path leaves these directories, there is one
 * link, and from there on the loader goes through the original ones. On macOS the library's own directory is treated so, whatever
 * the library says. On Windows the loader does not look beside a library that Java loads.
 *
 * <p>What cannot be read, listed or expressed as a path is left out: the loader needs none of it, or says what it lacks.
 */
final class Neighbours {
    private static final int MOST_LIBRARIES = 1000;

    /** The real directory of the library: it and those above it have no links. */
    private final Path origin;

    /** The highest of these directories that is made anew. */
    private Path top;

    /** Those that are searched, all among these. */
    private final Set<Path> directories = new LinkedHashSet<>();

    /** What links lead to, each in one of these. */
    private final Set<Path> linked = new LinkedHashSet<>();

    private Neighbours(Path origin) {
        this.origin = origin;
        this.top = origin;
    }

    /**
     * Looks into a library.
     *
     * @param library its real path, which is what the JVM loads
     */
    static Neighbours of(Path library, String system) throws IOException {
        Neighbours found = new Neighbours(parentOf(library));
        switch (system) {
            case "linux" -> found.follow(library);
            case "darwin" -> found.directories.add(found.origin);
            default -> {} // the loader does not look there
        }
        found.directories.forEach(found::addLibraries);
        return found;
    }

    // ---- what the loader looks for ----

    /** Looks at the library, and at what it needs in the directories that are made anew: the search path of that begins there as well. */
    private void follow(Path library) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        Set<Path> seen = new LinkedHashSet<>(List.of(library));
        Deque<Path> unread = new ArrayDeque<>(seen);
        while (!unread.isEmpty() && seen.size() < MOST_LIBRARIES) {
            Path next = unread.remove();
            List<Path> needed = new ArrayList<>();
            follow(read(next, library), parentOf(next), names, needed);
            for (Path directory : directories) {
                for (String name : names) {
                    addTo(needed, child(directory, name));
                }
            }
            for (Path file : needed) {
                if (Files.isRegularFile(file) && seen.add(file)) {
                    linked.add(file);
                    unread.add(file);
                }
            }
        }
    }

    private static ElfDependencies read(Path file, Path library) throws IOException {
        try {
            return ElfDependencies.read(file);
        } catch (ElfException unknown) {
            return ElfDependencies.NONE; // the loader, or what looks at the file before it, says what is wrong
        } catch (IOException unreadable) {
            if (file.equals(library)) {
                throw unreadable;
            }
            return ElfDependencies.NONE; // the loader can do without it, or says that it cannot
        }
    }

    /** Follows the search path of a library, and the paths that it has for what it needs; adds the names without a path, and the files. */
    private void follow(ElfDependencies library, Path directory, Set<String> names, List<Path> files) {
        for (String entry : library.searchPath()) {
            String rest = Origin.after(entry + "/");
            if (rest != null) {
                addTo(directories, reach(directory, rest));
            }
        }
        for (String needed : library.needed()) {
            String rest = Origin.after(needed);
            if (rest != null) {
                int name = rest.lastIndexOf('/') + 1;
                Path reached = reach(directory, rest.substring(0, name));
                if (reached != null) {
                    addTo(files, child(reached, rest.substring(name)));
                }
            } else if (needed.indexOf('/') < 0) {
                names.add(needed);
            }
        }
    }

    /**
     * Goes along a path.
     *
     * @return where it ends; {@code null} if it leaves the directories that are made anew, so that a link leads on, or leads nowhere
     */
    private @Nullable Path reach(Path from, String path) {
        Path at = from;
        for (String element : path.split("/", -1)) {
            if (element.isEmpty() || element.equals(".")) {
                continue;
            }
            if (element.equals("..")) {
                at = at.getParent() == null ? at : parentOf(at);
                top = top.startsWith(at) ? at : top;
                continue;
            }
            if (element.indexOf('$') >= 0) { // $LIB, $PLATFORM: what it stands for only the loader knows
                addAll(at);
                return null;
            }
            Path next = child(at, element);
            if (next == null || !origin.startsWith(next)) {
                addTo(linked, next);
                return null;
            }
            at = next;
        }
        return at;
    }

    /** Adds all directories in one. */
    private void addAll(Path directory) {
        for (Path file : filesIn(directory)) {
            if (origin.startsWith(file)) {
                directories.add(file);
                addAll(file);
            } else if (Files.isDirectory(file)) {
                linked.add(file);
            }
        }
    }

    private void addLibraries(Path directory) {
        for (Path file : filesIn(directory)) {
            String name = file.getFileName().toString();
            if ((name.contains(".so") || name.endsWith(".dylib")) && Files.isRegularFile(file)) {
                linked.add(file);
            }
        }
    }

    // ---- the links ----

    boolean isEmpty() {
        return directories.isEmpty() && linked.isEmpty();
    }

    /**
     * Makes the links in an empty directory.
     *
     * @return the directory for the copy
     */
    Path linkIn(Path empty) throws IOException {
        Path place = empty.resolve(top.relativize(origin));
        Files.createDirectories(place);
        for (Path original : linked) {
            Path link = empty.resolve(top.relativize(original));
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, original);
            }
        }
        return place;
    }

    // ---- paths ----

    /** Nothing of a directory that cannot be listed. */
    private static List<Path> filesIn(Path directory) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(files::add);
        } catch (IOException | DirectoryIteratorException unlistable) {
            return files; // what is needed by name is linked nevertheless
        }
        return files;
    }

    /** A file in a directory; {@code null} if Java cannot express it, as other letters than ASCII in the C locale. */
    private static @Nullable Path child(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException inexpressible) {
            return null;
        }
    }

    private static void addTo(Collection<Path> paths, @Nullable Path path) {
        if (path != null) {
            paths.add(path);
        }
    }

    /** For absolute paths, of which all but the root have one. */
    private static Path parentOf(Path path) {
        return Objects.requireNonNull(path.getParent(), path::toString);
    }
}
