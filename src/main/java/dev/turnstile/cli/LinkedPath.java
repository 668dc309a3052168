package dev.turnstile.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The way that a path takes through symbolic links. */
final class LinkedPath {
    /** As many as Linux follows. More are a circle, or as good as one. */
    private static final int MOST_LINKS = 40;

    private LinkedPath() {}

    /**
     * Returns the directory entries that say which file the path leads to: each symbolic link on the way, in the path itself or in the
     * target of another one, and the file. Their directories are real ones.
     */
    static Set<Path> entries(Path path) {
        Set<Path> entries = new LinkedHashSet<>();
        Path absolute = path.toAbsolutePath();
        Deque<Path> rest = new ArrayDeque<>();
        absolute.forEach(rest::add);
        Path at = absolute.getRoot();
        while (!rest.isEmpty()) {
            Path name = rest.removeFirst();
            Path next = at.resolve(name).normalize(); // at is real, so ".." is its parent
            Path target = entries.size() < MOST_LINKS ? target(next) : null;
            if (target != null) {
                entries.add(next);
                for (int i = target.getNameCount() - 1; i >= 0; i--) {
                    rest.addFirst(target.getName(i));
                }
                at = target.isAbsolute() ? target.getRoot() : at;
            } else {
                at = next;
            }
        }
        if (at.getParent() != null) {
            entries.add(at);
        }
        return entries;
    }

    private static @Nullable Path target(Path entry) {
        try {
            return Files.readSymbolicLink(entry);
        } catch (IOException noLink) {
            return null; // or one that is being replaced: then the entry itself is what there is to watch
        }
    }
}
