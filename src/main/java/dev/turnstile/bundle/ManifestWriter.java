package dev.turnstile.bundle;

import dev.turnstile.bundle.BuildInfo.Git;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleManifest.Sbom;
import dev.turnstile.bundle.BundleManifest.Schema;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/** Writes {@code manifest.json}: the same manifest always as the same bytes. What is missing is left out. */
final class ManifestWriter {
    private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");
    private static final ObjectWriter JSON = JsonMapper.shared()
            .writer()
            .with(new DefaultPrettyPrinter().withObjectIndenter(INDENTER).withArrayIndenter(INDENTER));

    private ManifestWriter() {}

    static byte[] write(BundleManifest manifest) {
        Members members = new Members();
        members.put("bundle_version", manifest.bundleVersion());
        members.put("plugin", plugin(manifest.plugin()));
        Members platforms = new Members();
        manifest.platforms().forEach((platform, variants) -> {
            Members written = new Members();
            written.put("variants", map(variants, ManifestWriter::variant));
            platforms.put(platform.key(), written);
        });
        members.put("platforms", platforms);
        members.put("build_info", manifest.buildInfo().map(ManifestWriter::buildInfo));
        members.put("sbom", manifest.sbom().map(ManifestWriter::sbom));
        members.put("schema_checksum", manifest.schemaChecksum());
        members.put("notices", manifest.notices());
        members.put("license_file", manifest.licenseFile());
        members.put("public_key", manifest.publicKey());
        members.putUnlessEmpty("schemas", map(manifest.schemas(), ManifestWriter::schema));
        return JSON.writeValueAsBytes(members.map);
    }

    /** What a manifest says of a plugin, as JSON. */
    static JsonNode tree(Plugin plugin) {
        return tree(plugin(plugin));
    }

    /** What it says of one library, as JSON. */
    static JsonNode tree(Variant variant) {
        return tree(variant(variant));
    }

    private static JsonNode tree(Members members) {
        return JsonMapper.shared().readTree(JSON.writeValueAsBytes(members.map)); // some members are JSON text
    }

    private static Members plugin(Plugin plugin) {
        Members members = new Members();
        members.put("name", plugin.name());
        members.put("version", plugin.version());
        members.put("description", plugin.description());
        if (!plugin.authors().isEmpty()) {
            members.map.put("authors", plugin.authors());
        }
        members.put("license", plugin.license());
        members.put("repository", plugin.repository());
        return members;
    }

    private static Members variant(Variant variant) {
        Members members = new Members();
        members.put("library", variant.library());
        members.put("checksum", "sha256:" + variant.checksum());
        variant.build().ifPresent(json -> members.map.put("build", new RawValue(json)));
        members.put("build_info", variant.buildInfo().map(ManifestWriter::buildInfo));
        members.put("sbom", variant.sbom().map(ManifestWriter::sbom));
        members.put("schema_checksum", variant.schemaChecksum());
        members.putUnlessEmpty("schemas", map(variant.schemas(), ManifestWriter::schema));
        return members;
    }

    private static Members schema(Schema schema) {
        Members members = new Members();
        members.put("path", schema.path());
        members.put("format", schema.format());
        members.put("checksum", "sha256:" + schema.checksum());
        members.put("description", schema.description());
        return members;
    }

    private static Members sbom(Sbom sbom) {
        Members members = new Members();
        members.put("cyclonedx", sbom.cyclonedx());
        members.put("spdx", sbom.spdx());
        return members;
    }

    private static Members buildInfo(BuildInfo info) {
        Members members = new Members();
        members.put("built_by", info.builtBy());
        members.put("built_at", info.builtAt());
        members.put("host", info.host());
        members.put("compiler", info.compiler());
        members.put("rustbridge_version", info.rustbridgeVersion());
        members.put("git", info.git().map(ManifestWriter::git));
        Members custom = new Members();
        info.custom().forEach(custom::put);
        members.putUnlessEmpty("custom", custom);
        return members;
    }

    private static Members git(Git git) {
        Members members = new Members();
        members.put("commit", git.commit());
        members.put("branch", git.branch());
        members.put("tag", git.tag());
        git.dirty().ifPresent(dirty -> members.map.put("dirty", dirty));
        return members;
    }

    private static <V> Members map(SequencedMap<String, V> map, Function<V, Members> writer) {
        Members members = new Members();
        map.forEach((key, value) -> members.put(key, writer.apply(value)));
        return members;
    }

    /** A JSON object in the order in which it is written. */
    private static final class Members {
        private final Map<String, Object> map = new LinkedHashMap<>();

        void put(String name, String value) {
            map.put(name, value);
        }

        void put(String name, Members value) {
            map.put(name, value.map);
        }

        void put(String name, Optional<?> value) {
            value.ifPresent(present -> map.put(name, present instanceof Members members ? members.map : present));
        }

        void putUnlessEmpty(String name, Members value) {
            if (!value.map.isEmpty()) {
                put(name, value);
            }
        }
    }
}
