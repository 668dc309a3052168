package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** A bundle that is written from another one: all that was understood is in it, and nothing of its signatures. */
class WriterFromBundleTest {
    private static final MinisignKey THEIRS = MinisignKey.generate();
    private static final MinisignKey OURS = MinisignKey.generate();

    @Test
    void from_ofABundleWithEverything_keepsAllButTheSignatures() {
        BundleWriter writer = new BundleWriter("echo", "1.2.0")
                .description("Echoes.")
                .author("A")
                .author("B")
                .license("Apache-2.0")
                .repository("https://example.org/echo")
                .library(Platform.LINUX_X86_64, "release", "libecho.so", bytes("release"))
                .library(Platform.LINUX_X86_64, "debug", "libecho.so", bytes("debug"))
                .build(Platform.LINUX_X86_64, "debug", "{\"profile\":\"debug\"}")
                .buildInfo(Platform.LINUX_X86_64, "debug", BuildInfo.NONE.withCompiler("rustc"))
                .schema(Platform.LINUX_X86_64, "debug", "debug.json", bytes("{}"))
                .schema("messages.json", bytes("{}"))
                .cyclonedx("sbom.cdx.json", bytes("{}"))
                .spdx("sbom.spdx.json", bytes("{}"))
                .notices(bytes("notices"))
                .licenseFile(bytes("licence"))
                .document("README.md", bytes("read me"))
                .metadata("pipeline", "7");
        Bundle theirs =
                read(writer.signWith(THEIRS, "timestamp:1").toBytes(), BundleTrust.signedBy(THEIRS.publicKey()));

        byte[] signed = BundleWriter.from(theirs).signWith(OURS, "timestamp:2").toBytes();

        Bundle ours = read(signed, BundleTrust.signedBy(OURS.publicKey()));
        assertEquals(OURS.publicKey().base64(), ours.manifest().publicKey().orElseThrow());
        assertEquals("timestamp:2", ours.signature().orElseThrow().trustedComment());
        assertEquals(theirs.entries(), ours.entries());
        for (String entry : ours.entries()) {
            if (!entry.startsWith("manifest.json") && !entry.endsWith(".minisig")) {
                assertArrayEquals(theirs.unverified(entry), ours.unverified(entry), entry);
            }
        }
        // The same writer with the other key: the very same bytes.
        assertArrayEquals(writer.signWith(OURS, "timestamp:2").toBytes(), signed);
    }

    /** As other tools may write it: names of their own choice, and members that are only carried through. */
    @Test
    void from_ofABundleOfAnotherTool_signsItsLibrariesWhereTheyAreAndKeepsItsMembers() throws IOException {
        String manifest = """
            {"bundle_version":"1.1","plugin":{"name":"echo","version":"1.0.0"},"bridges":{"jni":"x"},
             "schema_checksum":"top",
             "schemas":{"m":{"path":"s/m.h","format":"custom","description":"d","checksum":"sha256:%s"}},
             "platforms":{"linux-x86_64":{"variants":{"release":{
               "library":"native/echo.so","checksum":"sha256:%s","schema_checksum":"own"}}}}}
            """.formatted(Bundle.sha256(bytes("schema")), Bundle.sha256(bytes("library")));
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("manifest.json", manifest);
        entries.put("manifest.json.minisig", "stale");
        entries.put("native/echo.so", "library");
        entries.put("native/echo.so.minisig", "stale");
        entries.put("s/m.h", "schema");
        entries.put("lib/other.txt", "other");
        entries.put("docs/release.minisig", "a document");
        Bundle theirs = read(zip(entries), BundleTrust.checksumsOnly());

        Bundle ours =
                read(BundleWriter.from(theirs).signWith(OURS, "c").toBytes(), BundleTrust.signedBy(OURS.publicKey()));

        assertEquals(entries.keySet(), Set.copyOf(ours.entries()));
        assertEquals("a document", new String(ours.unverified("docs/release.minisig"), StandardCharsets.UTF_8));
        assertEquals(theirs.manifest().schemas(), ours.manifest().schemas());
        assertEquals(theirs.manifest().schemaChecksum(), ours.manifest().schemaChecksum());
        assertEquals(theirs.manifest().platforms(), ours.manifest().platforms());
        assertEquals("1.1", ours.manifest().bundleVersion());
        String written = new String(ours.unverified("manifest.json"), StandardCharsets.UTF_8);
        assertFalse(written.contains("bridges"), "what is not understood is not signed");
    }

    /** rustbridge's {@code bundle combine} writes 1.1 whether it takes it or not. */
    @Test
    void from_ofANewerFormatThanItTakes_keepsTheFormat() throws IOException {
        String manifest = """
            {"bundle_version":"1.1","plugin":{"name":"echo","version":"1.0.0"},"platforms":{"linux-x86_64":
             {"variants":{"release":{"library":"lib/echo.so","checksum":"sha256:%s"}}}}}
            """.formatted(Bundle.sha256(bytes("library")));
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("manifest.json", manifest);
        entries.put("lib/echo.so", "library");

        byte[] copy = BundleWriter.from(read(zip(entries), BundleTrust.checksumsOnly()))
                .toBytes();

        assertEquals("1.1", read(copy, BundleTrust.checksumsOnly()).manifest().bundleVersion());
    }

    @Test
    void from_withoutAKey_leavesNoSignatureAndNoKey() {
        byte[] signed = new BundleWriter("echo", "1.0.0")
                .library(Platform.LINUX_X86_64, "release", "libecho.so", bytes("library"))
                .signWith(THEIRS, "c")
                .toBytes();

        Bundle bare = read(
                BundleWriter.from(read(signed, BundleTrust.checksumsOnly())).toBytes(), BundleTrust.checksumsOnly());

        assertTrue(bare.manifest().publicKey().isEmpty());
        assertTrue(bare.entries().stream().noneMatch(entry -> entry.endsWith(".minisig")));
    }

    @Test
    void from_ofABundleWithAnotherLibraryThanItSays_isRefused() throws IOException {
        String manifest = """
            {"bundle_version":"1.0","plugin":{"name":"echo","version":"1.0.0"},"platforms":{"linux-x86_64":
             {"variants":{"release":{"library":"lib/echo.so","checksum":"sha256:%s"}}}}}
            """.formatted(Bundle.sha256(bytes("library")));
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("manifest.json", manifest);
        entries.put("lib/echo.so", "another");
        Bundle swapped = read(zip(entries), BundleTrust.checksumsOnly());

        BundleException refused = assertThrows(BundleException.class, () -> BundleWriter.from(swapped));

        assertEquals(Problem.UNTRUSTED, refused.problem());
    }

    private static Bundle read(byte[] archive, BundleTrust trust) {
        return Bundle.read("test.rbp", new ByteArrayInputStream(archive), trust, BundleLimits.defaults());
    }

    private static byte[] zip(Map<String, String> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(bytes(entry.getValue()));
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
