package dev.turnstile.cli;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Signs what is in a bundle with a key of one's own. A signature vouches for the content, so the bundle is verified first. */
@Command(
        name = "sign",
        customSynopsis = {
            "turnstile sign BUNDLE (--key KEY | --key-file FILE | --checksums-only)...",
            "         --sign-key FILE --output FILE [OPTIONS]"
        },
        description = {
            "Writes a bundle with the same content, signed with another key.",
            "",
            "Who signs vouches for the content. So the bundle is verified first, and whom to trust must be said."
        },
        footer = {
            "  turnstile sign built.rbp --checksums-only --sign-key signing.key --output echo-1.2.0.rbp",
            "  turnstile sign theirs.rbp --key-file theirs.pub --sign-key ours.key --output ours.rbp"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SignCommand extends Subcommand {
    @Parameters(paramLabel = "BUNDLE", description = "The .rbp file.")
    private Path file;

    @Mixin
    private final TrustOptions trust = new TrustOptions();

    @Mixin
    private final KeyOptions key = new KeyOptions();

    @Mixin
    private final BundleFileOptions bundleFile = new BundleFileOptions();

    SignCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() {
        Path where = bundleFile.file();
        if (!key.isGiven() || where == null) {
            throw new UsageException("name the key with --sign-key FILE, and the bundle to write with --output FILE");
        }
        Bundle bundle = Bundle.open(file, trust.trust());
        return bundleFile
                .write(BundleWriter.from(bundle), where, bundle, key, terminal())
                .result();
    }
}
