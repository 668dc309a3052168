package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What minisign's keys and signatures have in common: lines of text, comments, base64, key ids, the hash of what is signed. */
final class MinisignText {
    static final String UNTRUSTED = "untrusted comment: ";
    static final String TRUSTED = "trusted comment: ";
    static final int KEY_ID = 8;
    /** How the algorithm is named in keys, and in signatures over the data itself. */
    static final String ED25519 = "Ed";

    /** How a secret key's line of base64 begins: not encrypted, and encrypted. */
    private static final List<String> SECRET_KEYS = List.of("RWQAAEIy", "RWRTY0Iy");

    private MinisignText() {}

    /** Whether a line is a secret key, or a damaged one. */
    static boolean isSecretKey(String line) {
        return SECRET_KEYS.stream().anyMatch(line.strip()::startsWith);
    }

    /** Reads a key file. A key in the place of the file is not named: who reads messages would learn it. */
    static String read(String what, Path file, int most) {
        if (isSecretKey(file.toString())) {
            throw new Source(what)
                    .refuse(
                            Problem.MALFORMED,
                            "it is named by a secret key, which nobody else may see: give the name of the file that has"
                                    + " the key in it");
        }
        Source source = new Source(what + " " + file);
        return ofFile(source, WholeFile.read(source, file, most));
    }

    /** Returns the text of a key file. Windows editors begin one with a byte order mark, and PowerShell writes UTF-16. */
    private static String ofFile(Source source, byte[] file) {
        source.refuseUtf16(file);
        return withoutByteOrderMark(new String(file, StandardCharsets.UTF_8));
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

    /** Decodes base64 of a known length; only the canonical encoding is accepted. A message does not quote it: it may be a secret key. */
    static byte[] decode(Source source, String what, String line, int length) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(line);
        } catch (IllegalArgumentException wrong) {
            throw source.refuse(Problem.MALFORMED, what + " is not base64 (" + lengthOf(line) + ")");
        }
        if (!encode(bytes).equals(line)) {
            throw source.refuse(Problem.MALFORMED, what + " is base64 with stray bits (" + lengthOf(line) + ")");
        }
        if (bytes.length != length) {
            throw source.refuse(Problem.MALFORMED, what + " has " + bytes.length + " bytes, but must have " + length);
        }
        return bytes;
    }

    private static String lengthOf(String line) {
        String length = line.length() + " characters";
        if (!line.stripTrailing().equals(line)) {
            return length + "; a space at its end?";
        }
        return line.length() % 4 == 0 ? length : length + "; is a part of it missing?";
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
        return HexFormat.of().withUpperCase().toHexDigits(value);
    }

    /** BLAKE2b-512, which is what is signed in place of the data. */
    static byte[] hash(byte[] data) {
        return Blake2b.hash(64, data);
    }

    static byte[] slice(byte[] bytes, int from, int length) {
        return Arrays.copyOfRange(bytes, from, from + length);
    }
}
