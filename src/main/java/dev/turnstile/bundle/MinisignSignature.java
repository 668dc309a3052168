package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A minisign signature: four lines, of which the second signs the data and the fourth signs the second and the comment on
 * the third. Both signatures are always checked. Lines may end in a carriage return.
 */
final class MinisignSignature {
    static final int LONGEST_FILE = 16 * 1024;
    static final String PREHASHED = "ED";

    private static final int ENCODED = 2 + MinisignText.KEY_ID + Ed25519.SIGNATURE;
    private static final int LONGEST_UNTRUSTED = 1024;
    private static final int LONGEST_TRUSTED = 8192;

    private final Source source;
    /** Whether it signs the data itself, instead of its BLAKE2b hash. */
    private final boolean legacy;

    private final byte[] keyId;
    private final byte[] signature;
    private final String trustedComment;
    private final byte[] globalSignature;

    private MinisignSignature(Source source, byte[] signed, String trustedComment, byte[] globalSignature) {
        this.source = source;
        this.legacy = algorithm(signed).equals(MinisignText.ED25519);
        this.keyId = MinisignText.slice(signed, 2, MinisignText.KEY_ID);
        this.signature = MinisignText.slice(signed, 2 + MinisignText.KEY_ID, Ed25519.SIGNATURE);
        this.trustedComment = trustedComment;
        this.globalSignature = globalSignature;
    }

    static MinisignSignature parse(Source source, byte[] file) {
        if (file.length > LONGEST_FILE) {
            throw source.refuse(
                    Problem.LIMIT, "it has " + file.length + " bytes, more than the limit of " + LONGEST_FILE);
        }
        String text = source.utf8(file);
        List<String> lines = MinisignText.lines(text);
        if (lines.size() != 4) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "it has " + lines.size() + " lines, but a signature has 4: the last two"
                            + " protect the trusted comment");
        }
        String unused = comment(source, 1, MinisignText.UNTRUSTED, lines.get(0), LONGEST_UNTRUSTED);
        byte[] signed = MinisignText.decode(source, "line 2", lines.get(1), ENCODED);
        String algorithm = algorithm(signed);
        if (!algorithm.equals(PREHASHED) && !algorithm.equals(MinisignText.ED25519)) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "its algorithm is " + Quoted.of(algorithm) + ", but must be \"ED\" (Ed25519 of a BLAKE2b hash)");
        }
        return new MinisignSignature(
                source,
                signed,
                comment(source, 3, MinisignText.TRUSTED, lines.get(2), LONGEST_TRUSTED),
                MinisignText.decode(source, "line 4", lines.get(3), Ed25519.SIGNATURE));
    }

    private static String algorithm(byte[] signed) {
        return new String(signed, 0, 2, StandardCharsets.ISO_8859_1);
    }

    private static String comment(Source source, int number, String prefix, String line, int longest) {
        String comment = MinisignText.after(prefix, line);
        if (comment == null) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "line " + number + " is " + Quoted.of(line) + ", but must begin with \"" + prefix + '"');
        }
        if (comment.getBytes(StandardCharsets.UTF_8).length > longest) {
            throw source.refuse(Problem.LIMIT, "line " + number + " has a comment of more than " + longest + " bytes");
        }
        return comment;
    }

    /**
     * Checks both signatures.
     *
     * @param data the data to check
     * @param keys who is trusted; one of them must have signed
     * @param allowLegacy whether signatures over the data itself are accepted
     */
    BundleSignature verify(byte[] data, List<MinisignPublicKey> keys, boolean allowLegacy) {
        if (legacy && !allowLegacy) {
            throw source.refuse(
                    Problem.UNTRUSTED,
                    "its algorithm is \"Ed\", the legacy one, which must be asked for with"
                            + " BundleTrust.allowingLegacySignatures()");
        }
        byte[] message = legacy ? data : MinisignText.hash(data);
        MinisignPublicKey key = null;
        boolean known = false;
        for (MinisignPublicKey trusted : keys) {
            if (trusted.hasId(keyId)) {
                known = true;
                if (trusted.verifies(message, signature)) {
                    key = trusted;
                    break;
                }
            }
        }
        if (!known) {
            throw source.refuse(
                    Problem.UNTRUSTED,
                    "it was made by key " + shownKeyId() + ", and trusted is only "
                            + String.join(
                                    ", ",
                                    keys.stream().map(MinisignPublicKey::keyId).toList()));
        }
        if (key == null) {
            throw source.refuse(
                    Problem.UNTRUSTED,
                    "it does not fit: key " + shownKeyId()
                            + " did not sign these bytes, they were changed or come from elsewhere");
        }
        byte[] comment = trustedComment.getBytes(StandardCharsets.UTF_8);
        if (!key.verifies(Ed25519.concat(signature, comment), globalSignature)) {
            throw source.refuse(
                    Problem.UNTRUSTED,
                    "its trusted comment " + Quoted.of(trustedComment) + " was changed: key " + shownKeyId()
                            + " did not sign it");
        }
        return new BundleSignature(shownKeyId(), trustedComment, legacy);
    }

    private String shownKeyId() {
        return MinisignText.keyId(keyId);
    }
}
