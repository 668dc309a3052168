package dev.turnstile.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** A command that does something and says what it did. */
abstract class Subcommand extends AnyCommand implements Callable<Integer> {
    @Mixin
    private final OutputOptions output = new OutputOptions();

    private final Terminal terminal;

    Subcommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Does what was asked; throws what {@link Failure} knows. Returns {@code null} if everything has been printed already. */
    abstract @Nullable Result run() throws Exception;

    @Override
    public final Integer call() throws Exception {
        Result result = run();
        if (result == null) {
            return 0;
        }
        terminal.print(output.json() ? Result.document(result.members().get()) : result.lines());
        return result.exitCode();
    }

    final Terminal terminal() {
        return terminal;
    }

    final OutputOptions output() {
        return output;
    }
}
