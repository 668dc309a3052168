package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the fuzz tests begin with: the path of each file below {@code src/test/resources}, and its content. */
final class FuzzSeeds {
    /** What is larger than that makes the fuzzer slow, and is tried without it. */
    private static final int LARGEST = 8192;

    private FuzzSeeds() {}

    /** A refusal is one line of bounded length. */
    static void assertTells(BundleException refused) {
        String message = refused.getMessage();
        assertTrue(message.length() < 1000, message);
        assertTrue(message.codePoints().noneMatch(Character::isISOControl), message);
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        String archives = "ArchiveFuzzTestInputs/archive_ofAnyBytes_isRefusedOrWhatOthersRead/";
        String manifests = "ManifestFuzzTestInputs/manifest_ofAnyBytes_isRefusedOrStable/";
        String texts = "SignatureFuzzTestInputs/text_readAsASignatureOrAKey_isRefusedOrStable/";
        String bundles = "BundleFuzzTestInputs/bundle_ofAnyBytes_isRefusedOrVerified/";

        seeds.put(
                archives + "directories",
                new RawZip()
                        .add(RawZip.stored("lib/", new byte[0]))
                        .add(RawZip.stored("lib/a", BundleParts.utf8("a")))
                        .bytes());
        seeds.put(archives + "zeros", new RawZip().add(RawZip.zeros("zeros", 1)).bytes());
        seeds.put(archives + "empty", new RawZip().bytes());
        HostileArchives.attacks()
                .forEach(attack -> put(
                        seeds, archives + slug(attack.name()), attack.bytes().get()));

        seeds.put(manifests + "full", BundleParts.utf8(BundleParts.manifest().toPrettyString()));
        seeds.put(manifests + "least", BundleParts.utf8("""
            {"bundle_version":"1.0","plugin":{"name":"p","version":"1"},"platforms":{"linux-x86_64":{"variants":\
            {"release":{"library":"l","checksum":"sha256:%s"}}}}}\
            """.formatted("0".repeat(64))));
        seeds.put(manifests + "two-members-of-one-name", BundleParts.utf8("{\"x\":1,\"x\":2}"));
        seeds.put(
                manifests + "half-a-surrogate-pair",
                BundleParts.utf8(BundleParts.manifest().toString().replace("\"debug\"}", "\"debug\\ud83d\"}")));
        seeds.put(manifests + "beyond-the-depth", BundleParts.utf8("[".repeat(100)));
        seeds.put(manifests + "beyond-the-digits", BundleParts.utf8("9".repeat(1001)));

        SigningKey key = SigningKey.TRUSTED;
        byte[] data = BundleParts.utf8("data");
        seeds.put(texts + "signature", BundleParts.utf8("v" + key.sign(data)));
        seeds.put(texts + "legacy-signature", BundleParts.utf8("v" + key.signLegacy(data)));
        seeds.put(texts + "signature-by-another-key", BundleParts.utf8("v" + SigningKey.OTHER.sign(data)));
        seeds.put(
                texts + "signature-of-two-lines",
                BundleParts.utf8("v" + key.sign(data).lines().limit(2).reduce("", (a, b) -> a + b + "\n")));
        seeds.put(texts + "public-key", BundleParts.utf8("p" + key.publicKey().base64()));
        seeds.put(
                texts + "public-key-file",
                BundleParts.utf8("puntrusted comment: x\n" + key.publicKey().base64() + "\n"));

        seeds.put(bundles + "signed", new BundleParts().bytes());
        HostileSignatures.attacks()
                .filter(attack -> attack.name().contains("checksum"))
                .forEach(attack ->
                        put(seeds, bundles + slug(attack.name()), attack.bytes().get()));
        return seeds;
    }

    private static void put(Map<String, byte[]> seeds, String path, byte[] content) {
        if (content.length <= LARGEST) {
            seeds.put(path, content);
        }
    }

    private static String slug(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }
}
