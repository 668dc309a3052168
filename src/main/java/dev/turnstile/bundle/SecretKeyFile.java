package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.util.Strings;
import org.jspecify.annotations.Nullable;

/**
 * The text of minisign's secret key files: a comment, and base64 of 158 bytes. Those are "Ed", how it is encrypted ("Sc" for
 * scrypt, two zeros for not at all), "B2" (the checksum is BLAKE2b-256), salt (32), opslimit (8), memlimit (8), and then,
 * XORed with scrypt's output, key id (8), seed and public key (64) and the checksum over "Ed" and these (32), which minisign
 * leaves zero where nothing is encrypted.
 */
final class SecretKeyFile {
    static final SecureRandom RANDOM = new SecureRandom();

    private static final String SCRYPT = "Sc";
    private static final String NOT_ENCRYPTED = "\0\0";
    private static final String BLAKE2B = "B2";
    private static final int SALT_AT = 6;
    private static final int SALT = 32;
    private static final int OPSLIMIT_AT = SALT_AT + SALT;
    private static final int MEMLIMIT_AT = OPSLIMIT_AT + 8;
    private static final int SECRET_AT = MEMLIMIT_AT + 8;
    private static final int PAIR = 2 * Ed25519.KEY;
    private static final int CHECKSUM = 32;
    private static final int SECRET = MinisignText.KEY_ID + PAIR + CHECKSUM;
    private static final int ENCODED = SECRET_AT + SECRET;

    /** What we write: 128 MiB, N = 2^17, r = 8, p = 1. minisign's own 1 GiB is more than the heap of a small JVM. */
    private static final long OPSLIMIT = 1L << 22;

    private static final long MEMLIMIT = 1L << 27;
    /** What we read at most: minisign's own, which is libsodium's SENSITIVE. */
    private static final long MOST_OPERATIONS = 1L << 25;

    private static final long MOST_MEMORY = 1L << 30;

    private SecretKeyFile() {}

    static boolean isEncrypted(Source source, String text) {
        return !algorithm(decode(source, text), 2).equals(NOT_ENCRYPTED);
    }

    /**
     * Reads a key.
     *
     * @param password wiped when done; {@code null} if there is none
     */
    static MinisignKey parse(Source source, String text, char @Nullable [] password) {
        byte[] bytes = decode(source, text);
        boolean encrypted = !algorithm(bytes, 2).equals(NOT_ENCRYPTED);
        if (encrypted) {
            if (password == null) {
                throw source.refuse(Problem.MISSING, "it is encrypted, and there is no password to decrypt it with");
            }
            ByteBuffer limits = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            Scrypt scrypt = Scrypt.of(source, limits.getLong(OPSLIMIT_AT), limits.getLong(MEMLIMIT_AT));
            applyTo(bytes, scrypt, source, password);
        }
        byte[] id = MinisignText.slice(bytes, SECRET_AT, MinisignText.KEY_ID);
        byte[] pair = MinisignText.slice(bytes, SECRET_AT + MinisignText.KEY_ID, PAIR);
        byte[] checksum = MinisignText.slice(bytes, ENCODED - CHECKSUM, CHECKSUM);
        Arrays.fill(bytes, (byte) 0);
        boolean unchecked = !encrypted && Arrays.equals(checksum, new byte[CHECKSUM]);
        boolean whole = unchecked ? isPair(pair) : MessageDigest.isEqual(checksum, checksum(id, pair));
        if (!whole) {
            throw source.refuse(Problem.UNTRUSTED, encrypted ? "the password is wrong" : "its checksum does not match");
        }
        return new MinisignKey(id, pair);
    }

    /** minisign writes no checksum into an unencrypted key; instead, the two halves must match. */
    private static boolean isPair(byte[] pair) {
        byte[] seed = MinisignText.slice(pair, 0, Ed25519.KEY);
        byte[] open = MinisignText.slice(pair, Ed25519.KEY, Ed25519.KEY);
        byte[] signature = Ed25519.sign(seed, open);
        Arrays.fill(seed, (byte) 0);
        return Ed25519.isPublicKey(open) && Ed25519.verify(open, open, signature);
    }

    private static byte[] decode(Source source, String text) {
        List<String> lines = MinisignText.lines(text);
        if (!lines.isEmpty() && MinisignPublicKey.mayBe(lines.getLast())) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "it is a public key, which verifies signatures and makes none: give the secret key, whose file is"
                            + " beside it");
        }
        if (lines.size() != 2 || MinisignText.after(MinisignText.UNTRUSTED, lines.get(0)) == null) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "it is not a minisign key file: a line with \"" + MinisignText.UNTRUSTED + "…\" and one of base64");
        }
        byte[] bytes = MinisignText.decode(source, "line 2", lines.get(1), ENCODED);
        String kdf = algorithm(bytes, 2);
        if (!algorithm(bytes, 0).equals(MinisignText.ED25519)
                || !(kdf.equals(SCRYPT) || kdf.equals(NOT_ENCRYPTED))
                || !algorithm(bytes, 4).equals(BLAKE2B)) {
            throw source.refuse(
                    Problem.MALFORMED,
                    "its algorithms are " + Quoted.of(algorithm(bytes, 0) + " " + kdf + " " + algorithm(bytes, 4))
                            + ", but must be \"Ed Sc B2\" or, unencrypted, \"Ed \\u0000\\u0000 B2\"");
        }
        return bytes;
    }

    private static String algorithm(byte[] bytes, int at) {
        return new String(bytes, at, 2, StandardCharsets.ISO_8859_1);
    }

    static String unencrypted(byte[] id, byte[] pair) {
        return text("minisign secret key ", id, plain(id, pair, NOT_ENCRYPTED));
    }

    /**
     * Writes a key, encrypted.
     *
     * @param password wiped when done
     */
    static String encrypted(byte[] id, byte[] pair, char[] password) {
        byte[] bytes = plain(id, pair, SCRYPT);
        byte[] salt = new byte[SALT];
        RANDOM.nextBytes(salt);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(SALT_AT, salt)
                .putLong(OPSLIMIT_AT, OPSLIMIT)
                .putLong(MEMLIMIT_AT, MEMLIMIT);
        Source source = new Source("The new key");
        applyTo(bytes, Scrypt.of(source, OPSLIMIT, MEMLIMIT), source, password);
        return text("minisign encrypted secret key ", id, bytes);
    }

    private static byte[] plain(byte[] id, byte[] pair, String kdf) {
        byte[] bytes = new byte[ENCODED];
        byte[] algorithms = (MinisignText.ED25519 + kdf + BLAKE2B).getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer.wrap(bytes)
                .put(0, algorithms)
                .put(SECRET_AT, id)
                .put(SECRET_AT + MinisignText.KEY_ID, pair)
                .put(ENCODED - CHECKSUM, checksum(id, pair));
        return bytes;
    }

    private static String text(String comment, byte[] id, byte[] bytes) {
        String base64 = MinisignText.encode(bytes);
        Arrays.fill(bytes, (byte) 0);
        return MinisignText.UNTRUSTED + comment + MinisignText.keyId(id) + "\n" + base64 + "\n";
    }

    private static byte[] checksum(byte[] id, byte[] pair) {
        return Blake2b.hash(CHECKSUM, MinisignText.ED25519.getBytes(StandardCharsets.ISO_8859_1), id, pair);
    }

    /** XORs the secret part with scrypt's output, which encrypts and decrypts. */
    private static void applyTo(byte[] bytes, Scrypt scrypt, Source source, char[] password) {
        byte[] secret = {};
        try {
            secret = Strings.toUTF8ByteArray(password);
            byte[] stream = SCrypt.generate(
                    secret, MinisignText.slice(bytes, SALT_AT, SALT), scrypt.n, Scrypt.R, scrypt.p, SECRET);
            for (int i = 0; i < SECRET; i++) {
                bytes[SECRET_AT + i] ^= stream[i];
            }
            Arrays.fill(stream, (byte) 0);
        } catch (OutOfMemoryError tooLittle) {
            throw source.failed(
                    "its password takes " + scrypt.memory() + " MiB of heap to check, more than there is:"
                            + " give java a greater -Xmx",
                    tooLittle);
        } catch (NoClassDefFoundError missing) {
            throw source.failed(
                    "a key with a password needs Bouncy Castle (for scrypt), which is not there: put"
                            + " org.bouncycastle:bcprov-jdk18on on the class path (on the module path also"
                            + " --add-modules org.bouncycastle.provider), or use a key without a password",
                    missing);
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(password, '\0');
        }
    }

    /** scrypt's parameters (RFC 7914), which libsodium derives from a limit for operations and one for memory. */
    private record Scrypt(int n, int p) {
        static final int R = 8;

        static Scrypt of(Source source, long opslimit, long memlimit) {
            if (opslimit < 0 || opslimit > MOST_OPERATIONS || memlimit < 0 || memlimit > MOST_MEMORY) {
                throw source.refuse(
                        Problem.LIMIT,
                        "its password would take " + Long.toUnsignedString(opslimit)
                                + " operations and " + Long.toUnsignedString(memlimit)
                                + " bytes of memory to check, more than minisign's own " + MOST_OPERATIONS + " and "
                                + MOST_MEMORY);
            }
            long operations = Math.max(32768, opslimit);
            boolean fewOperations = operations < memlimit / 32;
            long mostN = fewOperations ? operations / (R * 4) : memlimit / (R * 128);
            int log = 1;
            while (1L << log <= mostN / 2) {
                log++;
            }
            long p = fewOperations ? 1 : operations / 4 / (1L << log) / R;
            if (p < 1 || p > 64) {
                throw source.refuse(
                        Problem.MALFORMED, "its password has " + p + " as scrypt's p, but that must be 1 to 64");
            }
            return new Scrypt(1 << log, (int) p);
        }

        long memory() {
            return ((long) n * R * 128) >> 20;
        }
    }
}
