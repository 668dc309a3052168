package dev.turnstile.demo;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asks for.
 *
 * @param plugin the file with the plugin to use
 * @param key the file with the key that must have signed it, if it is a bundle
 * @param recording whether to record every call
 * @param spans where a span of every call is sent
 */
record Arguments(
        Path plugin, Optional<Path> key, boolean recording, Optional<URI> spans, boolean verbose, boolean help) {
    static final String USAGE = """
        usage: scripts/demo [--setup] [--rust] [--plugin FILE [--key FILE]] [--jfr] [--spans URL] [--verbose]

        Shows thousands of virtual threads sharing one native plugin, one call at a time; then a pool of instances, one that dies
        and is replaced, and another plugin taking over in use; then the plugin in a process of its own, which crashes under load; and
        checks that it was so.

          --setup        install what is missing before: a JDK, Maven, a C compiler
          --rust         use the plugin written in Rust (src/demo/rust) instead of the one in C (src/demo/c)
          --plugin FILE  use this library or bundle (.rbp); it must know echo, sleep, fail, panic and probe
          --key FILE     the public key (.pub) that must have signed the bundle
          --jfr          record every call of it into target/turnstile-demo.jfr, and say how to look at that
          --spans URL    send a span of every call to an OpenTelemetry collector that takes OTLP over HTTP, such as
                         http://localhost:4318/v1/traces
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
        String built = "turnstile-demo.rbp";
        Optional<Path> plugin = Optional.empty();
        Optional<Path> key = Optional.empty();
        boolean recording = false;
        Optional<URI> spans = Optional.empty();
        boolean verbose = false;
        boolean help = false;
        Deque<String> rest = new ArrayDeque<>(List.of(commandLine));
        while (!rest.isEmpty()) {
            String argument = rest.remove();
            switch (argument) {
                case "--rust" -> built = "sync-demo.rbp";
                case "--plugin" -> plugin = Optional.of(file(argument, rest));
                case "--key" -> key = Optional.of(file(argument, rest));
                case "--jfr" -> recording = true;
                case "--spans" -> spans = Optional.of(collector(argument, rest));
                case "--verbose" -> verbose = true;
                case "--help", "-h" -> help = true;
                default -> throw new IllegalArgumentException("unknown argument: " + argument);
            }
        }
        if (plugin.isEmpty()) {
            return new Arguments(
                    built(built), key.or(() -> Optional.of(built("demo.pub"))), recording, spans, verbose, help);
        }
        boolean bundle = plugin.get().toString().endsWith(".rbp");
        if (bundle != key.isPresent() && !help) {
            throw new IllegalArgumentException(
                    bundle
                            ? "a bundle needs --key: the public key that must have signed it"
                            : "--key is for a bundle (.rbp): a library is not signed");
        }
        return new Arguments(plugin.get(), key, recording, spans, verbose, help);
    }

    private static Path file(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a file");
        }
        return Path.of(rest.remove()).toAbsolutePath().normalize();
    }

    private static URI collector(String option, Deque<String> rest) {
        String value = rest.isEmpty() ? "" : rest.remove();
        if (!value.matches("https?://[^\\s/]+(/\\S*)?")) {
            throw new IllegalArgumentException(option
                    + " needs the URL of a collector, such as http://localhost:4318/v1/traces, not \"" + value + "\"");
        }
        try {
            return new URI(value);
        } catch (URISyntaxException wrong) {
            throw new IllegalArgumentException(option + ": " + wrong.getMessage(), wrong);
        }
    }

    private static Path built(String name) {
        return Path.of(System.getProperty("turnstile.native.dir", "target/native"), name)
                .toAbsolutePath()
                .normalize();
    }
}
