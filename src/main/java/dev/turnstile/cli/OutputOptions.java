package dev.turnstile.cli;

import picocli.CommandLine.Option;

/** How a command says what it did. */
final class OutputOptions {
    static final String JSON = "--json";
    static final String VERBOSE = "--verbose";

    @Option(
            names = JSON,
            description =
                    "One JSON document on standard output, also when it fails: {\"error\":{\"problem\",\"message\"}}.")
    private boolean json;

    @Option(names = VERBOSE, description = "Log lines on standard error, and more of what is unexpected.")
    private boolean verbose;

    boolean json() {
        return json;
    }

    boolean verbose() {
        return verbose;
    }
}
