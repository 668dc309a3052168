package dev.turnstile.cli;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Extracts a library, and schemas: all that was asked for or nothing. */
@Command(
        name = "extract",
        customSynopsis = "turnstile extract BUNDLE (--key KEY | --key-file FILE | --checksums-only)... [OPTIONS]",
        description = {
            "Extracts a library of a bundle, verified, and any schemas that are named.",
            "",
            "Writes new files only, and prints their names. If one cannot be written, none is left."
        },
        footer = {
            "  turnstile extract echo-1.2.0.rbp --key-file signing.pub --output lib",
            "  turnstile extract echo-1.2.0.rbp --checksums-only --platform windows-x86_64 --schema messages.json"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ExtractCommand extends Subcommand {
    @Parameters(paramLabel = "BUNDLE", description = "The .rbp file.")
    private Path file;

    @Mixin
    private final TrustOptions trust = new TrustOptions();

    @Option(
            names = "--platform",
            paramLabel = "PLATFORM",
            description = "What the library is for, such as linux-x86_64; by default this machine.")
    private PlatformArgument platform = PlatformArgument.HOST;

    @Option(names = "--variant", paramLabel = "VARIANT", description = "Which build; by default release.")
    private String variant = BundleManifest.RELEASE;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "The directory for the files, which must exist; by default the current one.")
    private Path directory = Path.of("");

    @Option(names = "--schema", paramLabel = "NAME", description = "Extract this schema as well. May be repeated.")
    private List<String> schemas = new ArrayList<>();

    ExtractCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() {
        Bundle bundle = Bundle.open(file, trust.trust());
        List<Path> written = new ArrayList<>();
        try {
            extract(bundle, platform.platform(), written);
        } catch (RuntimeException failed) {
            for (Path path : written) {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException left) {
                    failed.addSuppressed(left);
                }
            }
            throw failed;
        }
        List<String> files = written.stream().map(Path::toString).toList();
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("bundle", file.toString());
        members.put("platform", platform.platform().key());
        members.put("variant", variant);
        members.put("files", files);
        return new Result(files, members);
    }

    private void extract(Bundle bundle, Platform host, List<Path> written) {
        written.add(bundle.library(host, variant).extractTo(directory));
        for (String schema : schemas) {
            written.add(bundle.extractSchemaTo(host, variant, schema, directory));
        }
    }
}
