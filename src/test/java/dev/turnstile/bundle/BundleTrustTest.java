package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException.Problem;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
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
    void trusts_thatSayTheSame_areEqual() {
        BundleTrust narrow = SIGNED.expectingName("echo").atLeastVersion("1.2.0");
        BundleTrust same = BundleTrust.signedBy(KEY.publicKey().base64())
                .atLeastVersion("1.2.0")
                .expectingName("echo");

        assertEquals(narrow, same);
        assertEquals(narrow.hashCode(), same.hashCode());
        assertEquals(BundleTrust.checksumsOnly(), BundleTrust.checksumsOnly());
        assertNotEquals(narrow, SIGNED);
        assertNotEquals(narrow, narrow.allowingLegacySignatures());
        assertNotEquals(SIGNED, BundleTrust.signedBy(NEXT.publicKey()));
    }

    @Test
    void argument_thatIsNull_isNamed() {
        Path file = Path.of("echo.rbp");
        assertNamed("trust", () -> Bundle.open(file, null));
        assertNamed("limits", () -> Bundle.open(file, SIGNED, null));
        assertNamed("file", () -> Bundle.open(null, SIGNED));
        assertNamed("in", () -> Bundle.read("echo", null, SIGNED, BundleLimits.defaults()));
        assertNamed("pluginName", () -> SIGNED.expectingName(null));
        assertNamed("least", () -> SIGNED.atLeastVersion(null));
        assertNamed("key", () -> BundleTrust.signedBy((String) null));
        assertNamed("more[1]", () -> BundleTrust.signedBy(KEY.publicKey(), NEXT.publicKey(), null));
    }

    private static void assertNamed(String argument, Executable use) {
        assertEquals(argument, assertThrows(NullPointerException.class, use).getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void limit_thatMakesNoSense_isNamed(int limit) {
        BundleLimits limits = BundleLimits.defaults();
        Map<String, Executable> settings = Map.of(
                "archiveBytes", () -> limits.withArchiveBytes(limit),
                "entries", () -> limits.withEntries(limit),
                "entryBytes", () -> limits.withEntryBytes(limit),
                "totalBytes", () -> limits.withTotalBytes(limit),
                "manifestBytes", () -> limits.withManifestBytes(limit),
                "ratio", () -> limits.withRatio(limit));
        settings.forEach((name, setting) -> assertEquals(
                name + " is " + limit + ", but must be 1 or more",
                assertThrows(IllegalArgumentException.class, setting).getMessage()));
    }

    @Test
    void limits_areThoseThatWereSet() {
        assertEquals(
                "BundleLimits[archiveBytes=1, entries=2, entryBytes=3, totalBytes=4, manifestBytes=5, ratio=6]",
                BundleLimits.defaults()
                        .withArchiveBytes(1)
                        .withEntries(2)
                        .withEntryBytes(3)
                        .withTotalBytes(4)
                        .withManifestBytes(5)
                        .withRatio(6)
                        .toString());
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
