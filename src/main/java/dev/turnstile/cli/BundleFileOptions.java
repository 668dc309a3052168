package dev.turnstile.cli;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.internal.FileTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a bundle is written to. */
final class BundleFileOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The bundle to write.")
    private @Nullable Path file;

    @Option(names = "--force", description = "Take the place of a bundle that is there; of nothing else.")
    private boolean force;

    @Nullable
    Path file() {
        return file;
    }

    /** The file, which must be named and be none of those that are read. */
    Path fileBeside(List<Path> inputs) {
        if (file == null) {
            throw new UsageException("name the bundle to write with --output FILE");
        }
        for (Path input : inputs) {
            if (isSame(file, input)) {
                throw new UsageException(
                        "--output is " + file + ", which is also read: name another file for the new bundle");
            }
        }
        return file;
    }

    /** Whether two paths lead to one file, by whatever names. */
    static boolean isSame(Path one, Path other) {
        try {
            return one.equals(other) || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
        } catch (IOException unknown) {
            throw new UncheckedIOException(
                    "The bundle " + one + ": whether it is " + other + " cannot be seen: " + FileTrouble.of(unknown),
                    unknown);
        }
    }

    /** Writes a bundle, signed if a key is given. */
    WrittenBundle write(
            BundleWriter bundle, Path where, String name, String version, KeyOptions key, Terminal terminal) {
        Optional<String> keyId =
                key.sign(bundle, terminal).map(signer -> signer.publicKey().keyId());
        if (force) {
            bundle.writeOver(where);
        } else {
            bundle.write(where);
        }
        return new WrittenBundle(where, name, version, keyId);
    }

    /** The same for what is made of another bundle. */
    WrittenBundle write(BundleWriter bundle, Path where, Bundle of, KeyOptions key, Terminal terminal) {
        Plugin plugin = of.manifest().plugin();
        return write(bundle, where, plugin.name(), plugin.version(), key, terminal);
    }
}
