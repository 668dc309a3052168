package dev.turnstile.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of bundles' entries and of watched files. */
public final class Sha256 {
    private Sha256() {}

    /**
     * Begins a hash.
     *
     * @return takes the bytes
     */
    public static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("Every JVM has SHA-256", impossible);
        }
    }
}
