package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Schema;
import dev.turnstile.bundle.BundleManifest.Variant;
import dev.turnstile.internal.FileTrouble;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * A plugin bundle, a {@code .rbp} file, opened and verified; immutable, and safe for any number of threads.
 *
 * <p>The file is read once, into memory; everything is verified and taken from there, so that changing the file later changes nothing.
 * There is nothing to close. Opening checks the archive, the manifest's signature (if the {@link BundleTrust} asks for one), the manifest,
 * the pins, and that every library and schema in the manifest is there. A library or schema is checked against its checksum, and a library
 * against its own signature, when it is asked for.
 *
 * <p>Nothing protects the entries that have no checksum in the manifest (documents, licences, bills of materials). {@link #unverified}
 * returns them to be shown, never to be acted on.
 *
 * <p>Everything that is wrong with a bundle is reported by a {@link BundleException}. Formats 1.0 and 1.1 of rustbridge are read; native
 * code is never touched here.
 */
public final class Bundle {
    // What every opening runs has no lambdas: each takes a moment to link, which a program that opens one bundle feels.

    static final String MANIFEST = "manifest.json";
    static final String SIGNATURE_SUFFIX = ".minisig";

    private static final SafeLog log = new SafeLog(Bundle.class);

    private final Source source;
    private final Archive archive;
    private final BundleTrust trust;
    private final BundleManifest manifest;
    private final Optional<BundleSignature> signature;

    private Bundle(Source source, Archive archive, BundleTrust trust) {
        this.source = source;
        this.archive = archive;
        this.trust = trust;
        if (!archive.contains(MANIFEST)) {
            throw source.refuse(Problem.MALFORMED, "there is no " + MANIFEST + ", so it is not a plugin bundle");
        }
        byte[] json = archive.read(MANIFEST);
        this.signature = verifySignature(MANIFEST, json); // before a byte of it is interpreted
        this.manifest = ManifestReader.read(source.at(MANIFEST), json);
    }

    /**
     * Opens a bundle, within the default limits.
     *
     * @param file the {@code .rbp} file
     * @param trust whom to believe
     * @return the verified bundle
     * @throws BundleException if the file cannot be read, is malformed, or is not trusted
     */
    public static Bundle open(Path file, BundleTrust trust) {
        return open(file, trust, BundleLimits.defaults());
    }

    /**
     * Opens a bundle.
     *
     * @param file the {@code .rbp} file
     * @param trust whom to believe
     * @param limits how large it may be
     * @return the verified bundle
     * @throws BundleException if the file cannot be read, is too large, is malformed, or is not trusted
     */
    public static Bundle open(Path file, BundleTrust trust, BundleLimits limits) {
        Objects.requireNonNull(file, "file");
        require(trust, limits);
        Source source = Source.bundle(file.toString());
        return logged(of(source, WholeFile.read(source, file, limits.archiveBytes()), trust, limits));
    }

    /**
     * Opens a bundle that is not a file, for instance a resource on the class path.
     *
     * @param name what messages call it
     * @param in the whole bundle; read to its end, not closed
     * @param trust whom to believe
     * @param limits how large it may be
     * @return the verified bundle
     * @throws BundleException if it cannot be read, is too large, is malformed, or is not trusted
     */
    public static Bundle read(String name, InputStream in, BundleTrust trust, BundleLimits limits) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(in, "in");
        require(trust, limits);
        Source source = Source.bundle(name);
        try {
            return logged(of(source, WholeFile.read(source, in, limits.archiveBytes()), trust, limits));
        } catch (IOException unreadable) {
            throw source.failed("it cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
    }

    private static void require(BundleTrust trust, BundleLimits limits) {
        Objects.requireNonNull(trust, "trust");
        Objects.requireNonNull(limits, "limits");
    }

    /** Opens a bundle that is in memory already; the bytes belong to it from here on. */
    static Bundle of(Source source, byte[] bytes, BundleTrust trust, BundleLimits limits) {
        Bundle bundle = new Bundle(source, Archive.of(source, bytes, limits), trust);
        bundle.checkPins();
        bundle.checkEntries();
        return bundle;
    }

    private static Bundle logged(Bundle bundle) {
        log.info("{}", bundle);
        return bundle;
    }

    private static String describe(Optional<BundleSignature> signature) {
        if (signature.isEmpty()) {
            return "no signature looked at";
        }
        BundleSignature made = signature.get();
        return "signed by key " + made.keyId() + " (" + Quoted.plain(made.trustedComment())
                + (made.legacy() ? "; legacy)" : ")");
    }

    private void checkPins() {
        String name = manifest.plugin().name();
        Optional<String> expected = trust.expectedName();
        if (expected.isPresent() && !name.equals(expected.get())) {
            throw untrusted(
                    "plugin.name is " + Quoted.of(name) + ", and " + Quoted.of(expected.get()) + " was expected");
        }
        String version = manifest.plugin().version();
        Optional<String> least = trust.leastVersion();
        if (least.isPresent()) {
            checkVersion(version, least.get());
        }
    }

    private void checkVersion(String version, String least) {
        try {
            if (SemanticVersion.parse(version).compareTo(SemanticVersion.parse(least)) < 0) {
                throw untrusted("plugin.version is " + Quoted.of(version) + ", and at least " + Quoted.of(least)
                        + " was expected");
            }
        } catch (IllegalArgumentException incomparable) {
            throw untrusted("plugin.version cannot be compared with the least one expected, " + Quoted.of(least) + ": "
                    + incomparable.getMessage());
        }
    }

    private BundleException untrusted(String what) {
        return source.refuse(Problem.UNTRUSTED, MANIFEST, what);
    }

    private void checkEntries() {
        for (var platform : manifest.platforms().entrySet()) {
            for (var variant : platform.getValue().entrySet()) {
                String path = "platforms." + platform.getKey() + ".variants." + variant.getKey();
                checkEntry(path + ".library", variant.getValue().library());
                checkSchemas(path + ".schemas.", variant.getValue().schemas());
            }
        }
        checkSchemas("schemas.", manifest.schemas());
    }

    private void checkSchemas(String path, SequencedMap<String, Schema> schemas) {
        for (var schema : schemas.entrySet()) {
            checkEntry(path + schema.getKey() + ".path", schema.getValue().path());
        }
    }

    private void checkEntry(String field, String entry) {
        if (!archive.contains(entry)) {
            throw source.refuse(
                    Problem.MALFORMED,
                    MANIFEST,
                    Quoted.plain(field) + " is " + Quoted.of(entry) + ", and there is no such entry");
        }
    }

    /** Verifies the signature beside an entry, if the trust asks for one. */
    private Optional<BundleSignature> verifySignature(String entry, byte[] content) {
        if (!trust.requiresSignature()) {
            return Optional.empty();
        }
        String name = entry + SIGNATURE_SUFFIX;
        if (!archive.contains(name)) {
            throw source.refuse(Problem.UNTRUSTED, entry, "it is not signed: there is no entry " + Quoted.of(name));
        }
        Source at = source.at(name);
        if (archive.size(name) > MinisignSignature.LONGEST_FILE) {
            throw at.refuse(
                    Problem.LIMIT,
                    "it has " + archive.size(name) + " bytes, more than the limit of "
                            + MinisignSignature.LONGEST_FILE);
        }
        return Optional.of(
                MinisignSignature.parse(at, archive.read(name)).verify(content, trust.keys(), trust.allowsLegacy()));
    }

    /**
     * Returns what the bundle says of itself.
     *
     * @return the manifest
     */
    public BundleManifest manifest() {
        return manifest;
    }

    /**
     * Returns the signature of the manifest.
     *
     * @return what was verified; empty if the trust was in checksums only
     */
    public Optional<BundleSignature> signature() {
        return signature;
    }

    /**
     * Returns the release library for the platform that this JVM runs on.
     *
     * @return the verified library
     * @throws BundleException if there is none for this platform (the message lists those there are), or it does not match
     *     its checksum or signature
     */
    public BundledLibrary library() {
        return library(BundleManifest.RELEASE);
    }

    /**
     * Returns a library for the platform that this JVM runs on.
     *
     * @param variant which build, such as {@code release}
     * @return the verified library
     * @throws BundleException if there is none (the message lists those there are), or it does not match its checksum or
     *     signature
     */
    public BundledLibrary library(String variant) {
        Objects.requireNonNull(variant, "variant");
        return library(Platform.host(), variant);
    }

    /**
     * Returns a library.
     *
     * @param platform what it was built for
     * @param variant which build, such as {@code release}
     * @return the verified library
     * @throws BundleException if there is none (the message lists those there are), or it does not match its checksum or
     *     signature
     */
    public BundledLibrary library(Platform platform, String variant) {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(variant, "variant");
        BundledLibrary library = verified(platform, variant);
        log.info("{}: SHA-256 {}, {}", library, library.checksum(), describe(library.signature()));
        return library;
    }

    private BundledLibrary verified(Platform platform, String variant) {
        Map<String, Variant> variants = manifest.platforms().get(platform);
        if (variants == null) {
            throw source.refuse(
                    Problem.MISSING,
                    "there is no library for " + platform + ", only for "
                            + listed(manifest.platforms().sequencedKeySet()));
        }
        Variant described = variants.get(variant);
        if (described == null) {
            throw source.refuse(
                    Problem.MISSING,
                    "there is no variant " + Quoted.of(variant) + " for " + platform + ", only "
                            + listed(variants.keySet()));
        }
        byte[] bytes = verified(described.library(), described.checksum());
        Optional<BundleSignature> own = verifySignature(described.library(), bytes);
        return new BundledLibrary(source.at(described.library()), platform, variant, described, bytes, own);
    }

    Source source() {
        return source;
    }

    private static String listed(Iterable<?> names) {
        List<String> listed = new ArrayList<>();
        names.forEach(name -> listed.add(Quoted.plain(name.toString())));
        return String.join(", ", listed);
    }

    /**
     * Returns a schema of the bundle's own.
     *
     * @param name its name in the manifest
     * @return its content, which matches the checksum in the manifest
     * @throws BundleException if there is none of that name, or it does not match its checksum
     */
    public byte[] schema(String name) {
        Objects.requireNonNull(name, "name");
        return schema(manifest.schemas(), name);
    }

    /**
     * Returns a schema of a variant. If the variant has schemas of its own, only those count; else the bundle's.
     *
     * @param platform a platform
     * @param variant a variant
     * @param name the schema's name in the manifest
     * @return its content, which matches the checksum in the manifest
     * @throws BundleException if there is none of that name, or it does not match its checksum
     */
    public byte[] schema(Platform platform, String variant, String name) {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(variant, "variant");
        Objects.requireNonNull(name, "name");
        return schema(manifest.schemas(platform, variant), name);
    }

    /**
     * Writes a schema of a variant into a directory of the caller's, as {@link BundledLibrary#extractTo} does with a library.
     *
     * @param platform a platform
     * @param variant a variant
     * @param name the schema's name in the manifest
     * @param directory an existing directory, on a file system with hard links
     * @return the file, named as the last part of the schema's entry
     * @throws BundleException if there is none of that name, it does not match its checksum, there is such a file already, or
     *     it cannot be written
     */
    public Path extractSchemaTo(Platform platform, String variant, String name, Path directory) {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(variant, "variant");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(directory, "directory");
        byte[] content = schema(platform, variant, name);
        String entry = schemaOf(manifest.schemas(platform, variant), name).path();
        Path file = EntryNames.fileIn(directory, EntryNames.fileName(entry), source.at(entry));
        WholeFile.writeNew(source.at(entry).extractingTo(file), file, content, WholeFile.Mode.SHARED);
        return file;
    }

    private byte[] schema(SequencedMap<String, Schema> schemas, String name) {
        Schema schema = schemaOf(schemas, name);
        return verified(schema.path(), schema.checksum());
    }

    private Schema schemaOf(SequencedMap<String, Schema> schemas, String name) {
        Schema schema = schemas.get(name);
        if (schema == null) {
            throw source.refuse(
                    Problem.MISSING,
                    "there is no schema " + Quoted.of(name)
                            + (schemas.isEmpty() ? "" : ", only " + listed(schemas.keySet())));
        }
        return schema;
    }

    /** Reads an entry and checks it against its checksum. */
    private byte[] verified(String entry, String checksum) {
        byte[] content = archive.read(entry);
        String actual = sha256(content);
        if (!actual.equals(checksum)) {
            throw source.refuse(
                    Problem.UNTRUSTED,
                    entry,
                    "its SHA-256 is " + actual + ", and the manifest says " + checksum + ": it was changed or damaged");
        }
        return content;
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(Sha256.begin().digest(content));
    }

    /**
     * Verifies everything that can be: every library of every platform, and every schema.
     *
     * @return the names of the entries that were verified, in the order of the manifest, each with its own signature: schemas
     *     have none, and libraries have none if the trust is in checksums only
     * @throws BundleException naming the first that is not as the manifest or its signature says
     */
    public SequencedMap<String, Optional<BundleSignature>> verifyAll() {
        SequencedMap<String, Optional<BundleSignature>> verified = new LinkedHashMap<>();
        manifest.platforms()
                .forEach((platform, variants) -> variants.forEach((name, variant) -> {
                    verified.put(variant.library(), verified(platform, name).signature());
                    verifySchemas(variant.schemas(), verified);
                }));
        verifySchemas(manifest.schemas(), verified);
        return Collections.unmodifiableSequencedMap(verified);
    }

    private void verifySchemas(
            SequencedMap<String, Schema> schemas, SequencedMap<String, Optional<BundleSignature>> verified) {
        schemas.values().forEach(schema -> {
            byte[] unused = verified(schema.path(), schema.checksum());
            verified.putIfAbsent(schema.path(), Optional.empty());
        });
    }

    /**
     * Returns the names of all entries, directories aside.
     *
     * @return relative paths with slashes, in the order of the archive
     */
    public SequencedSet<String> entries() {
        return archive.names();
    }

    /**
     * Returns an entry as it is. Nothing is verified here, not even for a library or a schema: show the entry, never act on it.
     *
     * @param entry its name
     * @return its content
     * @throws BundleException if there is none of that name, or its data is damaged
     */
    public byte[] unverified(String entry) {
        Objects.requireNonNull(entry, "entry");
        return archive.read(entry);
    }

    /** Returns where it is from, the plugin, and what was verified. */
    @Override
    public String toString() {
        return source.name() + ": plugin " + Quoted.plain(manifest.plugin().name()) + " "
                + Quoted.plain(manifest.plugin().version()) + ", " + describe(signature);
    }
}
