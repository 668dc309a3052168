package dev.turnstile.cli;

import dev.turnstile.cli.Dependency.FoundBy;
import dev.turnstile.elf.ElfDependencies;
import dev.turnstile.elf.LibraryFile;
import dev.turnstile.elf.LoaderCache;
import dev.turnstile.elf.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks for the dependencies of a library where the loader of Linux does, and runs nothing. */
final class DependencySearch {
    private static final List<String> DIRECTORIES = List.of("/lib64", "/usr/lib64", "/lib", "/usr/lib");

    private static final Path CURRENT = Path.of("").toAbsolutePath();

    private final ElfDependencies library;
    private final @Nullable Path origin;
    private final String architecture;
    private final LoaderCache cache;
    private final List<Path> own = new ArrayList<>();
    private final List<Path> environment;
    /** Whether its own directories come before those of the environment. */
    private boolean isOwnFirst;

    private boolean hasUnknownToken;

    /**
     * Prepares a search.
     *
     * @param origin the library's directory; {@code null} if there will be nothing but the library itself
     * @param libraryPath the variable {@code LD_LIBRARY_PATH}
     */
    DependencySearch(
            ElfDependencies library,
            @Nullable Path origin,
            String architecture,
            @Nullable String libraryPath,
            LoaderCache cache) {
        this(library, origin, architecture, directories(libraryPath), cache);
    }

    private DependencySearch(
            ElfDependencies library,
            @Nullable Path origin,
            String architecture,
            List<Path> environment,
            LoaderCache cache) {
        this.library = library;
        this.origin = origin;
        this.architecture = architecture;
        this.environment = environment;
        this.cache = cache;
        this.isOwnFirst = library.isSearchPathFirst();
        for (String entry : library.searchPath()) {
            Path path = resolved(entry + "/");
            addTo(own, path == null ? null : existing(path));
        }
    }

    /** The search of a dependency for its own. Where a {@code DT_RPATH} of this library leads, the loader looks for it as well. */
    DependencySearch of(Path file, ElfDependencies dependency) {
        DependencySearch search = new DependencySearch(dependency, file.getParent(), architecture, environment, cache);
        boolean hasNewerPath =
                !dependency.isSearchPathFirst() && !dependency.searchPath().isEmpty();
        if (isOwnFirst && !hasNewerPath) {
            search.own.addAll(own);
            search.isOwnFirst = true;
        }
        return search;
    }

    /** An empty element is the current directory. */
    private static List<Path> directories(@Nullable String libraryPath) {
        List<Path> directories = new ArrayList<>();
        if (libraryPath != null && !libraryPath.isEmpty()) {
            for (String entry : libraryPath.split("[:;]", -1)) {
                Path path = path(CURRENT, entry);
                addTo(directories, path == null ? null : existing(path));
            }
        }
        return directories;
    }

    /** A directory without links, as the loader finds it; {@code null} if there is none. */
    private static @Nullable Path existing(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException missing) {
            return null; // the loader finds nothing there either
        }
    }

    /** A path of the library; {@code null} if it leads nowhere, or only the loader knows where. */
    private @Nullable Path resolved(String path) {
        String rest = Origin.after(path);
        if ((rest == null ? path : rest).indexOf('$') >= 0) {
            hasUnknownToken = true;
            return null;
        }
        if (rest == null) {
            return path(CURRENT, path);
        }
        return origin == null ? null : path(origin, rest);
    }

    /** A path in a directory; {@code null} if the text cannot be a path here. */
    private static @Nullable Path path(Path directory, String text) {
        try {
            return directory.resolve(text);
        } catch (InvalidPathException unmappable) {
            return null; // in the encoding of this system's file names there is no such file
        }
    }

    private static void addTo(List<Path> paths, @Nullable Path path) {
        if (path != null) {
            paths.add(path);
        }
    }

    List<Dependency> dependencies() {
        return library.needed().stream().map(this::find).toList();
    }

    private Dependency find(String name) {
        if (name.indexOf('/') >= 0) {
            Path path = resolved(name);
            return path != null && isFitting(path)
                    ? new Dependency(name, FoundBy.ITS_PATH, Optional.of(path))
                    : notFound(name);
        }
        List<Path> system = new ArrayList<>();
        cache.files(name).forEach(file -> addTo(system, path(CURRENT, file)));
        system.addAll(in(DIRECTORIES.stream().map(Path::of).toList(), name));
        system.addAll(in(
                DIRECTORIES.stream()
                        .map(directory -> Path.of(directory, architecture + "-linux-gnu"))
                        .toList(),
                name));
        // What the JVM has loaded already is found by its name.
        system.addAll(in(List.of(Path.of(System.getProperty("java.home", ""), "lib", "server")), name));
        return firstOf(name, FoundBy.ITS_PATH, isOwnFirst ? in(own, name) : List.of())
                .or(() -> firstOf(name, FoundBy.ENVIRONMENT, in(environment, name)))
                .or(() -> firstOf(name, FoundBy.ITS_PATH, in(own, name)))
                .or(() -> firstOf(name, FoundBy.SYSTEM, system))
                .orElseGet(() -> notFound(name));
    }

    private static List<Path> in(List<Path> directories, String name) {
        List<Path> paths = new ArrayList<>();
        directories.forEach(directory -> addTo(paths, path(directory, name)));
        return paths;
    }

    private Optional<Dependency> firstOf(String name, FoundBy by, List<Path> paths) {
        return paths.stream()
                .filter(this::isFitting)
                .findFirst()
                .map(path -> new Dependency(name, by, Optional.of(path)));
    }

    private Dependency notFound(String name) {
        return new Dependency(name, hasUnknownToken ? FoundBy.UNKNOWN : FoundBy.NOTHING, Optional.empty());
    }

    /** The loader goes on to the next one as well if a file is for another machine. */
    private boolean isFitting(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            LibraryFile found = LibraryFile.ofHead(in.readNBytes(LibraryFile.HEAD));
            return "linux".equals(found.system()) && found.architecture().equals(architecture);
        } catch (IOException unreadable) {
            return false; // nor can the loader, which runs as the same user
        }
    }
}
