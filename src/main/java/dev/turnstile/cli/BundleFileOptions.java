package dev.turnstile.cli;

import dev.turnstile.bundle.BundleWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a bundle is written to. */
final class BundleFileOptions {
    @Option(names = "--output", paramLabel = "FILE", description = "The bundle to write.")
    private @Nullable Path file;

    @Option(names = "--force", description = "Take the place of a file that is there.")
    private boolean force;

    @Nullable
    Path file() {
        return file;
    }

    void write(BundleWriter bundle, Path where) {
        if (force) {
            bundle.writeOver(where);
        } else {
            bundle.write(where);
        }
    }
}
