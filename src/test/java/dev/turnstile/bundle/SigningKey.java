package dev.turnstile.bundle;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/** A key that is the same in every run, and signs whatever it is told, also what {@link MinisignKey} would not. */
final class SigningKey {
    /** The one that the tests trust. */
    static final SigningKey TRUSTED = new SigningKey(1);

    static final SigningKey OTHER = new SigningKey(2);
    /** Another key that bears the id of the trusted one. */
    static final SigningKey NAMESAKE = new SigningKey(TRUSTED.id, new SigningKey(3).pair);

    static final String COMMENT = "timestamp:1764028800";

    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    final byte[] id;
    private final byte[] pair;

    private SigningKey(int number) {
        this(repeated(number, MinisignText.KEY_ID), pair(repeated(number, Ed25519.KEY)));
    }

    private SigningKey(byte[] id, byte[] pair) {
        this.id = id;
        this.pair = pair;
    }

    private static byte[] repeated(int number, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) number);
        return bytes;
    }

    private static byte[] pair(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
                private static final long serialVersionUID = 1L;

                @Override
                public void nextBytes(byte[] bytes) {
                    System.arraycopy(seed, 0, bytes, 0, bytes.length);
                }
            });
            byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
            return Ed25519.concat(seed, Arrays.copyOfRange(encoded, encoded.length - Ed25519.KEY, encoded.length));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    MinisignKey key() {
        return new MinisignKey(id, pair);
    }

    MinisignPublicKey publicKey() {
        return key().publicKey();
    }

    /** A signature as minisign makes it. */
    String sign(byte[] data) {
        return key().sign(data, COMMENT);
    }

    /** Of the old kind: over the data itself. */
    String signLegacy(byte[] data) {
        byte[] signature = raw(data);
        return text("Ed", id, signature, COMMENT, global(signature, COMMENT));
    }

    /** The 64 bytes of a signature over the data's hash. */
    byte[] signature(byte[] data) {
        return raw(MinisignText.hash(data));
    }

    byte[] global(byte[] signature, String comment) {
        return raw(Ed25519.concat(signature, comment.getBytes(StandardCharsets.UTF_8)));
    }

    /** A signature over the data itself. */
    byte[] raw(byte[] message) {
        return Ed25519.sign(Arrays.copyOf(pair, Ed25519.KEY), message);
    }

    static String text(String algorithm, byte[] id, byte[] signature, String comment, byte[] global) {
        byte[] signed = Ed25519.concat(Ed25519.concat(algorithm.getBytes(StandardCharsets.ISO_8859_1), id), signature);
        return MinisignText.UNTRUSTED + "signature\n" + MinisignText.encode(signed) + "\n" + MinisignText.TRUSTED
                + comment + "\n" + MinisignText.encode(global) + "\n";
    }

    /** Another encoding of a signature that fits, too, where S is not held to be less than the group's order: (R, S + L). */
    static byte[] malleated(byte[] signature) {
        byte[] s = new byte[32];
        for (int i = 0; i < 32; i++) {
            s[i] = signature[63 - i]; // big-endian, for BigInteger
        }
        byte[] sum = new BigInteger(1, s).add(ORDER).toByteArray();
        byte[] malleated = signature.clone();
        for (int i = 0; i < 32; i++) {
            malleated[32 + i] = i < sum.length ? sum[sum.length - 1 - i] : 0;
        }
        return malleated;
    }
}
