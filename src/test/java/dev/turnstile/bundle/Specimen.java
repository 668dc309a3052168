package dev.turnstile.bundle;

import dev.turnstile.bundle.Workshop.KeyFiles;
import dev.turnstile.bundle.Workshop.KeyOwner;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** The bundles of the interchange tests: one a way to write them. Each has the demo plugin for the host. */
@SuppressWarnings("ImmutableEnumChecker") // the makers are methods of this class
enum Specimen {
    OURS_UNSIGNED("turnstile, unsigned", null, Specimen::ours),
    OURS_SIGNED("turnstile, signed with its own key", KeyOwner.OURS_UNENCRYPTED, Specimen::ours),
    OURS_SIGNED_ENCRYPTED("turnstile, signed with its own encrypted key", KeyOwner.OURS, Specimen::ours),
    OURS_SIGNED_RUSTBRIDGE("turnstile, signed with a key of `rustbridge keygen`", KeyOwner.RUSTBRIDGE, Specimen::ours),
    OURS_SIGNED_MINISIGN(
            "turnstile, signed with a key of `minisign -G -W`", KeyOwner.MINISIGN_UNENCRYPTED, Specimen::ours),
    OURS_VARIANTS(
            "turnstile, two variants (1.0), signed", KeyOwner.OURS_UNENCRYPTED, Specimen::oursWithVariants, "debug"),
    OURS_ALL(
            "turnstile, everything, variants' own metadata (1.1), signed",
            KeyOwner.OURS_UNENCRYPTED,
            Specimen::oursWithAll,
            "debug"),
    OURS_COMBINED(
            "turnstile, combined of two of `rustbridge bundle create` (1.1), signed",
            KeyOwner.OURS_UNENCRYPTED,
            Specimen::oursCombined,
            "debug"),
    OURS_SLIMMED(
            "turnstile, slimmed of `rustbridge bundle combine` (1.1), signed",
            KeyOwner.OURS_UNENCRYPTED,
            Specimen::oursSlimmed),

    CREATED("`rustbridge bundle create`, unsigned", null, Specimen::created),
    CREATED_ALL(
            "`rustbridge bundle create`, two variants, schemas, SBOMs, notices, licence, metadata",
            null,
            Specimen::createdWithAll,
            "debug"),
    CREATED_SIGNED("`rustbridge bundle create`, signed with its own key", KeyOwner.RUSTBRIDGE, Specimen::created),
    CREATED_SIGNED_ALL(
            "`rustbridge bundle create`, all of that, signed with its own key",
            KeyOwner.RUSTBRIDGE,
            Specimen::createdWithAll,
            "debug"),
    CREATED_SIGNED_OURS(
            "`rustbridge bundle create`, signed with a key of turnstile's", KeyOwner.OURS, Specimen::created),
    CREATED_SIGNED_MINISIGN(
            "`rustbridge bundle create`, signed with a key of `minisign -G`", KeyOwner.MINISIGN, Specimen::created),
    PACKED("`rustbridge pack --no-sign`", null, (s, w, file) -> s.packed(w, file, false, "--no-sign")),
    PACKED_DEV("`rustbridge pack --dev`", null, (s, w, file) -> s.packed(w, file, true, "--dev"), "debug"),
    PACKED_SIGNED("`rustbridge pack --sign-key`", KeyOwner.RUSTBRIDGE, (s, w, file) -> s.packed(w, file, false)),
    COMBINED("`rustbridge bundle combine` of two platforms (1.1), unsigned", null, Specimen::combined, "debug"),
    COMBINED_SIGNED(
            "`rustbridge bundle combine` of two platforms (1.1), signed",
            KeyOwner.RUSTBRIDGE,
            Specimen::combined,
            "debug"),
    COMBINED_OF_OURS(
            "`rustbridge bundle combine` of one of turnstile's and one of its own, signed",
            KeyOwner.OURS,
            Specimen::combinedOfOurs,
            "debug"),
    SLIMMED("`rustbridge bundle slim`, unsigned", null, (s, w, file) -> s.slimmed(w, file, CREATED_ALL)),
    SLIMMED_OF_OURS(
            "`rustbridge bundle slim` of one of turnstile's (1.1), signed",
            KeyOwner.OURS,
            (s, w, file) -> s.slimmed(w, file, OURS_ALL)),
    PROMOTED("`rustbridge promote --no-sign`", null, (s, w, file) -> s.promoted(w, file, PACKED_DEV)),
    PROMOTED_SIGNED(
            "`rustbridge promote`, signed", KeyOwner.RUSTBRIDGE, (s, w, file) -> s.promoted(w, file, PACKED_DEV)),
    PROMOTED_OF_OURS(
            "`rustbridge promote` of one of turnstile's, signed",
            KeyOwner.RUSTBRIDGE,
            (s, w, file) -> s.promoted(w, file, OURS_VARIANTS)),

    MINISIGNED("turnstile, unsigned; then `minisign -S`", KeyOwner.MINISIGN_UNENCRYPTED, Specimen::minisigned),
    MINISIGNED_LEGACY(
            "turnstile, unsigned; then `minisign -S -l` (legacy)",
            KeyOwner.MINISIGN_UNENCRYPTED,
            (s, w, file) -> s.minisigned(w, file, "-l"));

    private interface Maker {
        void make(Specimen specimen, Workshop workshop, Path file) throws IOException, InterruptedException;
    }

    private final String label;
    private final @Nullable KeyOwner key;
    private final Maker maker;
    private final List<String> variants;

    Specimen(String label, @Nullable KeyOwner key, Maker maker, String... moreVariants) {
        this.label = label;
        this.key = key;
        this.maker = maker;
        this.variants = Stream.concat(Stream.of(BundleManifest.RELEASE), Stream.of(moreVariants))
                .toList();
    }

    String label() {
        return label;
    }

    boolean isSigned() {
        return key != null;
    }

    boolean isLegacy() {
        return this == MINISIGNED_LEGACY;
    }

    /** Those for the host. */
    List<String> variants() {
        return variants;
    }

    Path make(Workshop workshop) throws IOException, InterruptedException {
        Path file = workshop.directory().resolve(name().toLowerCase(Locale.ROOT) + ".rbp");
        maker.make(this, workshop, file);
        return file;
    }

    KeyFiles key(Workshop workshop) throws IOException, InterruptedException {
        if (key == null) {
            throw new IllegalStateException(this + " is not signed");
        }
        return workshop.key(key);
    }

    /** Whom to trust to open it. */
    BundleTrust trust(Workshop workshop) throws IOException, InterruptedException {
        return key == null
                ? BundleTrust.checksumsOnly()
                : BundleTrust.signedBy(workshop.key(key).publicKey());
    }

    @Override
    public String toString() {
        return label;
    }

    // ---- turnstile ----

    private void ours(Workshop workshop, Path file) throws IOException, InterruptedException {
        write(workshop, writer(workshop), file);
    }

    private void oursWithVariants(Workshop workshop, Path file) throws IOException, InterruptedException {
        write(workshop, writer(workshop).library(Workshop.HOST, "debug", workshop.library()), file);
    }

    private void oursWithAll(Workshop workshop, Path file) throws IOException, InterruptedException {
        byte[] text = "said\n".getBytes(StandardCharsets.UTF_8);
        BundleWriter writer = writer(workshop)
                .library(Workshop.HOST, "debug", workshop.library())
                .library(Workshop.OTHER, "release", "libother", text)
                .build(Workshop.HOST, "debug", "{\"profile\": \"debug\"}")
                .schema("messages.json", Workshop.SCHEMA)
                .schema("messages.h", text)
                .schema(Workshop.HOST, "debug", "messages.json", Workshop.SCHEMA)
                .buildInfo(BuildInfo.NONE.withBuiltBy("turnstile").withCompiler("cc"))
                .buildInfo(Workshop.HOST, "debug", BuildInfo.NONE.withBuiltBy("a debugger"))
                .metadata("ticket", "12345")
                .cyclonedx("sbom.cdx.json", text)
                .spdx("sbom.spdx.json", text)
                .notices(text)
                .licenseFile(text)
                .document("README.md", text);
        write(workshop, writer, file);
    }

    private void oursCombined(Workshop workshop, Path file) throws IOException, InterruptedException {
        Bundle other = Bundle.open(forTheOther(workshop), BundleTrust.checksumsOnly());
        BundleWriter writer = BundleWriter.from(Bundle.open(workshop.bundle(CREATED_ALL), BundleTrust.checksumsOnly()))
                .schemaMismatchAllowed(true)
                .combineWith(other);
        write(workshop, writer, file);
    }

    private void oursSlimmed(Workshop workshop, Path file) throws IOException, InterruptedException {
        Bundle combined = Bundle.open(workshop.bundle(COMBINED), BundleTrust.checksumsOnly());
        BundleWriter writer = BundleWriter.from(combined)
                .keepOnly((platform, variant) ->
                        platform.equals(Workshop.HOST) && variant.equals(BundleManifest.RELEASE));
        write(workshop, writer, file);
    }

    private static BundleWriter writer(Workshop workshop) {
        return new BundleWriter(Workshop.NAME, Workshop.VERSION)
                .description("Echoes")
                .author("Somebody <somebody@example.org>")
                .license("Apache-2.0")
                .repository("https://example.org/demo")
                .library(Workshop.HOST, BundleManifest.RELEASE, workshop.library());
    }

    private void write(Workshop workshop, BundleWriter writer, Path file) throws IOException, InterruptedException {
        if (key != null) {
            Path secret = workshop.key(key).secret();
            writer.signWith(MinisignKey.read(secret, Workshop.PASSWORD.toCharArray()), "timestamp:1700000000");
        }
        writer.write(file);
    }

    // ---- rustbridge ----

    private void created(Workshop workshop, Path file) throws IOException, InterruptedException {
        created(workshop, file, List.of());
    }

    private void created(Workshop workshop, Path file, List<?> more) throws IOException, InterruptedException {
        List<Object> arguments =
                new ArrayList<>(List.of("bundle", "create", "-n", Workshop.NAME, "-v", Workshop.VERSION));
        arguments.addAll(List.of("-l", Workshop.HOST + ":" + workshop.library()));
        arguments.addAll(more);
        arguments.addAll(List.of("-o", file));
        rustbridge(workshop, workshop.directory(), arguments.toArray());
    }

    private void createdWithAll(Workshop workshop, Path file) throws IOException, InterruptedException {
        Path schema = workshop.file("messages.json", Workshop.SCHEMA);
        Path text = workshop.file("text", "said\n".getBytes(StandardCharsets.UTF_8));
        List<Object> more = List.of(
                "-l",
                Workshop.HOST + ":debug:" + workshop.library(),
                "-s",
                schema + ":messages.json",
                "-s",
                text + ":messages.h",
                "--sbom",
                text + ":sbom.cdx.json",
                "--sbom",
                text + ":sbom.spdx.json",
                "--notices",
                text,
                "--license",
                text,
                "--metadata",
                "ticket=12345");
        created(workshop, file, more);
    }

    /** A project as {@code cargo} leaves it, as far as {@code rustbridge pack} looks at it. */
    private void packed(Workshop workshop, Path file, boolean dev, String... options)
            throws IOException, InterruptedException {
        Path project = workshop.place();
        Files.writeString(project.resolve("Cargo.toml"), """
            [package]
            name = "%s"
            version = "%s"

            [lib]
            name = "turnstile_demo"
            crate-type = ["cdylib"]
            """.formatted(Workshop.NAME, Workshop.VERSION));
        Files.writeString(project.resolve("LICENSE"), "said\n");
        Files.writeString(project.resolve("sbom.cdx.json"), "{}\n");
        for (String variant : variants) {
            Path target = Files.createDirectories(project.resolve("target").resolve(variant));
            Files.copy(workshop.library(), target.resolve(workshop.library().getFileName()));
        }
        List<Object> arguments = new ArrayList<>(List.of("pack"));
        arguments.addAll(Arrays.asList(options));
        rustbridge(workshop, project, arguments.toArray());
        String made = Workshop.NAME + "-" + Workshop.VERSION + (dev ? "-dev" : "") + ".rbp";
        Files.move(project.resolve("target/bundle").resolve(made), file);
    }

    private void combined(Workshop workshop, Path file) throws IOException, InterruptedException {
        rustbridge(
                workshop,
                workshop.directory(),
                "bundle",
                "combine",
                workshop.bundle(CREATED_ALL),
                forTheOther(workshop),
                "--schema-mismatch",
                "warn",
                "-o",
                file);
    }

    private void combinedOfOurs(Workshop workshop, Path file) throws IOException, InterruptedException {
        rustbridge(
                workshop,
                workshop.directory(),
                "bundle",
                "combine",
                workshop.bundle(OURS_VARIANTS),
                forTheOther(workshop),
                "-o",
                file);
    }

    private static Path forTheOther(Workshop workshop) throws IOException, InterruptedException {
        Path file = workshop.place().resolve("other.rbp");
        ExternalTool.rustbridge()
                .run(
                        workshop.directory(),
                        "bundle",
                        "create",
                        "-n",
                        Workshop.NAME,
                        "-v",
                        Workshop.VERSION,
                        "-l",
                        Workshop.OTHER + ":" + workshop.library(),
                        "-o",
                        file)
                .succeeded();
        return file;
    }

    private void slimmed(Workshop workshop, Path file, Specimen of) throws IOException, InterruptedException {
        rustbridge(workshop, workshop.directory(), "bundle", "slim", "-i", workshop.bundle(of), "-o", file);
    }

    private void promoted(Workshop workshop, Path file, Specimen of) throws IOException, InterruptedException {
        List<Object> arguments = new ArrayList<>(List.of("promote", workshop.bundle(of), "-o", file));
        if (key == null) {
            arguments.add("--no-sign");
        }
        rustbridge(workshop, workshop.directory(), arguments.toArray());
    }

    private void rustbridge(Workshop workshop, Path directory, Object... arguments)
            throws IOException, InterruptedException {
        ExternalTool rustbridge = ExternalTool.rustbridge();
        if (key == null) {
            rustbridge.run(directory, arguments).succeeded();
            return;
        }
        List<Object> signing = new ArrayList<>(Arrays.asList(arguments));
        signing.addAll(List.of("--sign-key", workshop.key(key).secret()));
        rustbridge
                .runOnTerminal(directory, Workshop.PASSWORD + "\n", signing.toArray())
                .succeeded();
    }

    // ---- minisign ----

    /** Signed beside the archive, and zipped: what a release script without rustbridge would do. */
    private void minisigned(Workshop workshop, Path file, String... options) throws IOException, InterruptedException {
        Bundle unsigned = Bundle.open(workshop.bundle(OURS_UNSIGNED), BundleTrust.checksumsOnly());
        Path place = workshop.place();
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String entry : unsigned.entries()) {
                Path signed = Files.write(place.resolve("signed"), unsigned.unverified(entry));
                Path signature = place.resolve("signature");
                List<Object> arguments = new ArrayList<>(Arrays.asList(options));
                arguments.addAll(List.of("-S", "-s", key(workshop).secret(), "-m", signed, "-x", signature));
                ExternalTool.minisign().run(place, arguments.toArray()).succeeded();
                put(zip, entry, Files.readAllBytes(signed));
                put(zip, entry + Bundle.SIGNATURE_SUFFIX, Files.readAllBytes(signature));
            }
        }
    }

    private void minisigned(Workshop workshop, Path file) throws IOException, InterruptedException {
        minisigned(workshop, file, new String[0]);
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }
}
