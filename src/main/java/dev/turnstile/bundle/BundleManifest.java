package dev.turnstile.bundle;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What a bundle says of itself: the content of its {@code manifest.json}; immutable.
 *
 * <p>In format 1.1 a variant may have build information, an SBOM, schemas and a schema checksum of its own, which take the
 * place of the bundle's; the methods with a platform and a variant say which hold for it.
 *
 * @param bundleVersion the version of the format, {@code 1.0} or {@code 1.1}
 * @param plugin the plugin's name, version and the like
 * @param platforms the libraries: platform to variant to library, sorted; every platform has a variant {@code release}
 * @param buildInfo how the bundle was built
 * @param sbom where the bills of materials are
 * @param schemas the descriptions of messages, by name, sorted
 * @param schemaChecksum a checksum over the schemas as rustbridge's tools make it; only compared, never recomputed
 * @param notices the entry with the notices of third parties
 * @param licenseFile the entry with the plugin's own licence
 * @param publicKey the key that the bundle claims to be signed with. It is information: whoever can change the bundle can
 *     change it, too
 */
public record BundleManifest(
        String bundleVersion,
        Plugin plugin,
        SequencedMap<Platform, SequencedMap<String, Variant>> platforms,
        Optional<BuildInfo> buildInfo,
        Optional<Sbom> sbom,
        SequencedMap<String, Schema> schemas,
        Optional<String> schemaChecksum,
        Optional<String> notices,
        Optional<String> licenseFile,
        Optional<String> publicKey) {

    /** The variant that every platform has, and that is taken where none is asked for. */
    public static final String RELEASE = "release";

    /**
     * The plugin in the bundle.
     *
     * @param name its name
     * @param version its version, usually a semantic one
     * @param description what it is for
     * @param authors who wrote it
     * @param license the name of its licence, such as an SPDX identifier
     * @param repository where its sources are
     */
    public record Plugin(
            String name,
            String version,
            Optional<String> description,
            List<String> authors,
            Optional<String> license,
            Optional<String> repository) {}

    /**
     * One build of the library for one platform.
     *
     * @param library the entry with the library
     * @param checksum its SHA-256, as 64 lower-case hexadecimal digits
     * @param build how it was built, as JSON text in whatever form its maker chose
     * @param buildInfo in place of the bundle's
     * @param sbom in place of the bundle's
     * @param schemas in place of the bundle's, unless empty; sorted
     * @param schemaChecksum in place of the bundle's
     */
    public record Variant(
            String library,
            String checksum,
            Optional<String> build,
            Optional<BuildInfo> buildInfo,
            Optional<Sbom> sbom,
            SequencedMap<String, Schema> schemas,
            Optional<String> schemaChecksum) {}

    /**
     * A description of the plugin's messages.
     *
     * @param path the entry with it
     * @param format such as {@code json-schema} or {@code c-header}
     * @param checksum its SHA-256, as 64 lower-case hexadecimal digits
     * @param description what it describes
     */
    public record Schema(String path, String format, String checksum, Optional<String> description) {}

    /**
     * The entries with the software bills of materials.
     *
     * @param cyclonedx the one in CycloneDX's format
     * @param spdx the one in SPDX's format
     */
    public record Sbom(Optional<String> cyclonedx, Optional<String> spdx) {}

    /**
     * How a bundle or a variant was built, as its maker says.
     *
     * @param builtBy who or what built it
     * @param builtAt when, usually in ISO 8601
     * @param host the system it was built on
     * @param compiler what compiled it
     * @param rustbridgeVersion the version of rustbridge's tools
     * @param git the state of the sources
     * @param custom whatever else its maker wanted to say, sorted
     */
    public record BuildInfo(
            Optional<String> builtBy,
            Optional<String> builtAt,
            Optional<String> host,
            Optional<String> compiler,
            Optional<String> rustbridgeVersion,
            Optional<Git> git,
            SequencedMap<String, String> custom) {

        /** Nothing said. */
        public static final BuildInfo NONE = new BuildInfo(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Collections.emptySortedMap());

        /**
         * Says who or what built it.
         *
         * @param value such as {@code CI}
         * @return the changed information
         */
        public BuildInfo withBuiltBy(String value) {
            return new BuildInfo(Optional.of(value), builtAt, host, compiler, rustbridgeVersion, git, custom);
        }

        /**
         * Says when it was built.
         *
         * @param value usually in ISO 8601
         * @return the changed information
         */
        public BuildInfo withBuiltAt(String value) {
            return new BuildInfo(builtBy, Optional.of(value), host, compiler, rustbridgeVersion, git, custom);
        }

        /**
         * Says on what system it was built.
         *
         * @param value such as {@code x86_64-unknown-linux-gnu}
         * @return the changed information
         */
        public BuildInfo withHost(String value) {
            return new BuildInfo(builtBy, builtAt, Optional.of(value), compiler, rustbridgeVersion, git, custom);
        }

        /**
         * Says what compiled it.
         *
         * @param value such as {@code rustc 1.95.0}
         * @return the changed information
         */
        public BuildInfo withCompiler(String value) {
            return new BuildInfo(builtBy, builtAt, host, Optional.of(value), rustbridgeVersion, git, custom);
        }

        /**
         * Says from what state of the sources it was built.
         *
         * @param value the state
         * @return the changed information
         */
        public BuildInfo withGit(Git value) {
            return new BuildInfo(builtBy, builtAt, host, compiler, rustbridgeVersion, Optional.of(value), custom);
        }

        /**
         * Says something else.
         *
         * @param key what it is about
         * @param value what is said
         * @return the changed information
         */
        public BuildInfo withCustom(String key, String value) {
            SequencedMap<String, String> more = new TreeMap<>(custom);
            more.put(key, value);
            return new BuildInfo(
                    builtBy,
                    builtAt,
                    host,
                    compiler,
                    rustbridgeVersion,
                    git,
                    Collections.unmodifiableSequencedMap(more));
        }
    }

    /**
     * The state of the sources.
     *
     * @param commit the commit's hash
     * @param branch the branch
     * @param tag the tag on the commit
     * @param dirty whether there were changes that were not committed
     */
    public record Git(String commit, Optional<String> branch, Optional<String> tag, Optional<Boolean> dirty) {}

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
                .orElse(schemas);
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
     * @return what the manifest says of it, if it has it
     */
    public Optional<Variant> variant(Platform platform, String variant) {
        Map<String, Variant> variants = platforms.get(platform);
        return Optional.ofNullable(variants == null ? null : variants.get(variant));
    }
}
