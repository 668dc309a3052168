package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whatever the text of a signature or a key, it is refused, or it can be written and read again as the same. No signature is
 * accepted but those that the trusted key made.
 */
class SignatureFuzzTest {
    private static final Source SOURCE = new Source("The file x");
    private static final byte[] DATA = BundleParts.utf8("data");
    private static final List<MinisignPublicKey> KEYS = List.of(SigningKey.TRUSTED.publicKey());

    /** The first byte says what the rest is read as. */
    @FuzzTest
    void text_readAsASignatureOrAKey_isRefusedOrStable(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        byte[] rest = MinisignText.slice(bytes, 1, bytes.length - 1);
        String text = new String(rest, StandardCharsets.UTF_8);
        try {
            switch (bytes[0]) {
                case 'p' -> {
                    MinisignPublicKey key = MinisignPublicKey.parse(text);
                    assertEquals(key, MinisignPublicKey.parse(key.base64()));
                }
                case 's' -> {
                    MinisignKey key = SecretKeyFile.parse(SOURCE, text, null);
                    assertEquals(
                            key.sign(DATA, ""),
                            SecretKeyFile.parse(SOURCE, text, null).sign(DATA, ""));
                }
                default -> verify(rest);
            }
        } catch (BundleException refused) {
            FuzzSeeds.assertTells(refused);
        }
    }

    private static void verify(byte[] text) {
        BundleSignature accepted = MinisignSignature.parse(SOURCE, text).verify(DATA, KEYS, true);
        // Ed25519 is deterministic, and its signatures cannot be changed: what fits is what the key makes.
        SigningKey key = SigningKey.TRUSTED;
        byte[] made = accepted.legacy() ? key.raw(DATA) : key.signature(DATA);
        String again = SigningKey.text(
                accepted.legacy() ? "Ed" : "ED",
                key.id,
                made,
                accepted.trustedComment(),
                key.global(made, accepted.trustedComment()));
        List<String> lines = new String(text, StandardCharsets.UTF_8).lines().toList();
        assertEquals(again.lines().skip(1).toList(), lines.subList(1, lines.size()));
    }
}
