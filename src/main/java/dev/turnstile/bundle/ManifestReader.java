package dev.turnstile.bundle;

import dev.turnstile.bundle.BuildInfo.Git;
import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleManifest.Sbom;
import dev.turnstile.bundle.BundleManifest.Schema;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.util.Collections;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code manifest.json}. Unknown members are ignored. An unknown version of the format, two members of one name, and values that make
 * no sense are refused.
 *
 * <p>Without lambdas: each takes a moment to link, and thirty of them a tenth of the first opening.
 */
final class ManifestReader {
    private static final String FORMAT_1_0 = "1.0";
    private static final String FORMAT_1_1 = "1.1";
    private static final Pattern CHECKSUM = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern BARE_CHECKSUM = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern VARIANT = Pattern.compile("[a-z0-9]|[a-z0-9][a-z0-9-]{0,62}[a-z0-9]");

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

    /** Reads any JSON, as strictly as the manifest; returns it without what does not matter in it. */
    static String compact(Source source, String text) {
        return JsonTree.text(parse(source, text));
    }

    static @Nullable Object parse(Source source, String text) {
        try {
            return JsonTree.read(text);
        } catch (JsonTree.MalformedException notJson) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "it is not proper JSON: " + Quoted.plain(String.valueOf(notJson.getMessage())) + " (line "
                            + notJson.line() + ", column " + notJson.column() + ")");
        }
    }

    private static BundleManifest manifest(ManifestObject manifest) {
        String version = manifest.string("bundle_version");
        if (!version.equals(FORMAT_1_0) && !version.equals(FORMAT_1_1)) {
            throw manifest.refuse(
                    "bundle_version", "is " + Quoted.of(version) + ", and this reader knows \"1.0\" and \"1.1\"");
        }
        Plugin plugin = plugin(manifest.object("plugin"));
        SequencedMap<Platform, SequencedMap<String, Variant>> platforms =
                platforms(manifest.objectOrEmpty("platforms"));
        if (platforms.isEmpty()) {
            throw manifest.refuse("platforms", "is missing or empty, and must have at least one platform");
        }
        return new BundleManifest(new BundleManifest.Values(
                version,
                plugin,
                platforms,
                buildInfo(manifest),
                sbom(manifest),
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

    private static SequencedMap<Platform, SequencedMap<String, Variant>> platforms(ManifestObject platforms) {
        SequencedMap<Platform, SequencedMap<String, Variant>> read = new TreeMap<>();
        for (String key : platforms.names()) {
            read.put(platform(platforms, key), variants(platforms.object(key)));
        }
        return Collections.unmodifiableSequencedMap(read);
    }

    private static Platform platform(ManifestObject platforms, String key) {
        try {
            return Platform.parse(key);
        } catch (IllegalArgumentException wrong) {
            throw platforms.refuse(key, "is no platform: " + wrong.getMessage());
        }
    }

    private static SequencedMap<String, Variant> variants(ManifestObject platform) {
        SequencedMap<String, Variant> read = new TreeMap<>();
        ManifestObject variants = platform.objectOrEmpty("variants");
        for (String name : variants.names()) {
            read.put(variantName(variants, name), variant(variants.object(name)));
        }
        if (!read.containsKey(BundleManifest.RELEASE)) {
            throw platform.refuse("variants", "has no variant \"release\", which every platform must have");
        }
        return Collections.unmodifiableSequencedMap(read);
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
                buildInfo(variant),
                sbom(variant),
                schemas(variant),
                variant.optionalString("schema_checksum")));
    }

    private static SequencedMap<String, Schema> schemas(ManifestObject owner) {
        SequencedMap<String, Schema> read = new TreeMap<>();
        ManifestObject schemas = owner.objectOrEmpty("schemas");
        for (String name : schemas.names()) {
            read.put(name, schema(schemas.object(name)));
        }
        return Collections.unmodifiableSequencedMap(read);
    }

    private static Schema schema(ManifestObject schema) {
        return new Schema(new Schema.SchemaValues(
                entry(schema, "path"),
                schema.string("format"),
                schemaChecksum(schema),
                schema.optionalString("description")));
    }

    private static Optional<Sbom> sbom(ManifestObject owner) {
        ManifestObject sbom = owner.objectOrNull("sbom");
        if (sbom == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Sbom(new Sbom.SbomValues(optionalEntry(sbom, "cyclonedx"), optionalEntry(sbom, "spdx"))));
    }

    private static Optional<BuildInfo> buildInfo(ManifestObject owner) {
        ManifestObject info = owner.objectOrNull("build_info");
        if (info == null) {
            return Optional.empty();
        }
        return Optional.of(new BuildInfo(new BuildInfo.Values(
                info.optionalString("built_by"),
                info.optionalString("built_at"),
                info.optionalString("host"),
                info.optionalString("compiler"),
                info.optionalString("rustbridge_version"),
                git(info),
                custom(info.objectOrEmpty("custom")))));
    }

    private static SequencedMap<String, String> custom(ManifestObject custom) {
        SequencedMap<String, String> read = new TreeMap<>();
        for (String key : custom.names()) {
            Optional<String> value = custom.optionalString(key);
            if (value.isEmpty()) {
                throw custom.refuse(key, "is null, but must be a string");
            }
            read.put(key, value.get());
        }
        return Collections.unmodifiableSequencedMap(read);
    }

    private static Optional<Git> git(ManifestObject info) {
        ManifestObject git = info.objectOrNull("git");
        if (git == null) {
            return Optional.empty();
        }
        return Optional.of(new Git(new Git.GitValues(
                git.string("commit"),
                git.optionalString("branch"),
                git.optionalString("tag"),
                git.optionalBoolean("dirty"))));
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
        String path = owner.string(member);
        requireSafe(owner, member, path);
        return path;
    }

    private static Optional<String> optionalEntry(ManifestObject owner, String member) {
        Optional<String> path = owner.optionalString(member);
        if (path.isPresent()) {
            requireSafe(owner, member, path.get());
        }
        return path;
    }

    private static void requireSafe(ManifestObject owner, String member, String path) {
        String unsafe = EntryNames.whyUnsafe(path);
        if (unsafe != null) {
            throw owner.refuse(member, "is " + Quoted.of(path) + ", which is refused: " + unsafe);
        }
    }
}
