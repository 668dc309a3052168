package dev.turnstile.bundle;

import org.jspecify.annotations.Nullable;

/** A signature that was verified with a key that the caller trusts. */
public final class BundleSignature {
    private final Values values;

    BundleSignature(String keyId, String trustedComment, boolean legacy) {
        this.values = new Values(keyId, trustedComment, legacy);
    }

    record Values(String keyId, String trustedComment, boolean legacy) {}

    /** {@return the id of that key, 16 hexadecimal digits as minisign shows them} */
    public String keyId() {
        return values.keyId();
    }

    /**
     * {@return the signer's comment, which the signature protects; rustbridge and Turnstile write {@code timestamp:} and the seconds since
     * 1970}
     */
    public String trustedComment() {
        return values.trustedComment();
    }

    /** {@return whether it is a legacy signature, over the data itself instead of its BLAKE2b hash} */
    public boolean legacy() {
        return values.legacy();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BundleSignature that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "BundleSignature" + values.toString().substring("Values".length());
    }
}
