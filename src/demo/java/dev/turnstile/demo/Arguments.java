package dev.turnstile.demo;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param library the plugin to use
 */
record Arguments(Path library, boolean verbose, boolean help) {
    static final String USAGE = """
        usage: scripts/demo [--rust] [--plugin FILE] [--verbose]

        Shows thousands of virtual threads sharing one native plugin, one call at a time, and checks that it was so.

          --rust         use the plugin written in Rust (src/demo/rust) instead of the one in C (src/demo/c)
          --plugin FILE  use this library; it must know the messages echo, sleep, fail and probe
          --verbose      show the plugin's and Turnstile's own log lines, on standard error
          --help         this text

        Exit codes: 0 every check held, 1 one failed or the demo could not run, 2 wrong use.
        """;

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static Arguments parse(String... commandLine) {
        Path library = built("turnstile_demo");
        boolean verbose = false;
        boolean help = false;
        Deque<String> rest = new ArrayDeque<>(List.of(commandLine));
        while (!rest.isEmpty()) {
            String argument = rest.remove();
            switch (argument) {
                case "--rust" -> library = built("sync_demo");
                case "--plugin" -> {
                    if (rest.isEmpty()) {
                        throw new IllegalArgumentException("--plugin needs a file");
                    }
                    library = Path.of(rest.remove());
                }
                case "--verbose" -> verbose = true;
                case "--help", "-h" -> help = true;
                default -> throw new IllegalArgumentException("unknown argument: " + argument);
            }
        }
        return new Arguments(library.toAbsolutePath().normalize(), verbose, help);
    }

    private static Path built(String name) {
        return Path.of(System.getProperty("turnstile.native.dir", "target/native"), System.mapLibraryName(name));
    }
}
