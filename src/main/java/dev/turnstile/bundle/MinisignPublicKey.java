package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A minisign public key: whoever holds the other half can sign what this one verifies; immutable.
 *
 * <p>Its text is base64 of 42 bytes, {@code RW…}: the letters "Ed", an id of 8 bytes, and an Ed25519 key of 32. A {@code .pub} file has a
 * comment line before it, which means nothing.
 */
public final class MinisignPublicKey {
    private static final String PUBLIC_KEY = "The public key";
    private static final int ENCODED = 2 + MinisignText.KEY_ID + Ed25519.KEY;
    /** Of its base64. */
    private static final int CHARACTERS = ENCODED / 3 * 4;

    private static final int LONGEST_FILE = 4096;

    /** The base64 of the 158 bytes of a secret key. */
    private static final int SECRET_KEY_LINE = 212;

    /** What is longer may be a part of a secret key, and is not quoted. */
    private static final int LONGEST_QUOTED = 60;

    private final byte[] id;
    private final byte[] key;

    MinisignPublicKey(byte[] id, byte[] key) {
        this.id = id;
        this.key = key;
    }

    /**
     * Reads a key from text.
     *
     * @param text base64 ({@code RW…}), or all of a {@code .pub} file
     * @return the key
     * @throws BundleException if it is not a minisign public key
     */
    public static MinisignPublicKey parse(String text) {
        Objects.requireNonNull(text, "text");
        return parse(new Source(PUBLIC_KEY), MinisignText.withoutByteOrderMark(text));
    }

    /**
     * Reads a key from a {@code .pub} file.
     *
     * @param file the file
     * @return the key
     * @throws BundleException if the file cannot be read or is not a minisign public key
     */
    public static MinisignPublicKey read(Path file) {
        Objects.requireNonNull(file, "file");
        String text = MinisignText.read(PUBLIC_KEY, file, LONGEST_FILE);
        return parse(new Source(PUBLIC_KEY + " " + file), text);
    }

    private static MinisignPublicKey parse(Source source, String text) {
        String stripped = text.strip();
        List<String> lines = MinisignText.lines(stripped);
        boolean path = looksLikeAPath(stripped);
        if ((!path && text.contains("secret key")) || hasSecretKeyLine(lines)) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "it is a secret key, which signs and nobody else may see: give the public key, which is in the"
                            + " .pub file beside it");
        }
        if (path) {
            throw source.refuse(
                    Problem.MALFORMED,
                    quoted(stripped) + " looks like the path of a file: MinisignPublicKey.read(path) reads one");
        }
        boolean comment = lines.size() == 2 && MinisignText.after(MinisignText.UNTRUSTED, lines.get(0)) != null;
        if (lines.size() != 1 && !comment) {
            throw source.refuse(
                    Problem.MALFORMED, "it is not one line of base64, with or without a line of comment before it");
        }
        byte[] bytes = decode(source, lines.getLast().strip());
        String algorithm = new String(bytes, 0, 2, StandardCharsets.ISO_8859_1);
        if (!algorithm.equals(MinisignText.ED25519)) {
            throw source.refuse(
                    Problem.MALFORMED, "its algorithm is " + Quoted.of(algorithm) + ", but must be \"Ed\" (Ed25519)");
        }
        byte[] key = MinisignText.slice(bytes, 2 + MinisignText.KEY_ID, Ed25519.KEY);
        if (!Ed25519.isPublicKey(key)) {
            throw source.refuse(Problem.MALFORMED, "its 32 bytes are not an Ed25519 key");
        }
        return new MinisignPublicKey(MinisignText.slice(bytes, 2, MinisignText.KEY_ID), key);
    }

    private static byte[] decode(Source source, String base64) {
        if (base64.length() != CHARACTERS) {
            throw source.refuse(
                    Problem.MALFORMED,
                    quoted(base64) + " is not a public key, which begins with RW and has " + CHARACTERS
                            + " characters; copy all of it");
        }
        return MinisignText.decode(source, "its base64", base64, ENCODED);
    }

    private static String quoted(String text) {
        return text.length() > LONGEST_QUOTED ? "a text of " + text.length() + " characters" : Quoted.of(text);
    }

    /** Whether a line of a key file may be the one with a public key. */
    static boolean mayBe(String line) {
        return line.startsWith("RW") && line.length() == CHARACTERS;
    }

    private static boolean hasSecretKeyLine(List<String> lines) {
        for (String line : lines) {
            boolean damaged = MinisignText.isSecretKey(line) && !mayBe(line.strip());
            if (damaged || line.strip().length() == SECRET_KEY_LINE) {
                return true;
            }
        }
        return false;
    }

    /** Base64 has no dots and no backslashes, and this key begins with RW. */
    private static boolean looksLikeAPath(String text) {
        return text.lines().count() == 1 && (text.startsWith("/") || text.contains(".") || text.contains("\\"));
    }

    /**
     * Returns the key's id as minisign shows it. An id helps to find the right key; it proves nothing.
     *
     * @return 16 hexadecimal digits
     */
    public String keyId() {
        return MinisignText.keyId(id);
    }

    /**
     * Returns the key as base64.
     *
     * @return what {@link #parse} reads, {@code RW…}
     */
    public String base64() {
        byte[] algorithm = MinisignText.ED25519.getBytes(StandardCharsets.ISO_8859_1);
        return MinisignText.encode(Ed25519.concat(Ed25519.concat(algorithm, id), key));
    }

    /**
     * Writes the key to a new {@code .pub} file, as minisign does.
     *
     * @param file where; must not exist
     * @throws BundleException if it exists or cannot be written
     */
    public void write(Path file) {
        Objects.requireNonNull(file, "file");
        String text = MinisignText.UNTRUSTED + "minisign public key " + keyId() + "\n" + base64() + "\n";
        WholeFile.writeNew(
                new Source(PUBLIC_KEY + " " + file),
                file,
                text.getBytes(StandardCharsets.UTF_8),
                WholeFile.Mode.SHARED);
    }

    boolean hasId(byte[] other) {
        return Arrays.equals(id, other);
    }

    boolean verifies(byte[] message, byte[] signature) {
        return Ed25519.verify(key, message, signature);
    }

    /** Returns whether the other is a key with the same id and the same bytes. */
    @Override
    public boolean equals(Object other) {
        return other instanceof MinisignPublicKey that && hasId(that.id) && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    /** Returns the key as base64. */
    @Override
    public String toString() {
        return base64();
    }
}
