package dev.turnstile.bundle;

import dev.turnstile.bundle.BuildInfo.Git;
import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleManifest.Sbom;
import dev.turnstile.bundle.BundleManifest.Schema;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code manifest.json}. Unknown members are ignored. An unknown version of the format, two members of one name, and values that make
 * no sense are refused.
 */
final class ManifestReader {
    private static final String FORMAT_1_0 = "1.0";
    private static final String FORMAT_1_1 = "1.1";
    private static final Pattern CHECKSUM = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern BARE_CHECKSUM = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern VARIANT = Pattern.compile("[a-z0-9]|[a-z0-9][a-z0-9-]{0,62}[a-z0-9]");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .build())
            .build();

    /** The source of a location, in Jackson's messages. */
    private static final Pattern SOURCE_OF_A_PLACE = Pattern.compile("\\[Source: [^;]*; ");

    private ManifestReader() {}

    /**
     * Reads a manifest.
     *
     * @param source what messages name
     * @param content the bytes of {@code manifest.json}
     */
    static BundleManifest read(Source source, byte[] content) {
        return manifest(ManifestObject.of(source, "", parse(source, source.utf8(content))));
    }

    /** Reads any JSON, as strictly as the manifest. */
    static JsonNode parse(Source source, String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JacksonException notJson) {
            TokenStreamLocation location = notJson.getLocation(); // none where a limit of Jackson's is exceeded
            String reason =
                    SOURCE_OF_A_PLACE.matcher(notJson.getOriginalMessage()).replaceAll("[");
            throw source.refuse(
                    Problem.MALFORMED,
                    "it is not proper JSON: " + Quoted.plain(reason)
                            + (location == null ? "" : " (line " + location.getLineNr() + ")"));
        }
        if (json.isMissingNode()) {
            throw source.refuse(Problem.MALFORMED, "it is not proper JSON: it is empty");
        }
        return json;
    }

    private static BundleManifest manifest(ManifestObject manifest) {
        String version = manifest.string("bundle_version");
        if (!version.equals(FORMAT_1_0) && !version.equals(FORMAT_1_1)) {
            throw manifest.refuse(
                    "bundle_version", "is " + Quoted.of(version) + ", and this reader knows \"1.0\" and \"1.1\"");
        }
        Plugin plugin = plugin(manifest.object("plugin"));
        SequencedMap<Platform, SequencedMap<String, Variant>> platforms =
                manifest.map("platforms", ManifestReader::platform, ManifestReader::variants);
        if (platforms.isEmpty()) {
            throw manifest.refuse("platforms", "is missing or empty, and must have at least one platform");
        }
        return new BundleManifest(new BundleManifest.Values(
                version,
                plugin,
                platforms,
                manifest.optionalObject("build_info", ManifestReader::buildInfo),
                manifest.optionalObject("sbom", ManifestReader::sbom),
                schemas(manifest),
                manifest.optionalString("schema_checksum"),
                optionalEntry(manifest, "notices"),
                optionalEntry(manifest, "license_file"),
                manifest.optionalString("public_key")));
    }

    private static Plugin plugin(ManifestObject plugin) {
        return new Plugin(new Plugin.PluginValues(
                plugin.string("name"),
                plugin.string("version"),
                plugin.optionalString("description"),
                plugin.strings("authors"),
                plugin.optionalString("license"),
                plugin.optionalString("repository")));
    }

    private static Platform platform(ManifestObject platforms, String key) {
        try {
            return Platform.parse(key);
        } catch (IllegalArgumentException wrong) {
            throw platforms.refuse(key, "is no platform: " + wrong.getMessage());
        }
    }

    private static SequencedMap<String, Variant> variants(ManifestObject platforms, String key) {
        ManifestObject platform = platforms.object(key);
        SequencedMap<String, Variant> variants =
                platform.map("variants", ManifestReader::variantName, (all, name) -> variant(all.object(name)));
        if (!variants.containsKey(BundleManifest.RELEASE)) {
            throw platform.refuse("variants", "has no variant \"release\", which every platform must have");
        }
        return variants;
    }

    private static String variantName(ManifestObject variants, String name) {
        if (!isVariantName(name)) {
            throw variants.refuse(name, "is no name for a variant: " + VARIANT_RULE);
        }
        return name;
    }

    static final String VARIANT_RULE =
            "up to 64 lower-case letters, digits and hyphens, with a letter or digit at both ends";

    static boolean isVariantName(String name) {
        return VARIANT.matcher(name).matches();
    }

    private static Variant variant(ManifestObject variant) {
        return new Variant(new Variant.VariantValues(
                entry(variant, "library"),
                checksum(variant),
                variant.optionalJson("build"),
                variant.optionalObject("build_info", ManifestReader::buildInfo),
                variant.optionalObject("sbom", ManifestReader::sbom),
                schemas(variant),
                variant.optionalString("schema_checksum")));
    }

    private static SequencedMap<String, Schema> schemas(ManifestObject owner) {
        return owner.map("schemas", (all, name) -> name, (all, name) -> schema(all.object(name)));
    }

    private static Schema schema(ManifestObject schema) {
        return new Schema(new Schema.SchemaValues(
                entry(schema, "path"),
                schema.string("format"),
                schemaChecksum(schema),
                schema.optionalString("description")));
    }

    private static Sbom sbom(ManifestObject sbom) {
        return new Sbom(new Sbom.SbomValues(optionalEntry(sbom, "cyclonedx"), optionalEntry(sbom, "spdx")));
    }

    private static BuildInfo buildInfo(ManifestObject info) {
        return new BuildInfo(new BuildInfo.Values(
                info.optionalString("built_by"),
                info.optionalString("built_at"),
                info.optionalString("host"),
                info.optionalString("compiler"),
                info.optionalString("rustbridge_version"),
                info.optionalObject("git", ManifestReader::git),
                info.map("custom", (all, key) -> key, ManifestReader::customValue)));
    }

    private static String customValue(ManifestObject custom, String key) {
        return custom.optionalString(key).orElseThrow(() -> custom.refuse(key, "is null, but must be a string"));
    }

    private static Git git(ManifestObject git) {
        return new Git(new Git.GitValues(
                git.string("commit"),
                git.optionalString("branch"),
                git.optionalString("tag"),
                git.optionalBoolean("dirty")));
    }

    /** The SHA-256 of a member {@code checksum}, without its prefix. */
    private static String checksum(ManifestObject owner) {
        String checksum = owner.string("checksum");
        if (!CHECKSUM.matcher(checksum).matches()) {
            throw owner.refuse(
                    "checksum",
                    "is " + Quoted.of(checksum) + ", but must be \"sha256:\" and 64 lower-case hexadecimal digits");
        }
        return checksum.substring(checksum.indexOf(':') + 1);
    }

    /** The same for a schema, where rustbridge's own tools leave the prefix out. */
    private static String schemaChecksum(ManifestObject schema) {
        String checksum = schema.string("checksum");
        return BARE_CHECKSUM.matcher(checksum).matches() ? checksum : checksum(schema);
    }

    private static String entry(ManifestObject owner, String member) {
        return safe(owner, member, owner.string(member));
    }

    private static Optional<String> optionalEntry(ManifestObject owner, String member) {
        return owner.optionalString(member).map(path -> safe(owner, member, path));
    }

    private static String safe(ManifestObject owner, String member, String path) {
        String unsafe = EntryNames.whyUnsafe(path);
        if (unsafe != null) {
            throw owner.refuse(member, "is " + Quoted.of(path) + ", which is refused: " + unsafe);
        }
        return path;
    }
}
