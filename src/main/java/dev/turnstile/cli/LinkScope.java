package dev.turnstile.cli;

import dev.turnstile.elf.ElfDetails;
import dev.turnstile.elf.ElfException;
import dev.turnstile.internal.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the loader looks up what a library uses: in its dependencies, in theirs, and so on; and in what the JVM itself consists of, which is there for
 * all libraries.
 */
final class LinkScope {
    private static final int MOST_LIBRARIES = 1000;

    private final ElfDetails library;
    private final Map<Path, ElfDetails> libraries = new LinkedHashMap<>();
    private final List<String> missing = new ArrayList<>();
    private boolean isComplete;

    private record Next(Path file, DependencySearch parent) {}

    private LinkScope(ElfDetails library) {
        this.library = library;
    }

    /** Of a library for another machine, whose dependencies are not looked for. */
    static LinkScope none(ElfDetails library) {
        return new LinkScope(library);
    }

    /**
     * Finds all of it.
     *
     * @param direct what the library needs itself
     * @param search the search that has found that
     * @param wanted symbols to look for, besides those that the library uses
     */
    static LinkScope of(ElfDetails library, List<Dependency> direct, DependencySearch search, Set<String> wanted) {
        LinkScope scope = new LinkScope(library);
        scope.isComplete =
                direct.stream().allMatch(dependency -> dependency.path().isPresent());
        Set<String> symbols = new HashSet<>(wanted);
        symbols.addAll(library.undefined());
        Deque<Next> unread = new ArrayDeque<>();
        direct.forEach(dependency -> dependency.path().ifPresent(file -> unread.add(new Next(file, search))));
        scope.readAll(unread, symbols);
        ofTheJvm().forEach(file -> unread.add(new Next(file, search)));
        scope.readAll(unread, symbols);
        return scope;
    }

    private static List<Path> ofTheJvm() {
        Path lib = Path.of(System.getProperty("java.home", ""), "lib");
        return List.of(lib.resolve("server/libjvm.so"), lib.resolve("libjli.so")).stream()
                .filter(Files::isRegularFile)
                .toList();
    }

    private void readAll(Deque<Next> unread, Collection<String> symbols) {
        while (!unread.isEmpty()) {
            Next next = unread.remove();
            if (libraries.containsKey(next.file)) {
                continue;
            }
            if (libraries.size() == MOST_LIBRARIES) {
                isComplete = false;
                return;
            }
            read(next, symbols, unread);
        }
    }

    private void read(Next next, Collection<String> symbols, Deque<Next> unread) {
        ElfDetails details;
        try {
            details = ElfDetails.read(next.file, symbols);
        } catch (ElfException malformed) {
            isComplete = false;
            missing.add("Its dependency " + next.file + " cannot be loaded: " + malformed.getMessage());
            return;
        } catch (IOException unreadable) {
            isComplete = false;
            missing.add("Its dependency " + next.file + " cannot be read: " + FileTrouble.of(unreadable));
            return;
        }
        libraries.put(next.file, details);
        DependencySearch search = next.parent.of(next.file, details.library().dependencies());
        for (Dependency dependency : search.dependencies()) {
            if (dependency.path().isPresent()) {
                unread.add(new Next(dependency.path().get(), search));
            } else if (!isKnown(dependency.name())) {
                isComplete = false;
                if (dependency.foundBy() == Dependency.FoundBy.NOTHING) {
                    missing.add("Its dependency " + next.file + " needs " + dependency.name() + ", which is not found");
                }
            }
        }
    }

    /** What is loaded already is found by its name. */
    private boolean isKnown(String name) {
        return libraries.entrySet().stream()
                .anyMatch(known ->
                        known.getKey().endsWith(name) || known.getValue().name().equals(Optional.of(name)));
    }

    /** What keeps its dependencies from being loaded, a sentence without its full stop for each. */
    List<String> problems() {
        return missing;
    }

    /** The dependency whose function of a name the library has as its own. */
    Optional<Path> provider(String function) {
        return libraries.entrySet().stream()
                .filter(other -> other.getValue().functions().contains(function))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The symbols that the library uses and nothing defines; none if it is not known what all of its dependencies define. */
    Set<String> unresolved() {
        Set<String> unresolved = new LinkedHashSet<>();
        if (isComplete) {
            unresolved.addAll(library.undefined());
            libraries.values().forEach(other -> {
                unresolved.removeAll(other.functions());
                unresolved.removeAll(other.variables());
            });
        }
        return unresolved;
    }
}
