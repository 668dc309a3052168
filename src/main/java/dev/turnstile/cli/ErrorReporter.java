package dev.turnstile.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/**
 * Says what went wrong: in words on standard error, or with {@code --json} as a document on standard output. Looks for its
 * options itself, since it also speaks when the command line could not be read.
 */
final class ErrorReporter {
    private final Terminal terminal;
    private final boolean json;
    private final boolean verbose;

    ErrorReporter(Terminal terminal, String... arguments) {
        this.terminal = terminal;
        this.json = List.of(arguments).contains(OutputOptions.JSON);
        this.verbose = isVerbose(arguments);
    }

    static boolean isVerbose(String... arguments) {
        return List.of(arguments).contains(OutputOptions.VERBOSE);
    }

    /** Returns the exit code. */
    int report(Throwable thrown, CommandLine command) {
        Failure failure = Failure.of(thrown);
        if (json) {
            terminal.print(Result.document(failure.json()));
        } else {
            terminal.message("turnstile: " + failure.message());
            if (failure.exitCode() == Failure.WRONG_USE) {
                terminal.message(hint(command));
            }
        }
        if (verbose && failure.exitCode() == Failure.UNEXPECTED) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            terminal.message(trace.toString());
        }
        return failure.exitCode();
    }

    private static String hint(CommandLine command) {
        return command.getParent() == null
                ? "`turnstile --help` lists the commands."
                : "`turnstile help " + command.getCommandName() + "` says how it is used.";
    }

    int reportLostOutput() {
        terminal.message("turnstile: the result could not be written to standard output");
        return Failure.FILE;
    }
}
