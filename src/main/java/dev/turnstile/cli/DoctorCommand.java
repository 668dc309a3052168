package dev.turnstile.cli;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundledLibrary;
import dev.turnstile.bundle.Platform;
import dev.turnstile.elf.ElfDependencies;
import dev.turnstile.elf.ElfDetails;
import dev.turnstile.elf.ElfException;
import dev.turnstile.elf.LibraryFile;
import dev.turnstile.elf.LoaderCache;
import dev.turnstile.internal.FileTrouble;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Examines a plugin library, or that of a bundle for this machine, without loading it. */
@Command(
        name = "doctor",
        customSynopsis = {
            "turnstile doctor LIBRARY [--json]",
            "       turnstile doctor BUNDLE [--key KEY | --key-file FILE | --checksums-only]... [OPTIONS]"
        },
        description = {
            "Says whether a library for Linux is a plugin that works here, and if not, why and what to do.",
            "",
            "Shows what it exports and lacks, where its dependencies are found, which version of the C library it"
                + " needs, and whether pools, restarts and swaps are sound with it. The library is read and never"
                + " loaded: none of its code runs. Of a bundle, the library for this machine is examined; if it is not"
                + " said whom to trust, only its checksum is verified."
        },
        footer = {
            "  turnstile doctor target/release/libecho.so",
            "  turnstile doctor echo-1.2.0.rbp --key-file signing.pub --json"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DoctorCommand extends Subcommand {
    @Parameters(paramLabel = "LIBRARY|BUNDLE", description = "The .so file, or the .rbp file.")
    private Path file;

    @Mixin
    private final TrustOptions trust = new TrustOptions();

    @Option(names = "--variant", paramLabel = "VARIANT", description = "Which build of a bundle; by default release.")
    private @Nullable String variant;

    DoctorCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() {
        if (PluginFile.isBundle(file)) {
            return ofBundle();
        }
        trust.checkNotForLibrary(file, variant);
        try (InputStream in = Files.newInputStream(file)) {
            LibraryFile kind = kind(file.toString(), in);
            Path origin = file.toRealPath().getParent();
            return diagnose(file.toString(), kind, () -> ElfDetails.read(file, LibraryDiagnosis.EXPORTS), origin, null);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(
                    "The plugin " + file + ": it cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
    }

    private Result ofBundle() {
        BundleTrust believed = trust.isGiven() ? trust.trust() : BundleTrust.checksumsOnly();
        Bundle bundle = Bundle.open(file, believed);
        BundledLibrary library = bundle.library(Platform.host(), variant == null ? BundleManifest.RELEASE : variant);
        byte[] bytes = library.bytes();
        String name = file + ", " + library.entry();
        String verified = library.signature()
                .map(made -> "its checksum, and the signature of key " + made.keyId())
                .orElse("its checksum only, so it is not known who made it");
        try {
            LibraryFile kind = kind(name, new ByteArrayInputStream(bytes));
            return diagnose(name, kind, () -> ElfDetails.read(bytes, LibraryDiagnosis.EXPORTS), null, verified);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(name + ": it cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
    }

    /** Refuses what is no library for Linux. */
    private static LibraryFile kind(String name, InputStream in) throws IOException {
        byte[] head = in.readNBytes(LibraryFile.HEAD);
        LibraryFile kind = LibraryFile.ofHead(head);
        if (kind.system() == null) {
            throw new RefusedException("NOT_A_LIBRARY", name + ": " + kind.whyNotLoadable("linux", ""));
        }
        if (!kind.system().equals("linux")) {
            throw new RefusedException(
                    "NOT_ELF",
                    name + ": it is a library for " + kind.system() + ", " + kind.architecture()
                            + "; the doctor reads libraries for Linux (ELF) only");
        }
        return kind;
    }

    private interface Reader {
        ElfDetails read() throws IOException;
    }

    private Result diagnose(
            String name, LibraryFile kind, Reader reader, @Nullable Path origin, @Nullable String verified)
            throws IOException {
        Platform host = Platform.host();
        String otherMachine = kind.whyNotLoadable(host.system(), host.architecture());
        ElfDetails details;
        try {
            details = reader.read();
        } catch (ElfException malformed) {
            throw new RefusedException(
                    "MALFORMED", name + ": " + (otherMachine == null ? malformed.getMessage() : otherMachine));
        }
        ElfDependencies needs = details.library().dependencies();
        if (otherMachine != null) {
            List<Dependency> notSought = Dependency.notSought(needs.needed());
            return new LibraryDiagnosis(name, kind, otherMachine, details, notSought, LinkScope.none(details), verified)
                    .result();
        }
        DependencySearch search = new DependencySearch(
                needs,
                origin,
                kind.architecture(),
                terminal().environment().get("LD_LIBRARY_PATH"),
                LoaderCache.read(LoaderCache.FILE));
        List<Dependency> dependencies = search.dependencies();
        LinkScope scope = LinkScope.of(details, dependencies, search, LibraryDiagnosis.EXPORTS);
        return new LibraryDiagnosis(name, kind, null, details, dependencies, scope, verified).result();
    }
}
