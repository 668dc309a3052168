package dev.turnstile.cli;

import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.MinisignPublicKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whom to believe about a bundle. There is no default, as there is none in {@link BundleTrust}. */
final class TrustOptions {
    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Trust what this minisign public key (RW...) has signed. May be repeated: one key must fit.")
    private List<String> keys = new ArrayList<>();

    @Option(names = "--key-file", paramLabel = "FILE", description = "The same, with the key in a .pub file.")
    private List<Path> keyFiles = new ArrayList<>();

    @Option(
            names = "--checksums-only",
            description = "Look at no signature: for a bundle that came by a way that is protected otherwise.")
    private boolean checksumsOnly;

    @Option(names = "--name", paramLabel = "NAME", description = "Refuse every plugin but the one of this name.")
    private @Nullable String name;

    @Option(names = "--at-least", paramLabel = "VERSION", description = "Refuse versions before this one.")
    private @Nullable String version;

    @Option(names = "--allow-legacy", description = "Accept signatures of minisign's old kind as well.")
    private boolean legacy;

    boolean isGiven() {
        return isDecided() || name != null || version != null || legacy;
    }

    /** Refuses what can be said of a bundle alone. */
    void checkNotForLibrary(Path library, @Nullable String variant) {
        if (isGiven() || variant != null) {
            throw new UsageException(
                    library + " is a library, no bundle: it has no signature, no checksum and no variants,"
                            + " so leave out the options for these");
        }
    }

    private boolean isDecided() {
        return checksumsOnly || isKeyGiven();
    }

    private boolean isKeyGiven() {
        return !keys.isEmpty() || !keyFiles.isEmpty();
    }

    BundleTrust trust() {
        if (!isDecided()) {
            throw new UsageException("say whom to trust: --key RW... or --key-file FILE.pub for whoever has signed the"
                    + " bundle, or --checksums-only for a bundle that came by a way that is protected otherwise");
        }
        if (checksumsOnly && (isKeyGiven() || legacy)) {
            throw new UsageException("--checksums-only looks at no signature, so it does not go together with --key,"
                    + " --key-file and --allow-legacy");
        }
        BundleTrust trust = checksumsOnly ? BundleTrust.checksumsOnly() : signed();
        if (name != null) {
            trust = trust.expectingName(name);
        }
        if (version != null) {
            try {
                trust = trust.atLeastVersion(version);
            } catch (IllegalArgumentException wrong) {
                throw new UsageException("--at-least: " + wrong.getMessage());
            }
        }
        return trust;
    }

    private BundleTrust signed() {
        List<MinisignPublicKey> trusted = new ArrayList<>();
        keys.forEach(text -> trusted.add(MinisignPublicKey.parse(text)));
        keyFiles.forEach(file -> trusted.add(MinisignPublicKey.read(file)));
        MinisignPublicKey[] more = trusted.subList(1, trusted.size()).toArray(MinisignPublicKey[]::new);
        BundleTrust trust = BundleTrust.signedBy(trusted.getFirst(), more);
        return legacy ? trust.allowingLegacySignatures() : trust;
    }
}
