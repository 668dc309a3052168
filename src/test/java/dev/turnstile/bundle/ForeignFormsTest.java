package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What other tools write differently from what their formats make one expect. The interchange tests found it; here it is
 * held also where these tools are not.
 */
class ForeignFormsTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    /** Made by {@code minisign -G -W}, version 0.11: nothing is encrypted, and the checksum is left zero. */
    private static final String UNENCRYPTED_KEY =
            "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                    + "fkEAwUwxzUQmf6YU+54P0LMgLLL8P9J+Jn532+RtnbKCFGOyQ7B8Vbqak01/8XbJj/6foBZcdRGaUUmJXpnUGEIH02nBwzqu"
                    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private static final String ITS_PUBLIC_KEY = "RWR+QQDBTDHNRLqak01/8XbJj/6foBZcdRGaUUmJXpnUGEIH02nBwzqu";

    @TempDir
    private Path directory;

    @Test
    void unencryptedKey_ofMinisign_isRead() throws IOException {
        Path file = keyFile(UNENCRYPTED_KEY);

        assertFalse(MinisignKey.isEncrypted(file));
        assertEquals(ITS_PUBLIC_KEY, MinisignKey.read(file).publicKey().base64());
        assertEquals(
                ITS_PUBLIC_KEY,
                MinisignKey.read(file, "needless".toCharArray()).publicKey().base64());
    }

    /** Without a checksum only the halves can tell that something was changed. */
    @Test
    void unencryptedKey_ofMinisign_whoseHalvesDoNotFit_isRefused() throws IOException {
        for (int at : new int[] {62, 93, 94, 125}) { // the first and the last byte of each half
            byte[] bytes = Base64.getDecoder().decode(UNENCRYPTED_KEY);
            bytes[at] ^= 1;
            Path file = keyFile(Base64.getEncoder().encodeToString(bytes));

            BundleException refused = assertThrows(BundleException.class, () -> MinisignKey.read(file));

            assertEquals("The key file " + file + ": its checksum does not match", refused.getMessage());
        }
    }

    @Test
    void schemaChecksum_ofRustbridge_hasNoPrefix() {
        assertEquals(HEX, schemaChecksum(HEX));
        assertEquals(HEX, schemaChecksum("sha256:" + HEX));
    }

    @Test
    void schemaChecksum_inAnyOtherForm_isRefused() {
        for (String form : new String[] {HEX.toUpperCase(Locale.ROOT), HEX.substring(1), HEX + "0", ""}) {
            String message = assertThrows(BundleException.class, () -> schemaChecksum(form))
                    .getMessage();
            assertTrue(message.contains("schemas.a.json.checksum"), message);
        }
    }

    /** The JDK takes any 32 bytes as a key, and finds out when it verifies with it: that is too late to name the key. */
    @Test
    void publicKey_thatIsNoPointOnTheCurve_isRefusedWhenItIsRead() {
        int refused = 0;
        for (int i = 0; i < 16; i++) { // about half of all numbers are points
            byte[] bytes = Base64.getDecoder().decode(ITS_PUBLIC_KEY);
            bytes[20] += (byte) i;
            String text = Base64.getEncoder().encodeToString(bytes);
            try {
                MinisignPublicKey unused = MinisignPublicKey.parse(text);
            } catch (BundleException noPoint) {
                refused++;
                assertEquals("The public key: its 32 bytes are not an Ed25519 key", noPoint.getMessage());
            }
        }
        assertTrue(refused > 0 && refused < 16, "refused " + refused);
    }

    private Path keyFile(String base64) throws IOException {
        Path file = Files.createTempFile(directory, "minisign", ".key");
        return Files.writeString(file, "untrusted comment: minisign encrypted secret key\n" + base64 + "\n");
    }

    private static String schemaChecksum(String written) {
        String manifest = """
            {"bundle_version": "1.0", "plugin": {"name": "demo", "version": "1.0.0"},
             "platforms": {"linux-x86_64": {"variants": {"release": {"library": "lib/a.so", "checksum": "sha256:%s"}}}},
             "schemas": {"a.json": {"path": "schema/a.json", "format": "json-schema", "checksum": "%s"}}}
            """.formatted(HEX, written);
        return ManifestReader.read(new Source("It"), manifest.getBytes(StandardCharsets.UTF_8))
                .schemas()
                .get("a.json")
                .checksum();
    }
}
