package dev.turnstile.cli;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundleWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes one bundle of several of the same plugin. */
@Command(
        name = "combine",
        customSynopsis = {
            "turnstile combine BUNDLE BUNDLE... (--key KEY | --key-file FILE | --checksums-only)...",
            "         --output FILE [OPTIONS]"
        },
        description = {
            "Makes one bundle of several of the same plugin, such as those built for each platform.",
            "",
            "Name, version and all else that a manifest says of the plugin must be the same. What holds for a library"
                + " (build information, bills of materials) still holds for it. Different libraries for one platform"
                + " and variant, different schemas, and different documents of one name are refused.",
            "",
            "All bundles are verified first, and whom to trust must be said. Their signatures do not hold for the new"
                    + " one, which --sign-key signs."
        },
        footer = {
            "  turnstile combine linux.rbp darwin.rbp --checksums-only --output echo-1.2.0.rbp",
            "  turnstile combine linux.rbp darwin.rbp windows.rbp --key-file ci.pub --sign-key signing.key \\",
            "      --output echo-1.2.0.rbp"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CombineCommand extends Subcommand {
    @Parameters(arity = "2..*", paramLabel = "BUNDLE", description = "The .rbp files, two or more.")
    private List<Path> files;

    @Mixin
    private final TrustOptions trust = new TrustOptions();

    @Option(
            names = "--allow-schema-mismatch",
            description = "Combine bundles with different schemas; each library keeps its own.")
    private boolean schemaMismatch;

    @Mixin
    private final KeyOptions key = new KeyOptions();

    @Mixin
    private final BundleFileOptions bundleFile = new BundleFileOptions();

    CombineCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() {
        Path where = bundleFile.fileBeside(files);
        checkEachOnce();
        BundleTrust trusted = trust.trust();
        List<Bundle> bundles = new ArrayList<>();
        files.forEach(file -> bundles.add(Bundle.open(file, trusted)));
        BundleWriter combined = BundleWriter.from(bundles.getFirst()).schemaMismatchAllowed(schemaMismatch);
        bundles.subList(1, bundles.size()).forEach(combined::combineWith);
        WrittenBundle written = bundleFile.write(combined, where, bundles.getFirst(), key, terminal());

        List<String> lines = new ArrayList<>(List.of(written.line()));
        Map<String, Map<String, Object>> libraries = new LinkedHashMap<>();
        for (int i = 0; i < bundles.size(); i++) {
            Path from = files.get(i);
            BundleDescription.libraries(bundles.get(i)).forEach(library -> {
                String name = library.get("platform") + " " + library.get("variant");
                library.put("from", from.toString());
                if (libraries.putIfAbsent(name, library) == null) {
                    lines.add("  " + name + ": " + library.get("size") + " bytes, from " + from);
                }
            });
        }
        Map<String, Object> members = written.members();
        members.put("libraries", List.copyOf(libraries.values()));
        return new Result(lines, members);
    }

    private void checkEachOnce() {
        for (int i = 0; i < files.size(); i++) {
            for (Path before : files.subList(0, i)) {
                if (BundleFileOptions.isSame(files.get(i), before)) {
                    throw new UsageException(
                            files.get(i) + " is the same file as " + before + ": name each bundle once");
                }
            }
        }
    }
}
