package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleManifest.Sbom;
import dev.turnstile.bundle.BundleManifest.Schema;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a plugin bundle: name it, add libraries and what belongs to them, sign it if it is for others, and write it.
 *
 * <pre>{@code
 * new BundleWriter("echo", "1.2.0")
 *         .library(Platform.LINUX_X86_64, "release", Path.of("target/release/libecho.so"))
 *         .library(Platform.LINUX_X86_64, "debug", Path.of("target/debug/libecho.so"))
 *         .signWith(MinisignKey.read(keyFile, password), "timestamp:" + Instant.now().getEpochSecond())
 *         .write(Path.of("echo-1.2.0.rbp"));
 * }</pre>
 *
 * <p>With the same zlib, the same input gives the same bytes: entries are sorted and have no times, and nothing is added that the caller
 * did not give. A bundle is read back before it is given out, so everything that {@link Bundle} would refuse is refused here. The format is
 * 1.0, and 1.1 as soon as a variant has a schema, build information or a bill of materials of its own.
 *
 * <p>Files are read when they are added. A writer belongs to one thread.
 */
public final class BundleWriter {
    private final String name;
    private final String version;
    private final Source source;
    private final List<String> authors = new ArrayList<>();
    private final SequencedMap<Platform, SequencedMap<String, Library>> platforms = new TreeMap<>();
    private final Metadata metadata = new Metadata();
    private final SequencedMap<String, byte[]> entries = new TreeMap<>();
    private @Nullable String description;
    private @Nullable String license;
    private @Nullable String repository;
    private @Nullable String notices;
    private @Nullable String licenseFile;
    private @Nullable MinisignKey key;
    private String trustedComment = "";
    private String leastFormat = "1.0";
    private BundleLimits limits = BundleLimits.defaults();

    /** What a bundle has, and a variant may replace in format 1.1. */
    private static final class Metadata {
        final SequencedMap<String, Schema> schemas = new TreeMap<>();

        @Nullable
        BuildInfo buildInfo;

        @Nullable
        String cyclonedx;

        @Nullable
        String spdx;

        @Nullable
        String schemaChecksum;

        /** Takes over what a manifest says. */
        void copy(
                SequencedMap<String, Schema> described,
                Optional<BuildInfo> info,
                Optional<Sbom> sbom,
                Optional<String> checksum) {
            schemas.putAll(described);
            buildInfo = info.orElse(null);
            cyclonedx = sbom.flatMap(Sbom::cyclonedx).orElse(null);
            spdx = sbom.flatMap(Sbom::spdx).orElse(null);
            schemaChecksum = checksum.orElse(null);
        }

        boolean isEmpty() {
            return buildInfo == null
                    && cyclonedx == null
                    && spdx == null
                    && schemaChecksum == null
                    && schemas.isEmpty();
        }

        Optional<Sbom> sbom() {
            return cyclonedx == null && spdx == null
                    ? Optional.empty()
                    : Optional.of(
                            new Sbom(new Sbom.SbomValues(Optional.ofNullable(cyclonedx), Optional.ofNullable(spdx))));
        }
    }

    private record Library(String entry, String checksum, Optional<String> build, Metadata metadata) {
        Variant described() {
            return new Variant(new Variant.VariantValues(
                    entry,
                    checksum,
                    build,
                    Optional.ofNullable(metadata.buildInfo),
                    metadata.sbom(),
                    Collections.unmodifiableSequencedMap(metadata.schemas),
                    Optional.ofNullable(metadata.schemaChecksum)));
        }
    }

    /**
     * Begins a bundle.
     *
     * @param name the plugin's name
     * @param version the plugin's version; a semantic one, if readers are to compare it
     */
    public BundleWriter(String name, String version) {
        this.name = name;
        this.version = version;
        this.source = Source.bundle(name + " " + version);
    }

    /**
     * Begins with all that is in a bundle, for instance to sign it with another key. The bundle is verified as its {@link BundleTrust}
     * asks. Its signatures and its public key are left out, and so are unknown members of its manifest: nothing is signed that was not
     * understood. Entries that no checksum protects (documents, licences, bills of materials) are copied as they are.
     *
     * @param bundle an opened bundle
     * @return a writer with its content
     * @throws BundleException if a library or a schema is not as the manifest or its signature says
     */
    public static BundleWriter from(Bundle bundle) {
        Set<String> generated = new HashSet<>(List.of(Bundle.MANIFEST, Bundle.MANIFEST + Bundle.SIGNATURE_SUFFIX));
        SequencedMap<String, Optional<BundleSignature>> unused = bundle.verifyAll();
        BundleManifest manifest = bundle.manifest();
        Plugin plugin = manifest.plugin();
        BundleWriter writer = new BundleWriter(plugin.name(), plugin.version());
        writer.leastFormat = manifest.bundleVersion();
        writer.description = plugin.description().orElse(null);
        writer.authors.addAll(plugin.authors());
        writer.license = plugin.license().orElse(null);
        writer.repository = plugin.repository().orElse(null);
        writer.notices = manifest.notices().orElse(null);
        writer.licenseFile = manifest.licenseFile().orElse(null);
        writer.metadata.copy(manifest.schemas(), manifest.buildInfo(), manifest.sbom(), manifest.schemaChecksum());
        manifest.platforms()
                .forEach((platform, variants) -> variants.forEach((variantName, variant) -> {
                    Metadata own = new Metadata();
                    own.copy(variant.schemas(), variant.buildInfo(), variant.sbom(), variant.schemaChecksum());
                    Library library = new Library(variant.library(), variant.checksum(), variant.build(), own);
                    writer.variants(platform).put(variantName, library);
                    generated.add(variant.library() + Bundle.SIGNATURE_SUFFIX);
                }));
        for (String entry : bundle.entries()) {
            if (!generated.contains(entry)) {
                writer.add(entry, bundle.unverified(entry));
            }
        }
        return writer;
    }

    /**
     * Says what the plugin is for.
     *
     * @param text one or a few sentences
     * @return this writer
     */
    public BundleWriter description(String text) {
        description = text;
        return this;
    }

    /**
     * Adds an author.
     *
     * @param author usually {@code Name <address>}
     * @return this writer
     */
    public BundleWriter author(String author) {
        authors.add(author);
        return this;
    }

    /**
     * Names the plugin's licence.
     *
     * @param identifier such as the SPDX identifier {@code Apache-2.0}
     * @return this writer
     */
    public BundleWriter license(String identifier) {
        license = identifier;
        return this;
    }

    /**
     * Says where the plugin's sources are.
     *
     * @param address usually a URL
     * @return this writer
     */
    public BundleWriter repository(String address) {
        repository = address;
        return this;
    }

    /**
     * Adds a library.
     *
     * @param platform what it was built for
     * @param variant which build; every platform must have a {@code release}
     * @param file the library
     * @return this writer
     * @throws BundleException if the file cannot be read, or the platform already has this variant
     */
    public BundleWriter library(Platform platform, String variant, Path file) {
        return library(platform, variant, fileName(file), read(file));
    }

    /**
     * Adds a library.
     *
     * @param platform what it was built for
     * @param variant which build; every platform must have a {@code release}
     * @param fileName the name of its file, such as {@code libecho.so}
     * @param content the library
     * @return this writer
     * @throws BundleException if the platform already has this variant
     */
    public BundleWriter library(Platform platform, String variant, String fileName, byte[] content) {
        if (!ManifestReader.isVariantName(variant)) {
            throw refuse(Quoted.of(variant) + " is no name for a variant: " + ManifestReader.VARIANT_RULE);
        }
        String entry = "lib/" + platform + "/" + variant + "/" + fileName;
        Library library = new Library(entry, Bundle.sha256(content), Optional.empty(), new Metadata());
        if (variants(platform).putIfAbsent(variant, library) != null) {
            throw refuse("there is a library for " + platform + ", " + variant + " already");
        }
        return add(entry, content);
    }

    private SequencedMap<String, Library> variants(Platform platform) {
        return platforms.computeIfAbsent(platform, unused -> new TreeMap<>());
    }

    private Library variant(Platform platform, String variant) {
        Library library = variants(platform).get(variant);
        if (library == null) {
            throw refuse("there is no library for " + platform + ", " + Quoted.of(variant) + " yet, to say more of");
        }
        return library;
    }

    /**
     * Says how a library was built, in whatever form: profile, features, compiler flags.
     *
     * @param platform its platform
     * @param variant its variant, which was added before
     * @param json JSON text
     * @return this writer
     * @throws BundleException if there is no such library yet, or the text is not JSON
     */
    public BundleWriter build(Platform platform, String variant, String json) {
        Library library = variant(platform, variant);
        String build = ManifestReader.parse(source.at("the build information of " + library.entry), json)
                .toString();
        variants(platform)
                .put(variant, new Library(library.entry, library.checksum, Optional.of(build), library.metadata));
        return this;
    }

    /**
     * Adds a schema. Its format follows from its name: {@code json-schema} for {@code .json}, {@code c-header} for {@code .h} and {@code
     * .hpp}, else {@code unknown}.
     *
     * @param schemaName its name, such as {@code messages.json}
     * @param content the schema
     * @return this writer
     */
    public BundleWriter schema(String schemaName, byte[] content) {
        return schema(metadata, "schema/", schemaName, content);
    }

    /**
     * Adds a schema for one library, which takes the place of the bundle's schemas.
     *
     * @param platform the library's platform
     * @param variant its variant, which was added before
     * @param schemaName the schema's name, such as {@code messages.json}
     * @param content the schema
     * @return this writer
     * @throws BundleException if there is no such library yet
     */
    public BundleWriter schema(Platform platform, String variant, String schemaName, byte[] content) {
        return schema(
                variant(platform, variant).metadata, "schema/" + platform + "/" + variant + "/", schemaName, content);
    }

    private BundleWriter schema(Metadata owner, String directory, String schemaName, byte[] content) {
        String entry = directory + schemaName;
        owner.schemas.put(
                schemaName,
                new Schema(
                        new Schema.SchemaValues(entry, format(schemaName), Bundle.sha256(content), Optional.empty())));
        return add(entry, content);
    }

    private static String format(String schemaName) {
        if (schemaName.endsWith(".h") || schemaName.endsWith(".hpp")) {
            return "c-header";
        }
        return schemaName.endsWith(".json") ? "json-schema" : "unknown";
    }

    /**
     * Adds a bill of materials in CycloneDX's format.
     *
     * @param fileName its name, such as {@code sbom.cdx.json}
     * @param content the bill
     * @return this writer
     */
    public BundleWriter cyclonedx(String fileName, byte[] content) {
        metadata.cyclonedx = "sbom/" + fileName;
        return add(metadata.cyclonedx, content);
    }

    /**
     * Adds a bill of materials in SPDX's format.
     *
     * @param fileName its name, such as {@code sbom.spdx.json}
     * @param content the bill
     * @return this writer
     */
    public BundleWriter spdx(String fileName, byte[] content) {
        metadata.spdx = "sbom/" + fileName;
        return add(metadata.spdx, content);
    }

    /**
     * Adds the notices of third parties, as {@code docs/NOTICES.txt}.
     *
     * @param content the text
     * @return this writer
     */
    public BundleWriter notices(byte[] content) {
        notices = "docs/NOTICES.txt";
        return add(notices, content);
    }

    /**
     * Adds the text of the plugin's own licence, as {@code legal/LICENSE}.
     *
     * @param content the text
     * @return this writer
     */
    public BundleWriter licenseFile(byte[] content) {
        licenseFile = "legal/LICENSE";
        return add(licenseFile, content);
    }

    /**
     * Adds a document.
     *
     * @param fileName its name below {@code docs/}
     * @param content the document
     * @return this writer
     */
    public BundleWriter document(String fileName, byte[] content) {
        return add("docs/" + fileName, content);
    }

    /**
     * Says how the bundle was built.
     *
     * @param info whatever is known
     * @return this writer
     */
    public BundleWriter buildInfo(BuildInfo info) {
        metadata.buildInfo = info;
        return this;
    }

    /**
     * Adds another item to the bundle's build information.
     *
     * @param about what it is about
     * @param value what is said
     * @return this writer
     */
    public BundleWriter metadata(String about, String value) {
        BuildInfo known = metadata.buildInfo == null ? BuildInfo.NONE : metadata.buildInfo;
        metadata.buildInfo = known.withCustom(about, value);
        return this;
    }

    /**
     * Says how one library was built, in place of the bundle's build information.
     *
     * @param platform the library's platform
     * @param variant its variant, which was added before
     * @param info whatever is known
     * @return this writer
     * @throws BundleException if there is no such library yet
     */
    public BundleWriter buildInfo(Platform platform, String variant, BuildInfo info) {
        variant(platform, variant).metadata.buildInfo = info;
        return this;
    }

    /**
     * Signs the manifest and every library.
     *
     * @param signingKey the key; its public half is named in the manifest
     * @param comment the comment that the signatures carry and protect; rustbridge writes {@code timestamp:} and the seconds since 1970
     * @return this writer
     */
    public BundleWriter signWith(MinisignKey signingKey, String comment) {
        key = signingKey;
        trustedComment = comment;
        return this;
    }

    /**
     * Sets the limits within which the bundle must be readable.
     *
     * @param readersLimits the limits; by default {@link BundleLimits#defaults()}
     * @return this writer
     */
    public BundleWriter limits(BundleLimits readersLimits) {
        limits = readersLimits;
        return this;
    }

    private static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }

    private byte[] read(Path file) {
        return WholeFile.read(new Source("The library " + file), file, limits.entryBytes());
    }

    private BundleWriter add(String entry, byte[] content) {
        String unsafe = EntryNames.whyUnsafe(entry);
        if (unsafe != null) {
            throw refuse("the entry name " + Quoted.of(entry) + " is refused: " + unsafe);
        }
        if (entries.putIfAbsent(entry, content.clone()) != null) {
            throw refuse("there is an entry " + Quoted.of(entry) + " already");
        }
        return this;
    }

    private BundleException refuse(String what) {
        return source.refuse(Problem.MALFORMED, what);
    }

    /**
     * Returns the bundle.
     *
     * @return the bytes of a {@code .rbp} file
     * @throws BundleException if it lacks something, such as a {@code release} library, or is larger than the limits
     */
    public byte[] toBytes() {
        byte[] archive = archive();
        readBack(archive);
        return archive;
    }

    /**
     * Writes the bundle to a new file.
     *
     * @param file where; must not exist
     * @throws BundleException if it exists or cannot be written, or for the reasons of {@link #toBytes}
     */
    public void write(Path file) {
        WholeFile.writeNew(Source.bundle(file.toString()), file, toBytes(), WholeFile.Mode.SHARED);
    }

    /**
     * Writes the bundle to a file, replacing one that exists. A concurrent reader gets the old file or the new one.
     *
     * @param file where
     * @throws BundleException if it cannot be written, or for the reasons of {@link #toBytes}
     */
    public void writeOver(Path file) {
        WholeFile.writeOver(Source.bundle(file.toString()), file, toBytes(), WholeFile.Mode.SHARED);
    }

    private BundleManifest manifest() {
        SequencedMap<Platform, SequencedMap<String, Variant>> described = new TreeMap<>();
        boolean variantsOwn = false;
        for (Platform platform : platforms.keySet()) {
            SequencedMap<String, Variant> variants = new TreeMap<>();
            for (String variant : variants(platform).keySet()) {
                Library library = variant(platform, variant);
                variants.put(variant, library.described());
                variantsOwn |= !library.metadata.isEmpty();
            }
            described.put(platform, variants);
        }
        return new BundleManifest(new BundleManifest.Values(
                variantsOwn ? "1.1" : leastFormat,
                new Plugin(new Plugin.PluginValues(
                        name,
                        version,
                        Optional.ofNullable(description),
                        List.copyOf(authors),
                        Optional.ofNullable(license),
                        Optional.ofNullable(repository))),
                described,
                Optional.ofNullable(metadata.buildInfo),
                metadata.sbom(),
                metadata.schemas,
                Optional.ofNullable(metadata.schemaChecksum),
                Optional.ofNullable(notices),
                Optional.ofNullable(licenseFile),
                Optional.ofNullable(key).map(signer -> signer.publicKey().base64())));
    }

    private byte[] archive() {
        Set<String> libraries = new HashSet<>();
        platforms.values().forEach(variants -> variants.values().forEach(library -> libraries.add(library.entry)));
        SequencedMap<String, byte[]> written = new LinkedHashMap<>();
        putSigned(written, Bundle.MANIFEST, ManifestWriter.write(manifest()));
        entries.forEach((entry, content) -> {
            if (libraries.contains(entry)) {
                putSigned(written, entry, content);
            } else {
                written.put(entry, content);
            }
        });
        return ArchiveWriter.write(written);
    }

    private void putSigned(SequencedMap<String, byte[]> written, String entry, byte[] content) {
        written.put(entry, content);
        if (key != null) {
            String signature = key.sign(content, trustedComment);
            written.put(entry + Bundle.SIGNATURE_SUFFIX, signature.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void readBack(byte[] archive) {
        BundleTrust trust = key == null ? BundleTrust.checksumsOnly() : BundleTrust.signedBy(key.publicKey());
        SequencedMap<String, Optional<BundleSignature>> unused =
                Bundle.of(source, archive, trust, limits).verifyAll();
    }
}
