package dev.turnstile.bundle;

/**
 * A signature that was verified with a key that the caller trusts.
 *
 * @param keyId the id of that key, 16 hexadecimal digits as minisign shows them
 * @param trustedComment what its maker said when signing, protected by the signature; rustbridge and Turnstile write {@code
 *     timestamp:} and the seconds since 1970
 * @param legacy whether it is of the old kind, over the data itself instead of its BLAKE2b hash
 */
public record BundleSignature(String keyId, String trustedComment, boolean legacy) {}
