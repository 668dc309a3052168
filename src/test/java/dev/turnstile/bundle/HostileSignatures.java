package dev.turnstile.bundle;

import static dev.turnstile.bundle.BundleParts.DEBUG;
import static dev.turnstile.bundle.BundleParts.DEBUG_LIBRARY;
import static dev.turnstile.bundle.BundleParts.LIBRARY;
import static dev.turnstile.bundle.BundleParts.MANIFEST_SIGNATURE;
import static dev.turnstile.bundle.BundleParts.RELEASE;
import static dev.turnstile.bundle.BundleParts.utf8;
import static dev.turnstile.bundle.SigningKey.COMMENT;
import static dev.turnstile.bundle.SigningKey.NAMESAKE;
import static dev.turnstile.bundle.SigningKey.OTHER;
import static dev.turnstile.bundle.SigningKey.TRUSTED;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.HostileBundles.Attack;
import dev.turnstile.bundle.HostileBundles.Step;
import java.util.Base64;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Bundles whose signatures, checksums or identity are not what they claim. */
final class HostileSignatures {
    private static final String TRUSTED_ID = "0101010101010101";
    private static final String OTHER_ID = "0202020202020202";
    private static final String RELEASE_SIGNATURE = RELEASE + ".minisig";
    private static final BundleTrust CHECKSUMS = BundleTrust.checksumsOnly();

    private HostileSignatures() {}

    static Stream<Attack> attacks() {
        return Stream.of(whoSigned(), whatWasSigned(), whatASignatureIs(), checksums(), pins())
                .flatMap(attacks -> attacks);
    }

    static Stream<Attack> harmless() {
        return Stream.of(
                Attack.of("nothing: a signed bundle", () -> new BundleParts().bytes()),
                signature(
                        "the untrusted comment is edited",
                        text -> text.replaceFirst("(?<=untrusted comment: ).*", "hello")),
                signature("lines of the signature end in a carriage return", text -> text.replace("\n", "\r\n")),
                signature("the signature has no line end at its end", String::stripTrailing),
                signed("a legacy signature, and the reader asks for those", TRUSTED::signLegacy)
                        .trusting(BundleTrust.signedBy(TRUSTED.publicKey()).allowingLegacySignatures()),
                Attack.of("signed by the second of two trusted keys", () -> new BundleParts().bytes())
                        .trusting(BundleTrust.signedBy(OTHER.publicKey(), TRUSTED.publicKey())),
                Attack.of("signed by the second of two keys with one id", () -> new BundleParts().bytes())
                        .trusting(BundleTrust.signedBy(NAMESAKE.publicKey(), TRUSTED.publicKey())),
                Attack.of(
                                "signed by a stranger, and the reader looks at checksums only",
                                () -> new BundleParts().signedBy(OTHER).bytes())
                        .trusting(CHECKSUMS),
                Attack.of("the expected name and the least version", () -> new BundleParts().bytes())
                        .trusting(BundleTrust.signedBy(TRUSTED.publicKey())
                                .expectingName("echo")
                                .atLeastVersion("1.2.0")));
    }

    private static Stream<Attack> whoSigned() {
        return Stream.of(
                Attack.of(
                                "signed again with a key of its own, which it puts into its manifest",
                                () -> new BundleParts()
                                        .field(
                                                "",
                                                "public_key",
                                                OTHER.publicKey().base64())
                                        .signedBy(OTHER)
                                        .bytes())
                        .untrusted(MANIFEST_SIGNATURE, "made by key " + OTHER_ID, "trusted is only " + TRUSTED_ID),
                Attack.of(
                                "not signed at all",
                                () -> new BundleParts()
                                        .unsignedManifest()
                                        .remove(RELEASE_SIGNATURE)
                                        .remove(DEBUG + ".minisig")
                                        .bytes())
                        .untrusted("manifest.json", "not signed", quoted(MANIFEST_SIGNATURE)),
                Attack.of(
                                "the manifest's signature is missing",
                                () -> new BundleParts().unsignedManifest().bytes())
                        .untrusted("manifest.json", "not signed", quoted(MANIFEST_SIGNATURE)),
                Attack.of(
                                "the library's signature is missing",
                                () -> new BundleParts()
                                        .remove(RELEASE_SIGNATURE)
                                        .bytes())
                        .refusedAt(Step.READ, Problem.UNTRUSTED, RELEASE, "not signed", quoted(RELEASE_SIGNATURE)),
                signed("another key's signature under the trusted key's id", NAMESAKE::sign)
                        .untrusted(MANIFEST_SIGNATURE, "does not fit", TRUSTED_ID),
                signed("the trusted key's signature under another key's id", json -> {
                            byte[] made = TRUSTED.signature(json);
                            return SigningKey.text("ED", OTHER.id, made, COMMENT, TRUSTED.global(made, COMMENT));
                        })
                        .untrusted(MANIFEST_SIGNATURE, "made by key " + OTHER_ID, "trusted is only " + TRUSTED_ID),
                Attack.of(
                                "the library is signed by another key than the manifest",
                                () -> new BundleParts()
                                        .put(RELEASE_SIGNATURE, OTHER.sign(LIBRARY))
                                        .bytes())
                        .refusedAt(Step.READ, Problem.UNTRUSTED, RELEASE_SIGNATURE, "made by key " + OTHER_ID));
    }

    private static Stream<Attack> whatWasSigned() {
        return Stream.of(
                signed("the signature of another file", json -> TRUSTED.sign(LIBRARY))
                        .untrusted(MANIFEST_SIGNATURE, "does not fit", TRUSTED_ID),
                Attack.of("the manifest was changed after it was signed", () -> {
                            BundleParts parts = new BundleParts();
                            String before = TRUSTED.sign(parts.manifestBytes());
                            return parts.field("/plugin", "version", "9.9.9")
                                    .put(MANIFEST_SIGNATURE, before)
                                    .bytes();
                        })
                        .untrusted(MANIFEST_SIGNATURE, "does not fit", TRUSTED_ID),
                Attack.of(
                                "the library's signature is that of another variant",
                                () -> new BundleParts()
                                        .put(RELEASE_SIGNATURE, TRUSTED.sign(DEBUG_LIBRARY))
                                        .bytes())
                        .refusedAt(Step.READ, Problem.UNTRUSTED, RELEASE_SIGNATURE, "does not fit", TRUSTED_ID),
                signature("the trusted comment is edited", text -> text.replace(COMMENT, "timestamp:1999999999"))
                        .untrusted(MANIFEST_SIGNATURE, "trusted comment", "\"timestamp:1999999999\"", "changed"),
                Attack.of(
                                "the trusted comment of the library's signature is edited",
                                () -> new BundleParts()
                                        .put(
                                                RELEASE_SIGNATURE,
                                                TRUSTED.sign(LIBRARY).replace(COMMENT, "checked: yes"))
                                        .bytes())
                        .refusedAt(Step.READ, Problem.UNTRUSTED, RELEASE_SIGNATURE, "\"checked: yes\"", "changed"),
                signed("trusted comment and global signature are those of another signature", json -> {
                            String other = TRUSTED.key().sign(LIBRARY, "checked: yes");
                            return first2Lines(TRUSTED.sign(json))
                                    + other.lines().skip(2).reduce("", (a, b) -> a + b + "\n");
                        })
                        .untrusted(MANIFEST_SIGNATURE, "\"checked: yes\"", "changed"));
    }

    private static Stream<Attack> whatASignatureIs() {
        return Stream.of(
                signature(
                                "the signature has two lines: nothing protects the trusted comment",
                                HostileSignatures::first2Lines)
                        .malformed(MANIFEST_SIGNATURE, "2 lines", "4"),
                signature("the signature has five lines", text -> text + "more\n")
                        .malformed(MANIFEST_SIGNATURE, "5 lines", "4"),
                signature("the signature is empty", text -> "").malformed(MANIFEST_SIGNATURE, "0 lines"),
                signed("a legacy signature", TRUSTED::signLegacy)
                        .untrusted(MANIFEST_SIGNATURE, "algorithm is \"Ed\"", "allowingLegacySignatures"),
                signed("a legacy signature that says it is none", json -> relabelled(TRUSTED.signLegacy(json), "ED"))
                        .untrusted(MANIFEST_SIGNATURE, "does not fit"),
                signed(
                                "a signature of the hash that says it is a legacy one of the data",
                                json -> relabelled(TRUSTED.sign(json), "Ed"))
                        .trusting(BundleTrust.signedBy(TRUSTED.publicKey()).allowingLegacySignatures())
                        .untrusted(MANIFEST_SIGNATURE, "does not fit"),
                signed("a malleable signature (R, S + L)", json -> {
                            byte[] other = SigningKey.malleated(TRUSTED.signature(json));
                            return SigningKey.text("ED", TRUSTED.id, other, COMMENT, TRUSTED.global(other, COMMENT));
                        })
                        .untrusted(MANIFEST_SIGNATURE, "does not fit"),
                signed("a malleable global signature (R, S + L)", json -> {
                            byte[] made = TRUSTED.signature(json);
                            byte[] other = SigningKey.malleated(TRUSTED.global(made, COMMENT));
                            return SigningKey.text("ED", TRUSTED.id, made, COMMENT, other);
                        })
                        .untrusted(MANIFEST_SIGNATURE, "trusted comment", "changed"),
                signed("an unknown algorithm", json -> relabelled(TRUSTED.sign(json), "XX"))
                        .malformed(MANIFEST_SIGNATURE, "algorithm is \"XX\""),
                signature(
                                "a signature of zeros",
                                text -> SigningKey.text("ED", TRUSTED.id, new byte[64], COMMENT, new byte[64]))
                        .untrusted(MANIFEST_SIGNATURE, "does not fit"),
                signature(
                                "a signature that is one byte short",
                                text -> SigningKey.text("ED", TRUSTED.id, new byte[63], COMMENT, new byte[64]))
                        .malformed(MANIFEST_SIGNATURE, "line 2 has 73 bytes", "74"),
                signature(
                                "a global signature that is one byte short",
                                text -> SigningKey.text("ED", TRUSTED.id, new byte[64], COMMENT, new byte[63]))
                        .malformed(MANIFEST_SIGNATURE, "line 4 has 63 bytes", "64"),
                signature("a signature that is not base64", text -> text.replaceFirst("\nR", "\n!"))
                        .malformed(MANIFEST_SIGNATURE, "line 2 is not base64 (100 characters)"),
                signature("a signature with stray bits in its base64", text -> text.replaceFirst(".=\n", "/=\n"))
                        .malformed(MANIFEST_SIGNATURE, "line 2 is base64 with stray bits (100 characters)"),
                signature("the first line is no untrusted comment", text -> text.substring(1))
                        .malformed(MANIFEST_SIGNATURE, "line 1 is \"ntrusted", "untrusted comment: "),
                signature("the third line is no trusted comment", text -> text.replace("\ntrusted", "\nentrusted"))
                        .malformed(MANIFEST_SIGNATURE, "line 3 is \"entrusted", "trusted comment: "),
                signature(
                                "an untrusted comment of 1,025 bytes",
                                text -> text.replaceFirst("(?<=untrusted comment: ).*", "x".repeat(1025)))
                        .refusedAt(Step.OPEN, Problem.LIMIT, MANIFEST_SIGNATURE, "line 1", "1024"),
                signature("a trusted comment of 8,193 bytes", text -> text.replace(COMMENT, "x".repeat(8193)))
                        .refusedAt(Step.OPEN, Problem.LIMIT, MANIFEST_SIGNATURE, "line 3", "8192"),
                signature("a signature of 20,000 bytes", text -> text + "x".repeat(20_000 - text.length()))
                        .refusedAt(Step.OPEN, Problem.LIMIT, MANIFEST_SIGNATURE, "20000", "16384"),
                Attack.of(
                                "a signature that is not UTF-8",
                                () -> new BundleParts()
                                        .put(MANIFEST_SIGNATURE, new byte[] {(byte) 0xff})
                                        .bytes())
                        .malformed(MANIFEST_SIGNATURE, "not UTF-8"));
    }

    private static Stream<Attack> checksums() {
        String changed = "its SHA-256 is " + Bundle.sha256(utf8("evil"));
        String expected = "the manifest says " + Bundle.sha256(LIBRARY);
        return Stream.of(
                Attack.of(
                                "another library under the old checksum and signature",
                                () -> new BundleParts().put(RELEASE, "evil").bytes())
                        .refusedAt(Step.READ, Problem.UNTRUSTED, RELEASE, changed, expected),
                Attack.of(
                                "another library under the old checksum, and the reader looks at checksums only",
                                () -> new BundleParts().put(RELEASE, "evil").bytes())
                        .trusting(CHECKSUMS)
                        .refusedAt(Step.READ, Problem.UNTRUSTED, RELEASE, changed, expected),
                Attack.of(
                                "another library with the trusted key's signature, under an old manifest",
                                () -> new BundleParts()
                                        .library(RELEASE, utf8("evil"))
                                        .bytes())
                        .refusedAt(Step.READ, Problem.UNTRUSTED, RELEASE, changed, expected),
                Attack.of(
                                "a variant that points at another variant's library, which is signed",
                                () -> new BundleParts()
                                        .field(BundleParts.VARIANTS + "/release", "library", DEBUG)
                                        .bytes())
                        .refusedAt(Step.READ, Problem.UNTRUSTED, DEBUG, Bundle.sha256(DEBUG_LIBRARY), expected),
                Attack.of(
                                "another schema under the old checksum",
                                () -> new BundleParts()
                                        .put("schema/messages.json", "evil")
                                        .bytes())
                        .using((bundle, place, steps) -> {
                            steps.accept(Step.READ);
                            byte[] unused = bundle.schema("messages.json");
                        })
                        .refusedAt(Step.READ, Problem.UNTRUSTED, "schema/messages.json", changed));
    }

    private static Stream<Attack> pins() {
        BundleTrust trust = BundleTrust.signedBy(TRUSTED.publicKey());
        return Stream.of(
                Attack.of("an older version, properly signed", () -> new BundleParts().bytes())
                        .trusting(trust.atLeastVersion("1.2.1"))
                        .untrusted("manifest.json", "plugin.version is \"1.2.0\"", "at least \"1.2.1\""),
                Attack.of(
                                "a release candidate of the least version",
                                () -> new BundleParts()
                                        .field("/plugin", "version", "1.2.0-rc.9")
                                        .bytes())
                        .trusting(trust.atLeastVersion("1.2.0"))
                        .untrusted("manifest.json", "plugin.version is \"1.2.0-rc.9\"", "at least \"1.2.0\""),
                Attack.of(
                                "a version that cannot be compared with the least one",
                                () -> new BundleParts()
                                        .field("/plugin", "version", "99")
                                        .bytes())
                        .trusting(trust.atLeastVersion("1.2.0"))
                        .untrusted("manifest.json", "plugin.version", "\"1.2.0\"", "\"99\" is not a semantic version"),
                Attack.of("another plugin, properly signed", () -> new BundleParts().bytes())
                        .trusting(trust.expectingName("crypto"))
                        .untrusted("manifest.json", "plugin.name is \"echo\"", "\"crypto\" was expected"),
                Attack.of(
                                "a name that only looks like the expected one (a Cyrillic letter)",
                                () -> new BundleParts()
                                        .field("/plugin", "name", "\u0435cho")
                                        .bytes())
                        .trusting(trust.expectingName("echo"))
                        .untrusted("manifest.json", "plugin.name is", "\"echo\" was expected"));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    private static String first2Lines(String text) {
        return text.lines().limit(2).reduce("", (lines, line) -> lines + line + "\n");
    }

    /** The same signature under another algorithm's name. */
    private static String relabelled(String text, String algorithm) {
        String[] lines = text.split("\n");
        byte[] signed = Base64.getDecoder().decode(lines[1]);
        signed[0] = (byte) algorithm.charAt(0);
        signed[1] = (byte) algorithm.charAt(1);
        lines[1] = MinisignText.encode(signed);
        return String.join("\n", lines) + "\n";
    }

    /** A bundle whose manifest is signed in another way. */
    private static Attack signed(String name, Function<byte[], String> signer) {
        return Attack.of(name, () -> {
            BundleParts parts = new BundleParts();
            return parts.put(MANIFEST_SIGNATURE, signer.apply(parts.manifestBytes()))
                    .bytes();
        });
    }

    /** A bundle the manifest's signature of which was edited. */
    private static Attack signature(String name, UnaryOperator<String> edit) {
        return signed(name, json -> edit.apply(TRUSTED.sign(json)));
    }
}
