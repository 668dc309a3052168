package dev.turnstile.cli;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.Platform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a smaller bundle of one: with fewer libraries. */
@Command(
        name = "slim",
        customSynopsis = {
            "turnstile slim BUNDLE (--key KEY | --key-file FILE | --checksums-only)...",
            "         --output FILE [OPTIONS]"
        },
        description = {
            "Makes a bundle with fewer libraries: those of the platforms and variants that are named. By default these"
                    + " are all platforms, and the variant release, which every platform must have.",
            "",
            "Says what was left out. The bundle is verified first, and whom to trust must be said. Its signatures do"
                    + " not hold for the new one, which --sign-key signs."
        },
        footer = {
            "  turnstile slim echo-dev.rbp --key-file signing.pub --sign-key signing.key --output echo-1.2.0.rbp",
            "  turnstile slim echo.rbp --checksums-only --platform host --variant release --variant debug \\",
            "      --exclude-docs --output echo-here.rbp"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SlimCommand extends Subcommand {
    private static final String SIGNATURE = ".minisig";

    @Parameters(paramLabel = "BUNDLE", description = "The .rbp file.")
    private Path file;

    @Mixin
    private final TrustOptions trust = new TrustOptions();

    @Option(
            names = "--platform",
            paramLabel = "PLATFORM",
            description =
                    "A platform to keep, such as linux-x86_64, or host for this machine; by default all are kept. May"
                            + " be repeated.")
    private List<PlatformArgument> platforms = new ArrayList<>();

    @Option(
            names = "--variant",
            paramLabel = "VARIANT",
            description = "A variant to keep; by default release, which must be among them. May be repeated.")
    private List<String> variants = new ArrayList<>();

    @Option(names = "--exclude-docs", description = "Leave out the documents; notices of third parties stay.")
    private boolean excludeDocs;

    @Mixin
    private final KeyOptions key = new KeyOptions();

    @Mixin
    private final BundleFileOptions bundleFile = new BundleFileOptions();

    SlimCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() {
        Path where = bundleFile.fileBeside(List.of(file));
        if (!variants.isEmpty() && !variants.contains(BundleManifest.RELEASE)) {
            throw new UsageException("--variant release is missing: every platform must have this variant");
        }
        Bundle bundle = Bundle.open(file, trust.trust());
        Set<Platform> keptPlatforms = keptPlatforms(bundle.manifest());
        Set<String> keptVariants = keptVariants(bundle.manifest(), keptPlatforms);
        BundleWriter slim = BundleWriter.from(bundle)
                .keepOnly((platform, variant) -> keptPlatforms.contains(platform) && keptVariants.contains(variant));
        if (excludeDocs) {
            slim.withoutDocuments();
        }
        WrittenBundle written = bundleFile.write(slim, where, bundle, key, terminal());
        return result(bundle, written);
    }

    private Set<Platform> keptPlatforms(BundleManifest manifest) {
        Set<Platform> there = manifest.platforms().keySet();
        Set<Platform> named =
                platforms.stream().map(PlatformArgument::platform).collect(Collectors.toCollection(TreeSet::new));
        named.forEach(platform -> checkThere(platform, "platform " + platform, there));
        return named.isEmpty() ? there : named;
    }

    private Set<String> keptVariants(BundleManifest manifest, Set<Platform> kept) {
        Set<String> there = new TreeSet<>();
        manifest.platforms().forEach((platform, all) -> {
            if (kept.contains(platform)) {
                there.addAll(all.keySet());
            }
        });
        variants.forEach(variant -> checkThere(variant, "variant " + variant, there));
        return variants.isEmpty() ? Set.of(BundleManifest.RELEASE) : Set.copyOf(variants);
    }

    private <T> void checkThere(T named, String what, Collection<T> there) {
        if (!there.contains(named)) {
            throw new RefusedException(
                    "MISSING",
                    "The bundle " + file + ": there is no " + what + " to keep, only "
                            + there.stream().map(Object::toString).collect(Collectors.joining(", ")));
        }
    }

    private Result result(Bundle bundle, WrittenBundle written) {
        Bundle slim = Bundle.open(written.file(), BundleTrust.checksumsOnly());
        long before = InputFile.size(file);
        long after = InputFile.size(written.file());
        List<String> lines = new ArrayList<>();
        lines.add(written.line() + ", " + after + " bytes instead of " + before);
        List<Map<String, Object>> dropped = new ArrayList<>();
        for (String entry : bundle.entries()) {
            if (!slim.entries().contains(entry) && !entry.endsWith(SIGNATURE)) {
                int size = bundle.unverified(entry).length;
                lines.add("  left out " + entry + ": " + size + " bytes");
                Map<String, Object> described = new LinkedHashMap<>();
                described.put("entry", entry);
                described.put("size", size);
                dropped.add(described);
            }
        }
        Map<String, Object> members = written.members();
        members.put("size", after);
        members.put("size_before", before);
        members.put("libraries", BundleDescription.libraries(slim));
        members.put("dropped", dropped);
        return new Result(lines, members);
    }
}
