package dev.turnstile.bundle;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 (RFC 8032) of the JDK, with keys as the 32 bytes that minisign has. The JDK refuses malleable signatures. */
final class Ed25519 {
    static final int KEY = 32;
    static final int SIGNATURE = 64;

    /** What precedes the 32 bytes in the encodings of RFC 8410. */
    private static final byte[] PUBLIC_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final byte[] PRIVATE_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private Ed25519() {}

    /** Makes a new key: the 32 bytes of its seed and the 32 bytes of its public half. */
    static byte[] generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] secret = pair.getPrivate().getEncoded();
            byte[] open = pair.getPublic().getEncoded();
            byte[] key = Arrays.copyOfRange(secret, PRIVATE_PREFIX.length, PRIVATE_PREFIX.length + 2 * KEY);
            System.arraycopy(open, PUBLIC_PREFIX.length, key, KEY, KEY);
            Arrays.fill(secret, (byte) 0);
            return key;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("This JVM has no Ed25519", impossible);
        }
    }

    /** Says whether 32 bytes are a public key: the encoding of a point on the curve. */
    static boolean isPublicKey(byte[] key) {
        try {
            Signature.getInstance("Ed25519").initVerify(publicKey(key)); // only this looks for the point
            return true;
        } catch (GeneralSecurityException noPoint) {
            return false;
        }
    }

    static boolean verify(byte[] key, byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(publicKey(key));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (SignatureException malformed) {
            return false;
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException("Ed25519 cannot be used", unusable);
        }
    }

    static byte[] sign(byte[] seed, byte[] message) {
        byte[] encoded = concat(PRIVATE_PREFIX, seed);
        try {
            PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException("Ed25519 cannot be used", unusable);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private static PublicKey publicKey(byte[] key) throws GeneralSecurityException {
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(concat(PUBLIC_PREFIX, key)));
    }

    static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
