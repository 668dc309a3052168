package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException.Problem;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom and what a caller may name, and what can be read back of it. */
class BundleTrustTest {
    private static final MinisignKey KEY = MinisignKey.generate();
    private static final MinisignKey NEXT = MinisignKey.generate();
    private static final String ID = KEY.publicKey().keyId();
    private static final BundleTrust SIGNED = BundleTrust.signedBy(KEY.publicKey());

    private static Bundle open(BundleTrust trust, String version) {
        byte[] bytes = new BundleWriter("echo", version)
                .library(Platform.LINUX_X86_64, "release", "libecho.so", new byte[] {1})
                .signWith(KEY, "timestamp:1 for the test")
                .toBytes();
        return Bundle.read("test", new ByteArrayInputStream(bytes), trust, BundleLimits.defaults());
    }

    private static String signer(Bundle bundle) {
        return bundle.signature().orElseThrow().keyId();
    }

    @Test
    void signature_canBeReadBack() {
        Bundle bundle = open(SIGNED, "1.0.0");

        BundleSignature signature = new BundleSignature(ID, "timestamp:1 for the test", false);
        assertEquals(Optional.of(signature), bundle.signature());
        assertEquals(
                Optional.of(signature),
                bundle.library(Platform.LINUX_X86_64, "release").signature());
        assertEquals(
                "The bundle test: plugin echo 1.0.0, signed by key " + ID + " (timestamp:1 for the test)",
                bundle.toString());
    }

    @Test
    void checksumsOnly_looksAtNoSignature() {
        Bundle bundle = open(BundleTrust.checksumsOnly(), "1.0.0");

        assertEquals(Optional.empty(), bundle.signature());
        assertEquals(
                Optional.empty(),
                bundle.library(Platform.LINUX_X86_64, "release").signature());
        assertFalse(BundleTrust.checksumsOnly().requiresSignature());
        assertEquals("The bundle test: plugin echo 1.0.0, no signature looked at", bundle.toString());
    }

    /** While keys are changed, bundles of either key are believed. */
    @Test
    void severalKeys_areEachEnough() {
        BundleTrust either = BundleTrust.signedBy(NEXT.publicKey(), KEY.publicKey());

        assertEquals(ID, signer(open(either, "1.0.0")));
        assertEquals(List.of(NEXT.publicKey(), KEY.publicKey()), either.keys());
        BundleTrust asText =
                BundleTrust.signedBy(NEXT.publicKey().base64(), KEY.publicKey().base64());
        assertEquals(ID, signer(open(asText, "1.0.0")));
    }

    @ParameterizedTest
    @CsvSource({"1.2.0, 1.2.0", "1.2.0, 1.10.0", "1.2.0-rc.1, 1.2.0", "1.2.0, 1.2.0+build", "0.0.0, 99999999999.0.0"})
    void version_fromTheLeastOneOn_isOpened(String least, String version) {
        Bundle bundle = open(SIGNED.atLeastVersion(least), version);

        assertEquals(version, bundle.manifest().plugin().version());
    }

    @ParameterizedTest
    @CsvSource({"1.2.0, 1.1.9", "1.10.0, 1.9.0", "1.2.0, 1.2.0-rc.1", "1.2.0, 0.99.0"})
    void version_beforeTheLeastOne_isRefused(String least, String version) {
        BundleException refused =
                assertThrows(BundleException.class, () -> open(SIGNED.atLeastVersion(least), version));

        assertEquals(Problem.UNTRUSTED, refused.problem());
        assertEquals(
                "The bundle test: manifest.json: plugin.version is \"" + version + "\", and at least \"" + least
                        + "\" was expected",
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "latest"})
    void leastVersion_thatCannotBeCompared_isRefusedAtOnce(String least) {
        assertThrows(IllegalArgumentException.class, () -> SIGNED.atLeastVersion(least));
    }

    @Test
    void name_otherThanExpected_isRefused() {
        assertEquals(ID, signer(open(SIGNED.expectingName("echo"), "1.0.0")));
        BundleException refused =
                assertThrows(BundleException.class, () -> open(SIGNED.expectingName("other"), "1.0.0"));

        assertTrue(
                refused.getMessage().contains("plugin.name is \"echo\", and \"other\" was expected"),
                refused::getMessage);
    }

    /** It would promise something that nobody looks at. */
    @Test
    void legacySignatures_withoutSignatures_makeNoSense() {
        BundleTrust checksumsOnly = BundleTrust.checksumsOnly();

        assertThrows(IllegalStateException.class, checksumsOnly::allowingLegacySignatures);
    }

    @Test
    void toString_saysItInWords() {
        BundleTrust narrow =
                SIGNED.allowingLegacySignatures().expectingName("echo").atLeastVersion("1.2.0");

        assertEquals("checksums only", BundleTrust.checksumsOnly().toString());
        assertEquals(
                "signed by " + ID + ", also legacy signatures, named echo, at least version 1.2.0", narrow.toString());
    }
}
