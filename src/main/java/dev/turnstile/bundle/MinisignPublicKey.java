package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A minisign public key: whoever holds the other half can sign what this one verifies; immutable.
 *
 * <p>Its text is base64 of 42 bytes, {@code RW…}: the letters "Ed", an id of 8 bytes, and an Ed25519 key of 32. A {@code .pub} file has a
 * comment line before it, which means nothing.
 */
public final class MinisignPublicKey {
    private static final int ENCODED = 2 + MinisignText.KEY_ID + Ed25519.KEY;
    private static final int LONGEST_FILE = 4096;

    /** The base64 of the 158 bytes of a secret key. */
    private static final int SECRET_KEY_LINE = 212;

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
        return parse(new Source("The public key"), MinisignText.withoutByteOrderMark(text));
    }

    /**
     * Reads a key from a {@code .pub} file.
     *
     * @param file the file
     * @return the key
     * @throws BundleException if the file cannot be read or is not a minisign public key
     */
    public static MinisignPublicKey read(Path file) {
        Source source = new Source("The public key " + file);
        return parse(source, MinisignText.ofFile(source, WholeFile.read(source, file, LONGEST_FILE)));
    }

    private static MinisignPublicKey parse(Source source, String text) {
        String stripped = text.strip();
        List<String> lines = MinisignText.lines(stripped);
        if (looksLikeAPath(stripped)) {
            throw source.refuse(
                    Problem.MALFORMED,
                    Quoted.of(stripped) + " looks like the path of a file: MinisignPublicKey.read(path) reads one");
        }
        if (text.contains("secret key")
                || lines.stream().anyMatch(line -> line.strip().length() == SECRET_KEY_LINE)) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "it is a secret key, which signs and nobody else may see: give the public key, which is in the"
                            + " .pub file beside it");
        }
        boolean comment = lines.size() == 2 && MinisignText.after(MinisignText.UNTRUSTED, lines.get(0)) != null;
        if (lines.size() != 1 && !comment) {
            throw source.refuse(
                    Problem.MALFORMED, "it is not one line of base64, with or without a line of comment before it");
        }
        byte[] bytes = MinisignText.decode(source, "its base64", lines.getLast().strip(), ENCODED);
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
        String text = MinisignText.UNTRUSTED + "minisign public key " + keyId() + "\n" + base64() + "\n";
        WholeFile.writeNew(
                new Source("The public key " + file),
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
