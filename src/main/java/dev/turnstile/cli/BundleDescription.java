package dev.turnstile.cli;

import dev.turnstile.bundle.BuildInfo;
import dev.turnstile.bundle.BuildInfo.Git;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleManifest.Sbom;
import dev.turnstile.bundle.BundleManifest.Schema;
import dev.turnstile.bundle.BundleManifest.Variant;
import dev.turnstile.bundle.MinisignPublicKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.util.RawValue;

/** All that a bundle says of itself, for people and for programs. */
final class BundleDescription {
    private static final String MANIFEST = "manifest.json";

    private final Path file;
    private final Bundle bundle;
    private final BundleManifest manifest;
    private final List<String> lines = new ArrayList<>();

    BundleDescription(Path file, Bundle bundle) {
        this.file = file;
        this.bundle = bundle;
        this.manifest = bundle.manifest();
    }

    private boolean isSigned() {
        return bundle.entries().contains(MANIFEST + ".minisig");
    }

    /** The id of the key that the bundle claims to be signed with, if it names a key at all. */
    private Optional<String> claimedKeyId() {
        try {
            return manifest.publicKey().map(key -> MinisignPublicKey.parse(key).keyId());
        } catch (BundleException noKey) {
            return Optional.empty(); // the claim itself is shown, whatever it is
        }
    }

    private static int size(Bundle bundle, String entry) {
        return bundle.unverified(entry).length;
    }

    // ---- for programs ----

    /** Each library of a bundle, its members in order. */
    static List<Map<String, Object>> libraries(Bundle bundle) {
        List<Map<String, Object>> libraries = new ArrayList<>();
        bundle.manifest()
                .platforms()
                .forEach((platform, variants) -> variants.forEach((name, variant) -> {
                    Map<String, Object> library = new LinkedHashMap<>();
                    library.put("platform", platform.key());
                    library.put("variant", name);
                    library.put("entry", variant.library());
                    library.put("size", size(bundle, variant.library()));
                    library.put("sha256", variant.checksum());
                    libraries.add(library);
                }));
        return libraries;
    }

    /** The manifest as it is, and what it does not say. */
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("bundle", file.toString());
        members.put("verified", false);
        members.put("signed", isSigned());
        members.put("claimed_key_id", claimedKeyId());
        members.put("libraries", libraries(bundle));
        members.put("manifest", new RawValue(new String(bundle.unverified(MANIFEST), StandardCharsets.UTF_8)));
        members.put("entries", List.copyOf(bundle.entries()));
        return members;
    }

    // ---- for people ----

    List<String> lines() {
        line(0, file + ": what it says of itself, not verified (`turnstile verify` does that)");
        line(0, "");
        plugin(manifest.plugin());
        field(0, "Format", Optional.of(manifest.bundleVersion()));
        field(0, "Signed", Optional.of(isSigned() ? "yes, not verified" : "no"));
        field(
                0,
                "Public key",
                manifest.publicKey()
                        .map(key ->
                                key + claimedKeyId().map(id -> ", key id " + id).orElse("")
                                        + " (only a claim: anybody can write that into a bundle)"));
        line(0, "");
        line(0, "Libraries:");
        manifest.platforms()
                .forEach((platform, variants) -> variants.forEach((name, variant) -> {
                    line(
                            1,
                            platform + " " + name + ": " + variant.library() + ", " + size(bundle, variant.library())
                                    + " bytes");
                    variant(variant);
                }));
        schemas(0, manifest.schemas(), manifest.schemaChecksum());
        sbom(0, manifest.sbom());
        field(0, "Notices", manifest.notices());
        field(0, "Licence file", manifest.licenseFile());
        manifest.buildInfo().ifPresent(info -> buildInfo(0, info));
        line(0, "");
        line(0, "Entries (" + bundle.entries().size() + "):");
        bundle.entries().forEach(entry -> line(1, entry));
        return lines;
    }

    private void plugin(Plugin plugin) {
        field(0, "Plugin", Optional.of(plugin.name() + " " + plugin.version()));
        field(0, "Description", plugin.description());
        plugin.authors().forEach(author -> field(0, "Author", Optional.of(author)));
        field(0, "Licence", plugin.license());
        field(0, "Repository", plugin.repository());
    }

    private void variant(Variant variant) {
        field(2, "SHA-256", Optional.of(variant.checksum()));
        field(2, "Build", variant.build());
        schemas(2, variant.schemas(), variant.schemaChecksum());
        sbom(2, variant.sbom());
        variant.buildInfo().ifPresent(info -> buildInfo(2, info));
    }

    private void schemas(int depth, Map<String, Schema> schemas, Optional<String> checksum) {
        if (!schemas.isEmpty()) {
            line(depth, "Schemas:");
        }
        schemas.forEach((name, schema) -> {
            line(depth + 1, name + ": " + schema.path() + ", " + schema.format());
            field(depth + 2, "Description", schema.description());
            field(depth + 2, "SHA-256", Optional.of(schema.checksum()));
        });
        field(depth, "Schema checksum", checksum);
    }

    private void sbom(int depth, Optional<Sbom> sbom) {
        field(depth, "SBOM, CycloneDX", sbom.flatMap(Sbom::cyclonedx));
        field(depth, "SBOM, SPDX", sbom.flatMap(Sbom::spdx));
    }

    private void buildInfo(int depth, BuildInfo info) {
        field(depth, "Built by", info.builtBy());
        field(depth, "Built at", info.builtAt());
        field(depth, "Built on", info.host());
        field(depth, "Compiler", info.compiler());
        field(depth, "rustbridge", info.rustbridgeVersion());
        info.git().ifPresent(git -> git(depth, git));
        info.custom().forEach((key, value) -> field(depth, "Metadata", Optional.of(key + " = " + value)));
    }

    private void git(int depth, Git git) {
        String state = git.dirty().orElse(false) ? ", with changes that were not committed" : "";
        field(depth, "Git commit", Optional.of(git.commit() + state));
        field(depth, "Git branch", git.branch());
        field(depth, "Git tag", git.tag());
    }

    private void field(int depth, String label, Optional<String> value) {
        value.ifPresent(shown -> line(depth, label + ":" + " ".repeat(Math.max(1, 16 - label.length())) + shown));
    }

    private void line(int depth, String line) {
        lines.add("  ".repeat(depth) + line);
    }
}
