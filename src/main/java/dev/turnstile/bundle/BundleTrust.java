package dev.turnstile.bundle;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whom to believe when a bundle is opened; immutable. There is no default: a bundle brings native code into the process, so
 * whoever opens one says whose code that may be.
 *
 * <p>The chain is: a key that the caller gives, the signature of the manifest, the checksums in the manifest, the bytes. The
 * key inside a bundle is never part of it. A signature says who made a bundle, not which of their bundles it is: {@link
 * #expectingName} and {@link #atLeastVersion} refuse another plugin, and an old release with a hole that was mended since.
 */
public final class BundleTrust {
    private final List<MinisignPublicKey> keys;
    private final boolean legacy;
    private final Optional<String> name;
    private final Optional<String> version;

    private BundleTrust(List<MinisignPublicKey> keys, boolean legacy, Optional<String> name, Optional<String> version) {
        this.keys = keys;
        this.legacy = legacy;
        this.name = name;
        this.version = version;
    }

    /**
     * Trusts bundles that were signed by one of the keys: the manifest must be, and each library that is used.
     *
     * @param key a key
     * @param more further keys, for instance the next one while keys are changed
     * @return the trust
     */
    public static BundleTrust signedBy(MinisignPublicKey key, MinisignPublicKey... more) {
        List<MinisignPublicKey> keys =
                Stream.concat(Stream.of(key), Arrays.stream(more)).toList();
        return new BundleTrust(List.copyOf(keys), false, Optional.empty(), Optional.empty());
    }

    /**
     * Trusts bundles that were signed by one of the keys, given as text: the manifest must be, and each library that is used.
     *
     * @param key a key as base64 ({@code RW…}), or all of a {@code .pub} file
     * @param more further keys
     * @return the trust
     * @throws BundleException if a text is not a minisign public key
     */
    public static BundleTrust signedBy(String key, String... more) {
        return signedBy(
                MinisignPublicKey.parse(key),
                Arrays.stream(more).map(MinisignPublicKey::parse).toArray(MinisignPublicKey[]::new));
    }

    /**
     * Trusts every bundle that is not damaged, whoever made it: right for one that was built on this machine or came by a way
     * that is protected otherwise. Signatures are not looked at.
     *
     * @return the trust
     */
    public static BundleTrust checksumsOnly() {
        return new BundleTrust(List.of(), false, Optional.empty(), Optional.empty());
    }

    /**
     * Refuses every plugin but the one of this name.
     *
     * @param pluginName the name that the manifest must have
     * @return the narrower trust
     */
    public BundleTrust expectingName(String pluginName) {
        return new BundleTrust(keys, legacy, Optional.of(pluginName), version);
    }

    /**
     * Refuses versions that come before this one, and versions that cannot be compared with it.
     *
     * @param least a semantic version; {@code 1.2.0-rc.1} comes before {@code 1.2.0}
     * @return the narrower trust
     * @throws IllegalArgumentException if it is not a semantic version
     */
    public BundleTrust atLeastVersion(String least) {
        SemanticVersion unused = SemanticVersion.parse(least);
        return new BundleTrust(keys, legacy, name, Optional.of(least));
    }

    /**
     * Accepts also signatures of minisign's old kind, over the data itself instead of its hash. rustbridge does not write them,
     * and minisign has to be told to.
     *
     * @return the wider trust
     * @throws IllegalStateException if signatures are not looked at anyway
     */
    public BundleTrust allowingLegacySignatures() {
        if (keys.isEmpty()) {
            throw new IllegalStateException(
                    "With checksumsOnly() no signature is looked at, so none of the old kind either");
        }
        return new BundleTrust(keys, true, name, version);
    }

    /**
     * Returns whose signatures are trusted.
     *
     * @return the keys; empty if signatures are not looked at
     */
    public List<MinisignPublicKey> keys() {
        return keys;
    }

    /**
     * Returns whether signatures are looked at.
     *
     * @return {@code false} for {@link #checksumsOnly()}
     */
    public boolean requiresSignature() {
        return !keys.isEmpty();
    }

    boolean allowsLegacy() {
        return legacy;
    }

    Optional<String> expectedName() {
        return name;
    }

    Optional<String> leastVersion() {
        return version;
    }

    /** Returns what is trusted, in words. */
    @Override
    public String toString() {
        String who = keys.isEmpty()
                ? "checksums only"
                : "signed by "
                        + String.join(
                                " or ",
                                keys.stream().map(MinisignPublicKey::keyId).toList());
        return who
                + (legacy ? ", also legacy signatures" : "")
                + name.map(expected -> ", named " + expected).orElse("")
                + version.map(least -> ", at least version " + least).orElse("");
    }
}
