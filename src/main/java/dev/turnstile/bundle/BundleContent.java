package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a {@link BundleWriter} has gathered: the entries, and all that the manifest says of them. It belongs to one thread. */
final class BundleContent {
    private static final String DOCUMENTS = "docs/";

    /** An entry, and the bundle that it comes from. */
    static final class Entry {
        private final Source origin;
        private final byte[] content;

        Entry(Source origin, byte[] content) {
            this.origin = origin;
            this.content = content;
        }

        Source origin() {
            return origin;
        }

        byte[] content() {
            return content;
        }

        boolean hasContentOf(Entry other) {
            return Arrays.equals(content, other.content);
        }
    }

    final Source origin;
    final String name;
    final String version;
    final List<String> authors = new ArrayList<>();
    final SequencedMap<Platform, SequencedMap<String, Variant>> platforms = new TreeMap<>();
    final SequencedMap<String, Entry> entries = new TreeMap<>();
    Metadata metadata = Metadata.NONE;
    String leastFormat = "1.0";

    @Nullable
    String description;

    @Nullable
    String license;

    @Nullable
    String repository;

    @Nullable
    String notices;

    @Nullable
    String licenseFile;

    BundleContent(Source origin, String name, String version) {
        this.origin = origin;
        this.name = Objects.requireNonNull(name, "name");
        this.version = Objects.requireNonNull(version, "version");
    }

    /** All that is in a bundle, verified, but its signatures, its key, and members of its manifest that are not known. */
    static BundleContent of(Bundle bundle) {
        Set<String> left = new HashSet<>(List.of(Bundle.MANIFEST, Bundle.MANIFEST + Bundle.SIGNATURE_SUFFIX));
        SequencedMap<String, Optional<BundleSignature>> unused = bundle.verifyAll();
        BundleManifest manifest = bundle.manifest();
        Plugin plugin = manifest.plugin();
        BundleContent content = new BundleContent(bundle.source(), plugin.name(), plugin.version());
        content.leastFormat = manifest.bundleVersion();
        content.description = plugin.description().orElse(null);
        content.authors.addAll(plugin.authors());
        content.license = plugin.license().orElse(null);
        content.repository = plugin.repository().orElse(null);
        content.notices = manifest.notices().orElse(null);
        content.licenseFile = manifest.licenseFile().orElse(null);
        content.metadata = Metadata.of(manifest);
        manifest.platforms()
                .forEach((platform, variants) -> variants.forEach((variant, described) -> {
                    content.put(platform, variant, described);
                    left.add(described.library() + Bundle.SIGNATURE_SUFFIX);
                }));
        for (String entry : bundle.entries()) {
            if (!left.contains(entry)) {
                content.entries.put(entry, new Entry(content.origin, bundle.unverified(entry)));
            }
        }
        return content;
    }

    /** Adds a library; its entry is added separately. */
    void put(Platform platform, String name, Variant variant) {
        platforms.computeIfAbsent(platform, unused -> new TreeMap<>()).put(name, variant);
    }

    Optional<Variant> variant(Platform platform, String name) {
        return Optional.ofNullable(platforms.get(platform)).map(variants -> variants.get(name));
    }

    Variant requireVariant(Platform platform, String name) {
        return variant(platform, name)
                .orElseThrow(() -> refuse(
                        "there is no library for " + platform + ", " + Quoted.of(name) + " yet, to say more of"));
    }

    /** Calls it for each library; it may put others in their place. */
    void forEachVariant(VariantUser user) {
        platforms.forEach((platform, variants) ->
                new TreeMap<>(variants).forEach((name, variant) -> user.use(platform, name, variant)));
    }

    /** Gets to know a library. */
    interface VariantUser {
        void use(Platform platform, String name, Variant variant);
    }

    /** What holds for a library. */
    Metadata metadata(Variant variant) {
        return Metadata.of(variant).or(metadata);
    }

    /** Says something of its own of a library. */
    void change(Platform platform, String name, UnaryOperator<Metadata> change) {
        Variant variant = requireVariant(platform, name);
        put(
                platform,
                name,
                change.apply(Metadata.of(variant)).of(variant.library(), variant.checksum(), variant.build()));
    }

    void add(String entry, byte[] content) {
        String unsafe = EntryNames.whyUnsafe(entry);
        if (unsafe != null) {
            throw refuse("the entry name " + Quoted.of(entry) + " is refused: " + unsafe);
        }
        if (entries.putIfAbsent(entry, new Entry(origin, content.clone())) != null) {
            throw refuse("there is an entry " + Quoted.of(entry) + " already");
        }
    }

    /** The same as {@link #retain}, but something must be left, and of each platform its release. */
    void keepOnly(BiPredicate<Platform, String> kept) {
        SequencedMap<Platform, Set<String>> left = new TreeMap<>();
        List<String> all = new ArrayList<>();
        forEachVariant((platform, name, variant) -> {
            all.add(platform + " " + name);
            if (kept.test(platform, name)) {
                left.computeIfAbsent(platform, unused -> new HashSet<>()).add(name);
            }
        });
        if (left.isEmpty() && !all.isEmpty()) {
            throw refuse("no library would be left: keep one of " + String.join(", ", all));
        }
        left.forEach((platform, names) -> {
            if (!names.contains(BundleManifest.RELEASE)
                    && variant(platform, BundleManifest.RELEASE).isPresent()) {
                throw refuse(platform + " would be left without its variant " + Quoted.of(BundleManifest.RELEASE)
                        + ": keep that, or nothing of the platform");
            }
        });
        retain((platform, name) -> left.getOrDefault(platform, Set.of()).contains(name));
    }

    /** Leaves out the other libraries, and what only they refer to. */
    void retain(BiPredicate<Platform, String> kept) {
        Set<String> unused = references();
        platforms.forEach((platform, variants) -> variants.keySet().removeIf(name -> !kept.test(platform, name)));
        platforms.values().removeIf(SequencedMap::isEmpty);
        unused.removeAll(references());
        entries.keySet().removeAll(unused);
    }

    /** Leaves out what the manifest names and is not there: bills of materials, notices, the licence. */
    void leaveOutMissing() {
        metadata = metadata.withBillsIn(entries::containsKey);
        forEachVariant(
                (platform, variant, unused) -> change(platform, variant, own -> own.withBillsIn(entries::containsKey)));
        notices = notices != null && entries.containsKey(notices) ? notices : null;
        licenseFile = licenseFile != null && entries.containsKey(licenseFile) ? licenseFile : null;
    }

    /** Leaves out the documents that the manifest does not name: the notices of third parties stay. */
    void removeDocuments() {
        Set<String> needed = references();
        entries.keySet().removeIf(entry -> entry.startsWith(DOCUMENTS) && !needed.contains(entry));
    }

    /** The names of all entries that the manifest refers to. */
    private Set<String> references() {
        Set<String> references = new HashSet<>(metadata.entries());
        forEachVariant((platform, name, variant) -> {
            references.add(variant.library());
            references.addAll(Metadata.of(variant).entries());
        });
        Optional.ofNullable(notices).ifPresent(references::add);
        Optional.ofNullable(licenseFile).ifPresent(references::add);
        return references;
    }

    /** The names of the entries that are libraries. */
    Set<String> libraries() {
        Set<String> libraries = new HashSet<>();
        forEachVariant((platform, name, variant) -> libraries.add(variant.library()));
        return libraries;
    }

    Plugin plugin() {
        return new Plugin(new Plugin.PluginValues(
                name,
                version,
                Optional.ofNullable(description),
                List.copyOf(authors),
                Optional.ofNullable(license),
                Optional.ofNullable(repository)));
    }

    BundleManifest manifest(Optional<String> publicKey) {
        boolean variantsOwn = platforms.values().stream()
                .flatMap(variants -> variants.values().stream())
                .anyMatch(variant -> !Metadata.of(variant).equals(Metadata.NONE));
        return new BundleManifest(new BundleManifest.Values(
                variantsOwn ? "1.1" : leastFormat,
                plugin(),
                platforms,
                metadata.buildInfo(),
                metadata.sbom(),
                metadata.schemas(),
                metadata.schemaChecksum(),
                Optional.ofNullable(notices),
                Optional.ofNullable(licenseFile),
                publicKey));
    }

    BundleException refuse(String what) {
        return source().refuse(Problem.MALFORMED, what);
    }

    /** What messages about the new bundle call it. */
    Source source() {
        return Source.bundle(name + " " + version);
    }
}
