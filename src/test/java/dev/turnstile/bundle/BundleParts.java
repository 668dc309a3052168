package dev.turnstile.bundle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A small bundle to be spoiled: properly signed by {@link SigningKey#TRUSTED} with everything that a manifest can have. What
 * is changed in the manifest is signed again, so that nothing is wrong but what the test wants to be.
 */
final class BundleParts {
    static final Platform PLATFORM = Platform.LINUX_X86_64;
    static final String MANIFEST_SIGNATURE = "manifest.json.minisig";
    static final String RELEASE = "lib/linux-x86_64/release/libecho.so";
    static final String DEBUG = "lib/linux-x86_64/debug/libecho.so";
    static final String VARIANTS = "/platforms/linux-x86_64/variants";

    static final byte[] LIBRARY = utf8("the release library");
    static final byte[] DEBUG_LIBRARY = utf8("the debug library, which is another one");
    private static final byte[] SCHEMA = utf8("{\"type\":\"object\"}");

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private byte[] manifest = utf8(manifest().toString());
    private SigningKey key = SigningKey.TRUSTED;
    private boolean signed = true;

    BundleParts() {
        library(RELEASE, LIBRARY);
        library(DEBUG, DEBUG_LIBRARY);
        put("schema/messages.json", SCHEMA);
        put("schema/debug/messages.json", SCHEMA);
        put("sbom/sbom.cdx.json", utf8("{}"));
        put("docs/NOTICES.txt", utf8("Thanks"));
        put("legal/LICENSE", utf8("Apache-2.0"));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A manifest with a value for every field that is known. */
    static ObjectNode manifest() {
        String schema = "{\"path\":\"%s\",\"format\":\"json-schema\",\"checksum\":\"%s\",\"description\":\"Messages\"}";
        String checksum = checksum(SCHEMA);
        String buildInfo =
                "{\"built_by\":\"CI\",\"built_at\":\"2026-11-25T00:00:00Z\",\"host\":\"x86_64-unknown-linux-gnu\",\"compiler\":\"rustc"
                    + " 1.95.0\",\"rustbridge_version\":\"1.0.1\",\"git\":{\"commit\":\"0123abc\","
                    + "\"branch\":\"main\",\"tag\":\"v1.2.0\",\"dirty\":false},\"custom\":{\"reason\":\"release\"}}";
        String sbom = "{\"cyclonedx\":\"sbom/sbom.cdx.json\",\"spdx\":\"sbom/sbom.spdx.json\"}";
        String release = "{\"library\":\"" + RELEASE + "\",\"checksum\":\"" + checksum(LIBRARY) + "\"}";
        String debug = "{\"library\":\"" + DEBUG + "\",\"checksum\":\"" + checksum(DEBUG_LIBRARY)
                + "\",\"build\":{\"profile\":\"debug\"},\"build_info\":" + buildInfo + ",\"sbom\":" + sbom
                + ",\"schema_checksum\":\"" + checksum + "\",\"schemas\":{\"messages.json\":"
                + String.format(schema, "schema/debug/messages.json", checksum) + "}}";
        String json =
                "{\"bundle_version\":\"1.1\",\"plugin\":{\"name\":\"echo\",\"version\":\"1.2.0\",\"description\":\"Says"
                    + " it again\",\"authors\":[\"Ada\",\"Brian\"],\"license\":\"Apache-2.0\","
                    + "\"repository\":\"https://example.org/echo\"},\"platforms\":{\"linux-x86_64\":{\"variants\":{\"release\":"
                        + release + ",\"debug\":" + debug + "}}},\"build_info\":" + buildInfo + ",\"sbom\":" + sbom
                        + ",\"schemas\":{\"messages.json\":" + String.format(schema, "schema/messages.json", checksum)
                        + "},\"schema_checksum\":\"" + checksum
                        + "\",\"notices\":\"docs/NOTICES.txt\",\"license_file\":\"legal/LICENSE\",\"public_key\":\""
                        + SigningKey.TRUSTED.publicKey().base64() + "\"}";
        return (ObjectNode) JSON.readTree(json);
    }

    static String checksum(byte[] content) {
        return "sha256:" + Bundle.sha256(content);
    }

    /** Changes the manifest, which is signed afterwards. */
    BundleParts manifest(Consumer<ObjectNode> change) {
        ObjectNode changed = manifest();
        change.accept(changed);
        return manifestText(changed.toString());
    }

    /** Sets a string of the manifest, which is signed afterwards. */
    BundleParts field(String parent, String field, String value) {
        return manifest(manifest -> ((ObjectNode) manifest.at(parent)).put(field, value));
    }

    BundleParts manifestText(String json) {
        return manifestBytes(utf8(json));
    }

    BundleParts manifestBytes(byte[] json) {
        manifest = json;
        return this;
    }

    /** The text of the manifest as it is. */
    String manifestText() {
        return new String(manifest, StandardCharsets.UTF_8);
    }

    byte[] manifestBytes() {
        return manifest.clone();
    }

    /** Signs everything with another key. */
    BundleParts signedBy(SigningKey other) {
        key = other;
        library(RELEASE, LIBRARY);
        return library(DEBUG, DEBUG_LIBRARY);
    }

    /** Leaves the manifest unsigned. */
    BundleParts unsignedManifest() {
        signed = false;
        return this;
    }

    /** Puts a library and its signature. */
    BundleParts library(String entry, byte[] content) {
        return put(entry, content).put(entry + ".minisig", utf8(key.sign(content)));
    }

    BundleParts put(String entry, byte[] content) {
        entries.put(entry, content);
        return this;
    }

    BundleParts put(String entry, String content) {
        return put(entry, utf8(content));
    }

    BundleParts remove(String entry) {
        entries.remove(entry);
        return this;
    }

    /** The archive, to be spoiled itself. */
    RawZip zip() {
        RawZip zip = new RawZip();
        List<Map.Entry<String, byte[]>> all = new ArrayList<>();
        all.add(Map.entry(Bundle.MANIFEST, manifest));
        if (signed && !entries.containsKey(MANIFEST_SIGNATURE)) {
            all.add(Map.entry(MANIFEST_SIGNATURE, utf8(key.sign(manifest))));
        }
        all.addAll(entries.entrySet());
        all.forEach(entry -> zip.add(RawZip.stored(entry.getKey(), entry.getValue())));
        return zip;
    }

    byte[] bytes() {
        return zip().bytes();
    }
}
