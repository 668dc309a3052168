package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleManifest.Schema;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiPredicate;
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
    private final BundleContent bundle;
    private @Nullable MinisignKey key;
    private String trustedComment = "";
    private boolean schemaMismatchAllowed;
    private BundleLimits limits = BundleLimits.defaults();

    private BundleWriter(BundleContent bundle) {
        this.bundle = bundle;
    }

    /**
     * Begins a bundle.
     *
     * @param name the plugin's name
     * @param version the plugin's version, a semantic one such as {@code 1.2.0}: readers compare it
     * @throws BundleException if the version is not a semantic one
     */
    public BundleWriter(String name, String version) {
        this(new BundleContent(Source.bundle(name + " " + version), name, version));
        AddedFile.checkVersion(bundle);
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
        Objects.requireNonNull(bundle, "bundle");
        return new BundleWriter(BundleContent.of(bundle));
    }

    /**
     * Adds the libraries of another bundle of the same plugin, for instance those for another platform, and all else that is in it. The
     * bundle is verified, and taken over without its signatures, as {@link #from} does.
     *
     * <p>What a bundle says of its libraries (build information, bills of materials, schemas) stays true of each of them. Where two
     * bundles differ, it becomes the libraries' own, which takes format 1.1. If two bills of materials have one name, the second is moved
     * to a directory for its library. The same library may be in both bundles.
     *
     * @param other an opened bundle
     * @return this writer
     * @throws BundleException if a library or a schema is not as the manifest or its signature says; or if the two do not go together:
     *     they describe the plugin differently, have different schemas, different libraries for one platform and variant, or different
     *     documents, notices or licences of one name. The problem is a {@link BundleException.Problem#CONFLICT CONFLICT} then, and the
     *     message has what each of the two says. The writer is of no use then
     */
    public BundleWriter combineWith(Bundle other) {
        Objects.requireNonNull(other, "other");
        BundleMerge.merge(bundle, BundleContent.of(other), schemaMismatchAllowed);
        return this;
    }

    /**
     * Sets whether {@link #combineWith} takes bundles with different schemas. Then each library keeps its own.
     *
     * @param allowed by default {@code false}: libraries of one version that understand different messages are a mistake
     * @return this writer
     */
    public BundleWriter schemaMismatchAllowed(boolean allowed) {
        schemaMismatchAllowed = allowed;
        return this;
    }

    /**
     * Leaves out libraries that were added, with the schemas and bills of materials that only they have.
     *
     * @param kept says of each platform and variant whether its library stays; every platform that stays must keep its {@code release}
     * @return this writer
     * @throws BundleException if no library would be left, or a platform without its {@code release}
     */
    public BundleWriter keepOnly(BiPredicate<Platform, String> kept) {
        Objects.requireNonNull(kept, "kept");
        bundle.keepOnly(kept);
        return this;
    }

    /**
     * Leaves out the documents that were added; the notices of third parties stay.
     *
     * @return this writer
     */
    public BundleWriter withoutDocuments() {
        bundle.removeDocuments();
        return this;
    }

    /**
     * Says what the plugin is for.
     *
     * @param text one or a few sentences
     * @return this writer
     */
    public BundleWriter description(String text) {
        Objects.requireNonNull(text, "text");
        bundle.description = text;
        return this;
    }

    /**
     * Adds an author.
     *
     * @param author usually {@code Name <address>}
     * @return this writer
     */
    public BundleWriter author(String author) {
        Objects.requireNonNull(author, "author");
        bundle.authors.add(author);
        return this;
    }

    /**
     * Names the plugin's licence.
     *
     * @param identifier such as the SPDX identifier {@code Apache-2.0}
     * @return this writer
     */
    public BundleWriter license(String identifier) {
        Objects.requireNonNull(identifier, "identifier");
        bundle.license = identifier;
        return this;
    }

    /**
     * Says where the plugin's sources are.
     *
     * @param address usually a URL
     * @return this writer
     */
    public BundleWriter repository(String address) {
        Objects.requireNonNull(address, "address");
        bundle.repository = address;
        return this;
    }

    /**
     * Adds a library.
     *
     * @param platform what it was built for
     * @param variant which build; every platform must have a {@code release}
     * @param file the library
     * @return this writer
     * @throws BundleException if the file cannot be read, is empty or truncated, or is not a library for the platform, as far as
     *     Turnstile knows its libraries (ELF for Linux, Mach-O for macOS, PE for Windows); or if the platform already has this variant
     */
    public BundleWriter library(Platform platform, String variant, Path file) {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(variant, "variant");
        Objects.requireNonNull(file, "file");
        return library(platform, variant, fileName(file), read(file), false);
    }

    /**
     * Adds a library.
     *
     * @param platform what it was built for
     * @param variant which build; every platform must have a {@code release}
     * @param fileName the name of its file, such as {@code libecho.so}
     * @param library its content. What is not recognised as a library is taken for one
     * @return this writer
     * @throws BundleException if the content is empty, truncated or a library for another platform; if the name is a path; or if the
     *     platform already has this variant
     */
    public BundleWriter library(Platform platform, String variant, String fileName, byte[] library) {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(variant, "variant");
        Objects.requireNonNull(fileName, "fileName");
        Objects.requireNonNull(library, "library");
        return library(platform, variant, fileName, library, true);
    }

    private BundleWriter library(
            Platform platform, String variant, String fileName, byte[] library, boolean mayBeAnything) {
        if (!ManifestReader.isVariantName(variant)) {
            throw bundle.refuse(Quoted.of(variant) + " is no name for a variant: " + ManifestReader.VARIANT_RULE);
        }
        AddedFile.checkName(bundle, fileName);
        String entry = "lib/" + platform + "/" + variant + "/" + fileName;
        if (bundle.variant(platform, variant).isPresent()) {
            throw bundle.refuse("there is a library for " + platform + ", " + variant + " already");
        }
        AddedFile.checkLibrary(bundle, platform, variant, fileName, library, mayBeAnything);
        bundle.put(platform, variant, Metadata.NONE.of(entry, Bundle.sha256(library), Optional.empty()));
        return add(entry, library);
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
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(variant, "variant");
        Objects.requireNonNull(json, "json");
        Variant described = bundle.requireVariant(platform, variant);
        Source at = bundle.source().at("the build information of " + described.library());
        String build = ManifestReader.compact(at, json);
        bundle.put(
                platform,
                variant,
                Metadata.of(described).of(described.library(), described.checksum(), Optional.of(build)));
        return this;
    }

    /**
     * Adds a schema. Its format follows from its name: {@code json-schema} for {@code .json}, {@code c-header} for {@code .h} and {@code
     * .hpp}, else {@code unknown}.
     *
     * @param schemaName its name, such as {@code messages.json}
     * @param content the schema
     * @return this writer
     * @throws BundleException if the name is a path, or ends with {@code .json} and the content is not JSON
     */
    public BundleWriter schema(String schemaName, byte[] content) {
        Objects.requireNonNull(schemaName, "schemaName");
        Objects.requireNonNull(content, "content");
        String entry = "schema/" + schemaName;
        bundle.metadata = bundle.metadata.withSchema(schemaName, schema(entry, schemaName, content));
        return add(entry, content);
    }

    /**
     * Adds a schema for one library, which takes the place of the bundle's schemas.
     *
     * @param platform the library's platform
     * @param variant its variant, which was added before
     * @param schemaName the schema's name, such as {@code messages.json}
     * @param content the schema
     * @return this writer
     * @throws BundleException if there is no such library yet; if the name is a path, or ends with {@code .json} and the content is not
     *     JSON
     */
    public BundleWriter schema(Platform platform, String variant, String schemaName, byte[] content) {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(variant, "variant");
        Objects.requireNonNull(schemaName, "schemaName");
        Objects.requireNonNull(content, "content");
        String entry = "schema/" + platform + "/" + variant + "/" + schemaName;
        Schema schema = schema(entry, schemaName, content);
        bundle.change(platform, variant, own -> own.withSchema(schemaName, schema));
        return add(entry, content);
    }

    private Schema schema(String entry, String schemaName, byte[] content) {
        AddedFile.checkName(bundle, schemaName);
        AddedFile.checkSchema(bundle, schemaName, content);
        return new Schema(new Schema.SchemaValues(entry, format(schemaName), Bundle.sha256(content), Optional.empty()));
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
     * @throws BundleException if the name is a path
     */
    public BundleWriter cyclonedx(String fileName, byte[] content) {
        Objects.requireNonNull(fileName, "fileName");
        Objects.requireNonNull(content, "content");
        AddedFile.checkName(bundle, fileName);
        String entry = "sbom/" + fileName;
        bundle.metadata = bundle.metadata.withCyclonedx(Optional.of(entry));
        return add(entry, content);
    }

    /**
     * Adds a bill of materials in SPDX's format.
     *
     * @param fileName its name, such as {@code sbom.spdx.json}
     * @param content the bill
     * @return this writer
     * @throws BundleException if the name is a path
     */
    public BundleWriter spdx(String fileName, byte[] content) {
        Objects.requireNonNull(fileName, "fileName");
        Objects.requireNonNull(content, "content");
        AddedFile.checkName(bundle, fileName);
        String entry = "sbom/" + fileName;
        bundle.metadata = bundle.metadata.withSpdx(Optional.of(entry));
        return add(entry, content);
    }

    /**
     * Adds the notices of third parties, as {@code docs/NOTICES.txt}.
     *
     * @param content the text
     * @return this writer
     */
    public BundleWriter notices(byte[] content) {
        Objects.requireNonNull(content, "content");
        bundle.notices = "docs/NOTICES.txt";
        return add(bundle.notices, content);
    }

    /**
     * Adds the text of the plugin's own licence, as {@code legal/LICENSE}.
     *
     * @param content the text
     * @return this writer
     */
    public BundleWriter licenseFile(byte[] content) {
        Objects.requireNonNull(content, "content");
        bundle.licenseFile = "legal/LICENSE";
        return add(bundle.licenseFile, content);
    }

    /**
     * Adds a document.
     *
     * @param fileName its name below {@code docs/}
     * @param content the document
     * @return this writer
     */
    public BundleWriter document(String fileName, byte[] content) {
        Objects.requireNonNull(fileName, "fileName");
        Objects.requireNonNull(content, "content");
        return add("docs/" + fileName, content);
    }

    /**
     * Says how the bundle was built.
     *
     * @param info whatever is known
     * @return this writer
     */
    public BundleWriter buildInfo(BuildInfo info) {
        Objects.requireNonNull(info, "info");
        bundle.metadata = bundle.metadata.withBuildInfo(Optional.of(info));
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
        Objects.requireNonNull(about, "about");
        return buildInfo(bundle.metadata.buildInfo().orElse(BuildInfo.NONE).withCustom(about, value));
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
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(variant, "variant");
        Objects.requireNonNull(info, "info");
        bundle.change(platform, variant, own -> own.withBuildInfo(Optional.of(info)));
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
        Objects.requireNonNull(signingKey, "signingKey");
        Objects.requireNonNull(comment, "comment");
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
        Objects.requireNonNull(readersLimits, "readersLimits");
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
        bundle.add(entry, content);
        return this;
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
        Objects.requireNonNull(file, "file");
        WholeFile.writeNew(Source.bundle(file.toString()), file, toBytes(), WholeFile.Mode.SHARED);
    }

    /**
     * Writes the bundle to a file, replacing a bundle that exists. A concurrent reader gets the old file or the new one.
     *
     * @param file where
     * @throws BundleException if there is something else, such as a key or a link; if it cannot be written, or for the reasons of {@link #toBytes}
     */
    public void writeOver(Path file) {
        Objects.requireNonNull(file, "file");
        WholeFile.writeOver(Source.bundle(file.toString()), file, toBytes(), WholeFile.Mode.SHARED);
    }

    private byte[] archive() {
        Set<String> libraries = bundle.libraries();
        SequencedMap<String, byte[]> written = new LinkedHashMap<>();
        Optional<String> publicKey =
                Optional.ofNullable(key).map(signer -> signer.publicKey().base64());
        putSigned(written, Bundle.MANIFEST, ManifestWriter.write(bundle.manifest(publicKey)));
        bundle.entries.forEach((entry, added) -> {
            if (libraries.contains(entry)) {
                putSigned(written, entry, added.content());
            } else {
                written.put(entry, added.content());
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
                Bundle.of(bundle.source(), archive, trust, limits).verifyAll();
    }
}
