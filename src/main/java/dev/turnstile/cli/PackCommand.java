package dev.turnstile.cli;

import dev.turnstile.bundle.BundleWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Makes a bundle of files. */
@Command(
        name = "pack",
        customSynopsis = "turnstile pack NAME VERSION --lib PLATFORM[:VARIANT]:PATH... [OPTIONS]",
        description = {
            "Makes a bundle of libraries and what belongs to them, and signs it if it is for others.",
            "",
            "Refuses a library that is truncated or was built for another platform, and a schema named .json that is"
                    + " not JSON.",
            "",
            "The same files and options give the same bundle, byte for byte; of a signed one, if SOURCE_DATE_EPOCH is"
                    + " set."
        },
        footer = {
            "  turnstile pack echo 1.2.0 --lib host:target/release/libecho.so",
            "  turnstile pack echo 1.2.0 --schema messages.json --license Apache-2.0 --sign-key signing.key \\",
            "      --lib linux-x86_64:libecho.so --lib linux-x86_64:debug:debug/libecho.so"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PackCommand extends Subcommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The plugin's name.")
    private String name;

    @Parameters(
            index = "1",
            paramLabel = "VERSION",
            description = "The plugin's version, a semantic one such as 1.2.0.")
    private String version;

    @Option(
            names = "--lib",
            paramLabel = "PLATFORM[:VARIANT]:PATH",
            required = true,
            description = "A library: for which platform (such as linux-x86_64, or host for this machine), which"
                    + " variant (by default release), which file. May be repeated.")
    private List<LibraryArgument> libraries;

    @Mixin
    private final BundleFileOptions bundleFile = new BundleFileOptions();

    @Mixin
    private final KeyOptions key = new KeyOptions();

    @Option(names = "--description", paramLabel = "TEXT", description = "What the plugin is for.")
    private @Nullable String description;

    @Option(names = "--author", paramLabel = "AUTHOR", description = "Who wrote it. May be repeated.")
    private List<String> authors = new ArrayList<>();

    @Option(names = "--license", paramLabel = "ID", description = "Its licence, such as Apache-2.0.")
    private @Nullable String license;

    @Option(names = "--repository", paramLabel = "URL", description = "Where its sources are.")
    private @Nullable String repository;

    @Option(
            names = "--schema",
            paramLabel = "[NAME=]FILE",
            description = "A description of its messages, by default under the file's name. May be repeated.")
    private List<String> schemas = new ArrayList<>();

    @Option(names = "--cyclonedx", paramLabel = "FILE", description = "The bill of materials in CycloneDX's format.")
    private @Nullable Path cyclonedx;

    @Option(names = "--spdx", paramLabel = "FILE", description = "The bill of materials in SPDX's format.")
    private @Nullable Path spdx;

    @Option(names = "--notices", paramLabel = "FILE", description = "The notices of third parties.")
    private @Nullable Path notices;

    @Option(names = "--license-file", paramLabel = "FILE", description = "The text of its licence.")
    private @Nullable Path licenseFile;

    @Option(names = "--doc", paramLabel = "FILE", description = "A document. May be repeated.")
    private List<Path> documents = new ArrayList<>();

    @Mixin
    private final BuildInfoOptions build = new BuildInfoOptions();

    PackCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() {
        Path where = where();
        BundleWriter bundle = new BundleWriter(name, version);
        describe(bundle);
        addFiles(bundle);
        return bundleFile.write(bundle, where, name, version, key, terminal()).result();
    }

    private Path where() {
        Path file = bundleFile.file();
        if (file != null) {
            return file;
        }
        return fileNamed(name + "-" + version + ".rbp");
    }

    /** It is to be here, whatever the system takes for a path. */
    private Path fileNamed(String fileName) {
        try {
            Path here = Path.of(fileName);
            if (here.getNameCount() == 1 && !here.isAbsolute() && fileName.matches("[^/\\\\:]+")) {
                return here;
            }
        } catch (InvalidPathException noFileName) {
            // That is said below.
        }
        throw new UsageException("NAME is \"" + name + "\" and VERSION is \"" + version
                + "\", which cannot be part of a file's name: name the file with --output FILE");
    }

    private void describe(BundleWriter bundle) {
        if (description != null) {
            bundle.description(description);
        }
        authors.forEach(bundle::author);
        if (license != null) {
            bundle.license(license);
        }
        if (repository != null) {
            bundle.repository(repository);
        }
        build.buildInfo().ifPresent(bundle::buildInfo);
    }

    private void addFiles(BundleWriter bundle) {
        libraries.forEach(library -> bundle.library(library.platform(), library.variant(), library.file()));
        schemas.forEach(schema -> addSchema(bundle, schema));
        if (cyclonedx != null) {
            bundle.cyclonedx(InputFile.fileName(cyclonedx), InputFile.read("The bill of materials", cyclonedx));
        }
        if (spdx != null) {
            bundle.spdx(InputFile.fileName(spdx), InputFile.read("The bill of materials", spdx));
        }
        if (notices != null) {
            bundle.notices(InputFile.read("The notices", notices));
        }
        if (licenseFile != null) {
            bundle.licenseFile(InputFile.read("The licence", licenseFile));
        }
        documents.forEach(
                document -> bundle.document(InputFile.fileName(document), InputFile.read("The document", document)));
    }

    /** An equals sign after a slash belongs to the path. */
    private static void addSchema(BundleWriter bundle, String argument) {
        int equals = argument.indexOf('=');
        boolean named = equals > 0 && argument.substring(0, equals).matches("[^/\\\\]+");
        Path file;
        try {
            file = FileArgument.parse(named ? argument.substring(equals + 1) : argument);
        } catch (TypeConversionException wrong) {
            throw new UsageException("--schema: " + wrong.getMessage());
        }
        String schemaName = named ? argument.substring(0, equals) : InputFile.fileName(file);
        bundle.schema(schemaName, InputFile.read("The schema", file));
    }
}
