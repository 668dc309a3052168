package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.jspecify.annotations.Nullable;

/** What minisign's keys and signatures have in common: lines of text, comments, base64, key ids, BLAKE2b. */
final class MinisignText {
    static final String UNTRUSTED = "untrusted comment: ";
    static final String TRUSTED = "trusted comment: ";
    static final int KEY_ID = 8;
    /** How the algorithm is named in keys, and in signatures over the data itself. */
    static final String ED25519 = "Ed";

    private MinisignText() {}

    /** Returns the text of a key file. Windows editors begin one with a byte order mark, and PowerShell writes UTF-16. */
    static String ofFile(Source source, byte[] file) {
        if (beginsWith(file, 0xFF, 0xFE) || beginsWith(file, 0xFE, 0xFF)) {
            throw source.refuse(Problem.MALFORMED, "it is UTF-16 text, but must be UTF-8: save it as that");
        }
        return withoutByteOrderMark(new String(file, StandardCharsets.UTF_8));
    }

    private static boolean beginsWith(byte[] file, int first, int second) {
        return file.length >= 2 && file[0] == (byte) first && file[1] == (byte) second;
    }

    static String withoutByteOrderMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** Splits a text into lines, without the line ends and without an empty last line. */
    static List<String> lines(String text) {
        return text.lines().toList();
    }

    /** Returns what follows a prefix, or {@code null} if the line does not begin with it. */
    static @Nullable String after(String prefix, String line) {
        return line.startsWith(prefix) ? line.substring(prefix.length()) : null;
    }

    /** Decodes base64 of a known length; only the canonical encoding is accepted. */
    static byte[] decode(Source source, String what, String line, int length) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(line);
        } catch (IllegalArgumentException wrong) {
            throw source.refuse(Problem.MALFORMED, what + " is " + Quoted.of(line) + ", which is not base64");
        }
        if (!encode(bytes).equals(line)) {
            throw source.refuse(
                    Problem.MALFORMED, what + " is " + Quoted.of(line) + ", which is base64 with stray bits");
        }
        if (bytes.length != length) {
            throw source.refuse(Problem.MALFORMED, what + " has " + bytes.length + " bytes, but must have " + length);
        }
        return bytes;
    }

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Shows a key id as minisign does: the eight bytes as a little-endian number, in hexadecimal. */
    static String keyId(byte[] id) {
        long value = 0;
        for (int i = KEY_ID - 1; i >= 0; i--) {
            value = value << 8 | (id[i] & 0xff);
        }
        return String.format("%016X", value);
    }

    static byte[] blake2b(int bits, byte[]... parts) {
        Blake2bDigest digest = new Blake2bDigest(bits);
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        return hash;
    }

    static byte[] slice(byte[] bytes, int from, int length) {
        return Arrays.copyOfRange(bytes, from, from + length);
    }
}
