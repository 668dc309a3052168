package dev.turnstile.cli;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what a bundle says of itself. */
@Command(
        name = "inspect",
        customSynopsis = "turnstile inspect BUNDLE [--json]",
        description = "Shows what a bundle says of itself; verifies nothing of it.",
        footer = {"  turnstile inspect echo-1.2.0.rbp", "  turnstile inspect echo-1.2.0.rbp --json"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InspectCommand extends Subcommand {
    @Parameters(paramLabel = "BUNDLE", description = "The .rbp file.")
    private Path file;

    InspectCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() {
        Bundle bundle = Bundle.open(file, BundleTrust.checksumsOnly());
        BundleDescription description = new BundleDescription(file, bundle);
        return new Result(description.lines(), description::members);
    }
}
