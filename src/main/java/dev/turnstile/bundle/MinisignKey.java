package dev.turnstile.bundle;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * A minisign key pair: signs, and gives out its public half; immutable. It is kept in memory unencrypted.
 *
 * <p>Key files are minisign's own, in both forms: encrypted with a password (scrypt) or not at all. minisign and rustbridge can read the
 * files that are written here, and the other way round. rustbridge's command line takes only encrypted ones.
 */
public final class MinisignKey {
    private static final String KEY_FILE = "The key file";
    private static final int LONGEST_FILE = 4096;
    private static final int LONGEST_COMMENT = 8192;

    private final byte[] id;
    /** The 32 bytes of the secret seed and the 32 of the public key. */
    private final byte[] pair;

    MinisignKey(byte[] id, byte[] pair) {
        this.id = id;
        this.pair = pair;
    }

    /**
     * Makes a new key, from the JDK's secure random numbers.
     *
     * @return a new key
     */
    public static MinisignKey generate() {
        byte[] id = new byte[MinisignText.KEY_ID];
        SecretKeyFile.RANDOM.nextBytes(id);
        return new MinisignKey(id, Ed25519.generate());
    }

    /**
     * Reads a key file that is not encrypted.
     *
     * @param file the file
     * @return the key
     * @throws BundleException if the file cannot be read, is no key file, or is encrypted
     */
    public static MinisignKey read(Path file) {
        Objects.requireNonNull(file, "file");
        String text = text(file);
        return SecretKeyFile.parse(source(file), text, null);
    }

    /**
     * Reads a key file, encrypted or not. An encrypted one needs Bouncy Castle, an optional dependency. Decrypting takes the time and the memory that the file asks for: for minisign's own files a few
     * seconds and 1 GiB, for those written here half a second and 128 MiB.
     *
     * @param file the file
     * @param password its password; the array is only read
     * @return the key
     * @throws BundleException if the file cannot be read or is no key file, the password is wrong, or Bouncy Castle is missing
     */
    public static MinisignKey read(Path file, char[] password) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(password, "password");
        String text = text(file);
        return SecretKeyFile.parse(source(file), text, password.clone());
    }

    /**
     * Says whether a key file is encrypted, so that reading it takes a password.
     *
     * @param file the file
     * @return {@code true} if it is
     * @throws BundleException if the file cannot be read or is no key file
     */
    public static boolean isEncrypted(Path file) {
        Objects.requireNonNull(file, "file");
        return SecretKeyFile.isEncrypted(source(file), text(file));
    }

    /**
     * Writes the key to a new file, encrypted, that only its owner may read. It needs Bouncy Castle, an optional dependency.
     *
     * @param file where; must not exist
     * @param password the password; not empty; the array is only read
     * @throws IllegalArgumentException if the password is empty
     * @throws BundleException if the file exists or cannot be written, or Bouncy Castle is missing
     */
    public void write(Path file, char[] password) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(password, "password");
        if (password.length == 0) {
            throw new IllegalArgumentException("The password is empty; writeUnencrypted writes a key without one");
        }
        write(file, SecretKeyFile.encrypted(id, pair, password.clone()));
    }

    /**
     * Writes the key to a new file, unencrypted, that only its owner may read.
     *
     * @param file where; must not exist
     * @throws BundleException if the file exists or cannot be written
     */
    public void writeUnencrypted(Path file) {
        Objects.requireNonNull(file, "file");
        write(file, SecretKeyFile.unencrypted(id, pair));
    }

    private static void write(Path file, String text) {
        WholeFile.writeNew(source(file), file, text.getBytes(StandardCharsets.US_ASCII), WholeFile.Mode.SECRET);
    }

    private static Source source(Path file) {
        return new Source(KEY_FILE + " " + file);
    }

    private static String text(Path file) {
        return MinisignText.read(KEY_FILE, file, LONGEST_FILE);
    }

    /**
     * Returns the public half.
     *
     * @return the key that verifies what this one signs
     */
    public MinisignPublicKey publicKey() {
        return new MinisignPublicKey(id, MinisignText.slice(pair, Ed25519.KEY, Ed25519.KEY));
    }

    /**
     * Signs data. The same key, data and comment give the same signature.
     *
     * @param data what is signed, by its BLAKE2b-512 hash
     * @param trustedComment a comment that the signature carries and protects: one line without control characters (tabs are fine) and
     *     without space at its ends, at most 8,192 bytes
     * @return the text of the signature file, four lines
     * @throws IllegalArgumentException if the comment is not of that form
     */
    public String sign(byte[] data, String trustedComment) {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(trustedComment, "trustedComment");
        byte[] comment = checkComment(trustedComment);
        byte[] seed = MinisignText.slice(pair, 0, Ed25519.KEY);
        try {
            byte[] signature = Ed25519.sign(seed, MinisignText.hash(data));
            byte[] global = Ed25519.sign(seed, Ed25519.concat(signature, comment));
            byte[] algorithm = MinisignSignature.PREHASHED.getBytes(StandardCharsets.US_ASCII);
            byte[] signed = Ed25519.concat(Ed25519.concat(algorithm, id), signature);
            return MinisignText.UNTRUSTED + "signature from key " + MinisignText.keyId(id) + "\n"
                    + MinisignText.encode(signed) + "\n"
                    + MinisignText.TRUSTED + trustedComment + "\n"
                    + MinisignText.encode(global) + "\n";
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }

    private static byte[] checkComment(String comment) {
        byte[] bytes = comment.getBytes(StandardCharsets.UTF_8);
        boolean printable = comment.codePoints().allMatch(MinisignKey::isPrintable);
        if (!printable || !comment.strip().equals(comment) || bytes.length > LONGEST_COMMENT) {
            throw new IllegalArgumentException("The trusted comment " + Quoted.of(comment)
                    + " must be one line without control characters and without space at its ends, and at most "
                    + LONGEST_COMMENT + " bytes");
        }
        return bytes;
    }

    private static boolean isPrintable(int character) {
        boolean control = Character.isISOControl(character) && character != '\t';
        return !control && Character.getType(character) != Character.SURROGATE;
    }

    /** Returns the id, and nothing that is secret. */
    @Override
    public String toString() {
        return "MinisignKey[" + MinisignText.keyId(id) + "]";
    }
}
