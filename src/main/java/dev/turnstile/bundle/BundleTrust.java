package dev.turnstile.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whom to believe when a bundle is opened; immutable. There is no default: a bundle brings native code into the process, so the caller must
 * say whose code that may be.
 *
 * <p>The chain is: a key that the caller gives, the signature of the manifest, the checksums in the manifest, the bytes. The key inside a
 * bundle is never part of it. A signature says who made a bundle, not which of their bundles it is. {@link #expectingName} refuses another
 * plugin; {@link #atLeastVersion} refuses an old release, such as one with a hole that was fixed later.
 */
public final class BundleTrust {
    private final Values values;

    private BundleTrust(Values values) {
        this.values = values;
    }

    /**
     * @param keys empty if signatures are not checked
     * @param legacy whether minisign's legacy signatures are accepted
     */
    record Values(List<MinisignPublicKey> keys, boolean legacy, Optional<String> name, Optional<String> version) {}

    /**
     * Trusts bundles that one of the keys signed: the manifest must be signed, and so must each library that is used.
     *
     * @param key a key
     * @param more further keys, for instance the next one during a change of keys
     * @return the trust
     */
    public static BundleTrust signedBy(MinisignPublicKey key, MinisignPublicKey... more) {
        Objects.requireNonNull(more, "more");
        Objects.requireNonNull(key, "key");
        for (int i = 0; i < more.length; i++) {
            Objects.requireNonNull(more[i], "more[" + i + "]");
        }
        List<MinisignPublicKey> keys = new ArrayList<>(List.of(more));
        keys.addFirst(key);
        return trusting(List.copyOf(keys));
    }

    /**
     * Trusts bundles that one of the keys, given as text, signed: the manifest must be signed, and so must each library that is used.
     *
     * @param key a key as base64 ({@code RW…}), or all of a {@code .pub} file
     * @param more further keys
     * @return the trust
     * @throws BundleException if a text is not a minisign public key
     */
    public static BundleTrust signedBy(String key, String... more) {
        Objects.requireNonNull(more, "more");
        List<MinisignPublicKey> keys = new ArrayList<>();
        keys.add(MinisignPublicKey.parse(Objects.requireNonNull(key, "key")));
        for (String another : more) {
            keys.add(MinisignPublicKey.parse(another));
        }
        return trusting(List.copyOf(keys));
    }

    /**
     * Trusts every undamaged bundle, whoever made it. Right for a bundle that was built on this machine, or that came over a protected
     * channel. Signatures are not checked.
     *
     * @return the trust
     */
    public static BundleTrust checksumsOnly() {
        return trusting(List.of());
    }

    private static BundleTrust trusting(List<MinisignPublicKey> keys) {
        return new BundleTrust(new Values(keys, false, Optional.empty(), Optional.empty()));
    }

    /**
     * Refuses every plugin but the one of this name.
     *
     * @param pluginName the name that the manifest must have
     * @return the narrower trust
     */
    public BundleTrust expectingName(String pluginName) {
        Optional<String> expected = Optional.of(Objects.requireNonNull(pluginName, "pluginName"));
        return new BundleTrust(new Values(keys(), allowsLegacy(), expected, leastVersion()));
    }

    /**
     * Refuses versions that come before this one, and versions that cannot be compared with it.
     *
     * @param least a semantic version; {@code 1.2.0-rc.1} comes before {@code 1.2.0}
     * @return the narrower trust
     * @throws IllegalArgumentException if it is not a semantic version
     */
    public BundleTrust atLeastVersion(String least) {
        SemanticVersion unused = SemanticVersion.parse(Objects.requireNonNull(least, "least"));
        return new BundleTrust(new Values(keys(), allowsLegacy(), expectedName(), Optional.of(least)));
    }

    /**
     * Accepts minisign's legacy signatures, too, which sign the data itself instead of its hash. rustbridge does not write them, and
     * minisign only if told to.
     *
     * @return the wider trust
     * @throws IllegalStateException if signatures are not checked anyway
     */
    public BundleTrust allowingLegacySignatures() {
        if (keys().isEmpty()) {
            throw new IllegalStateException(
                    "With checksumsOnly() no signature is looked at, so none of the old kind either");
        }
        return new BundleTrust(new Values(keys(), true, expectedName(), leastVersion()));
    }

    /**
     * Returns whose signatures are trusted.
     *
     * @return the keys; empty if signatures are not checked
     */
    public List<MinisignPublicKey> keys() {
        return values.keys();
    }

    /**
     * Returns whether signatures are checked.
     *
     * @return {@code false} for {@link #checksumsOnly()}
     */
    public boolean requiresSignature() {
        return !keys().isEmpty();
    }

    boolean allowsLegacy() {
        return values.legacy();
    }

    Optional<String> expectedName() {
        return values.name();
    }

    Optional<String> leastVersion() {
        return values.version();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BundleTrust that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Returns what is trusted, in words. */
    @Override
    public String toString() {
        String who = keys().isEmpty()
                ? "checksums only"
                : "signed by "
                        + String.join(
                                " or ",
                                keys().stream().map(MinisignPublicKey::keyId).toList());
        return who
                + (allowsLegacy() ? ", also legacy signatures" : "")
                + expectedName().map(expected -> ", named " + expected).orElse("")
                + leastVersion().map(least -> ", at least version " + least).orElse("");
    }
}
