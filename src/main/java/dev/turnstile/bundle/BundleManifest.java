package dev.turnstile.bundle;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle says of itself: the content of its {@code manifest.json}; immutable.
 *
 * <p>In format 1.1 a variant may have build information, an SBOM, schemas and a schema checksum of its own, which take the
 * place of the bundle's; the methods with a platform and a variant say which hold for it.
 */
public final class BundleManifest {
    /** The variant that every platform has; the default if none is asked for. */
    public static final String RELEASE = "release";

    private final Values values;

    BundleManifest(Values values) {
        this.values = values;
    }

    record Values(
            String bundleVersion,
            Plugin plugin,
            SequencedMap<Platform, SequencedMap<String, Variant>> platforms,
            Optional<BuildInfo> buildInfo,
            Optional<Sbom> sbom,
            SequencedMap<String, Schema> schemas,
            Optional<String> schemaChecksum,
            Optional<String> notices,
            Optional<String> licenseFile,
            Optional<String> publicKey) {}

    /** {@return the version of the format, {@code 1.0} or {@code 1.1}} */
    public String bundleVersion() {
        return values.bundleVersion();
    }

    /** {@return the plugin's name, version and the like} */
    public Plugin plugin() {
        return values.plugin();
    }

    /** {@return the libraries: platform to variant to library, sorted; every platform has a variant {@code release}} */
    public SequencedMap<Platform, SequencedMap<String, Variant>> platforms() {
        return values.platforms();
    }

    /** {@return how the bundle was built} */
    public Optional<BuildInfo> buildInfo() {
        return values.buildInfo();
    }

    /** {@return where the bills of materials are} */
    public Optional<Sbom> sbom() {
        return values.sbom();
    }

    /** {@return the descriptions of messages, by name, sorted} */
    public SequencedMap<String, Schema> schemas() {
        return values.schemas();
    }

    /** {@return a checksum over the schemas as rustbridge's tools make it; only compared, never recomputed} */
    public Optional<String> schemaChecksum() {
        return values.schemaChecksum();
    }

    /** {@return the entry with the notices of third parties} */
    public Optional<String> notices() {
        return values.notices();
    }

    /** {@return the entry with the plugin's own licence} */
    public Optional<String> licenseFile() {
        return values.licenseFile();
    }

    /** {@return the key that the bundle claims to be signed with. It proves nothing: whoever can change the bundle can change it, too} */
    public Optional<String> publicKey() {
        return values.publicKey();
    }

    /** The plugin in the bundle. */
    public static final class Plugin {
        private final PluginValues values;

        Plugin(PluginValues values) {
            this.values = values;
        }

        record PluginValues(
                String name,
                String version,
                Optional<String> description,
                List<String> authors,
                Optional<String> license,
                Optional<String> repository) {}

        /** {@return its name} */
        public String name() {
            return values.name();
        }

        /** {@return its version, usually a semantic one} */
        public String version() {
            return values.version();
        }

        /** {@return what it is for} */
        public Optional<String> description() {
            return values.description();
        }

        /** {@return who wrote it} */
        public List<String> authors() {
            return values.authors();
        }

        /** {@return the name of its licence, such as an SPDX identifier} */
        public Optional<String> license() {
            return values.license();
        }

        /** {@return where its sources are} */
        public Optional<String> repository() {
            return values.repository();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Plugin that && values.equals(that.values);
        }

        @Override
        public int hashCode() {
            return values.hashCode();
        }

        @Override
        public String toString() {
            return "Plugin" + values.toString().substring("PluginValues".length());
        }
    }

    /** One build of the library for one platform. */
    public static final class Variant {
        private final VariantValues values;

        Variant(VariantValues values) {
            this.values = values;
        }

        record VariantValues(
                String library,
                String checksum,
                Optional<String> build,
                Optional<BuildInfo> buildInfo,
                Optional<Sbom> sbom,
                SequencedMap<String, Schema> schemas,
                Optional<String> schemaChecksum) {}

        /** {@return the entry with the library} */
        public String library() {
            return values.library();
        }

        /** {@return its SHA-256, as 64 lower-case hexadecimal digits} */
        public String checksum() {
            return values.checksum();
        }

        /** {@return how it was built, as JSON text in whatever form its maker chose} */
        public Optional<String> build() {
            return values.build();
        }

        /** {@return its own build information, which takes the place of the bundle's} */
        public Optional<BuildInfo> buildInfo() {
            return values.buildInfo();
        }

        /** {@return its own bills of materials, which take the place of the bundle's} */
        public Optional<Sbom> sbom() {
            return values.sbom();
        }

        /** {@return its own schemas, sorted; they take the place of the bundle's unless empty} */
        public SequencedMap<String, Schema> schemas() {
            return values.schemas();
        }

        /** {@return its own checksum over the schemas, which takes the place of the bundle's} */
        public Optional<String> schemaChecksum() {
            return values.schemaChecksum();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Variant that && values.equals(that.values);
        }

        @Override
        public int hashCode() {
            return values.hashCode();
        }

        @Override
        public String toString() {
            return "Variant" + values.toString().substring("VariantValues".length());
        }
    }

    /** A description of the plugin's messages. */
    public static final class Schema {
        private final SchemaValues values;

        Schema(SchemaValues values) {
            this.values = values;
        }

        record SchemaValues(String path, String format, String checksum, Optional<String> description) {}

        /** {@return the entry with it} */
        public String path() {
            return values.path();
        }

        /** {@return such as {@code json-schema} or {@code c-header}} */
        public String format() {
            return values.format();
        }

        /** {@return its SHA-256, as 64 lower-case hexadecimal digits} */
        public String checksum() {
            return values.checksum();
        }

        /** {@return what it describes} */
        public Optional<String> description() {
            return values.description();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Schema that && values.equals(that.values);
        }

        @Override
        public int hashCode() {
            return values.hashCode();
        }

        @Override
        public String toString() {
            return "Schema" + values.toString().substring("SchemaValues".length());
        }
    }

    /** The entries with the software bills of materials. */
    public static final class Sbom {
        private final SbomValues values;

        Sbom(SbomValues values) {
            this.values = values;
        }

        record SbomValues(Optional<String> cyclonedx, Optional<String> spdx) {}

        /** {@return the one in CycloneDX's format} */
        public Optional<String> cyclonedx() {
            return values.cyclonedx();
        }

        /** {@return the one in SPDX's format} */
        public Optional<String> spdx() {
            return values.spdx();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Sbom that && values.equals(that.values);
        }

        @Override
        public int hashCode() {
            return values.hashCode();
        }

        @Override
        public String toString() {
            return "Sbom" + values.toString().substring("SbomValues".length());
        }
    }

    /**
     * Returns how a variant was built.
     *
     * @param platform a platform
     * @param variant a variant
     * @return the variant's own information, else the bundle's
     */
    public Optional<BuildInfo> buildInfo(Platform platform, String variant) {
        return variant(platform, variant).flatMap(Variant::buildInfo).or(this::buildInfo);
    }

    /**
     * Returns where the bills of materials of a variant are.
     *
     * @param platform a platform
     * @param variant a variant
     * @return the variant's own, else the bundle's
     */
    public Optional<Sbom> sbom(Platform platform, String variant) {
        return variant(platform, variant).flatMap(Variant::sbom).or(this::sbom);
    }

    /**
     * Returns the schemas of a variant.
     *
     * @param platform a platform
     * @param variant a variant
     * @return the variant's own by name if it has any, else the bundle's
     */
    public SequencedMap<String, Schema> schemas(Platform platform, String variant) {
        return variant(platform, variant)
                .map(Variant::schemas)
                .filter(own -> !own.isEmpty())
                .orElse(schemas());
    }

    /**
     * Returns the checksum over the schemas of a variant.
     *
     * @param platform a platform
     * @param variant a variant
     * @return the variant's own, else the bundle's
     */
    public Optional<String> schemaChecksum(Platform platform, String variant) {
        return variant(platform, variant).flatMap(Variant::schemaChecksum).or(this::schemaChecksum);
    }

    /**
     * Returns a variant.
     *
     * @param platform a platform
     * @param variant a variant
     * @return the variant, if the manifest has it
     */
    public Optional<Variant> variant(Platform platform, String variant) {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(variant, "variant");
        Map<String, Variant> variants = platforms().get(platform);
        return Optional.ofNullable(variants == null ? null : variants.get(variant));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BundleManifest that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "BundleManifest" + values.toString().substring("Values".length());
    }
}
