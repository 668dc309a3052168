package dev.turnstile.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A library that another one needs.
 *
 * @param name the name that the other one has for it
 * @param foundBy what leads to it
 * @param path where it is, if it was found
 */
record Dependency(String name, FoundBy foundBy, Optional<Path> path) {
    /** What leads the loader to a library. */
    enum FoundBy {
        /** The search path of the library that needs it, or the path that it has for it. */
        ITS_PATH("by the library's own search path"),
        /** The variable, as it is set where the doctor runs. */
        ENVIRONMENT("by LD_LIBRARY_PATH"),
        /** The loader's cache, its directories, or the JVM. */
        SYSTEM("by the system"),
        /** The library's search path has a token that only the loader knows. */
        UNKNOWN("may be found by the loader alone: the library's search path has a token that is not known here"),
        /** Nothing. */
        NOTHING("NOT FOUND"),
        /** It is not looked for where another machine's libraries are. */
        NOT_SOUGHT("not looked for: this is not the machine for it");

        final String words;

        FoundBy(String words) {
            this.words = words;
        }
    }

    /** Dependencies that are not looked for. */
    static List<Dependency> notSought(List<String> names) {
        return names.stream()
                .map(name -> new Dependency(name, FoundBy.NOT_SOUGHT, Optional.empty()))
                .toList();
    }

    /** Whether it lies with the plugin and not with the system. */
    boolean isOfPlugin() {
        return foundBy == FoundBy.ITS_PATH || foundBy == FoundBy.ENVIRONMENT;
    }
}
