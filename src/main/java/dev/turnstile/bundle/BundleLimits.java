package dev.turnstile.bundle;

import org.jspecify.annotations.Nullable;

/**
 * How large a bundle may be before it is refused; immutable. Begin with {@link #defaults()}.
 *
 * <p>A bundle is read into memory as it is, and an entry is inflated when it is asked for. The declared sizes are checked against the
 * limits before anything is inflated, and an inflated entry must have its declared size.
 */
public final class BundleLimits {
    private static final int MIB = 1 << 20;
    private static final BundleLimits DEFAULTS =
            new BundleLimits(new Values(256 * MIB, 4096, 256 * MIB, 1024L * MIB, MIB, 200));

    private final Values values;

    private BundleLimits(Values values) {
        this.values = values;
    }

    record Values(int archiveBytes, int entries, int entryBytes, long totalBytes, int manifestBytes, int ratio) {
        Values {
            requirePositive("archiveBytes", archiveBytes);
            requirePositive("entries", entries);
            requirePositive("entryBytes", entryBytes);
            requirePositive("totalBytes", totalBytes);
            requirePositive("manifestBytes", manifestBytes);
            requirePositive("ratio", ratio);
        }

        private static void requirePositive(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " is " + value + ", but must be 1 or more");
            }
        }
    }

    /** {@return the size of the file, in bytes; by default 256 MiB} */
    public int archiveBytes() {
        return values.archiveBytes();
    }

    /** {@return how many entries it may have; by default 4,096} */
    public int entries() {
        return values.entries();
    }

    /** {@return the inflated size of one entry, in bytes; by default 256 MiB} */
    public int entryBytes() {
        return values.entryBytes();
    }

    /** {@return the inflated size of all entries together, in bytes; by default 1 GiB} */
    public long totalBytes() {
        return values.totalBytes();
    }

    /** {@return the inflated size of the manifest, in bytes; by default 1 MiB} */
    public int manifestBytes() {
        return values.manifestBytes();
    }

    /** {@return the highest compression ratio of an entry of more than 1 MiB; by default 200 (deflate itself can reach 1,032)} */
    public int ratio() {
        return values.ratio();
    }

    /**
     * Returns the limits that fit most bundles.
     *
     * @return the default of every limit
     */
    public static BundleLimits defaults() {
        return DEFAULTS;
    }

    /**
     * Sets how large the file may be.
     *
     * @param bytes 1 or more
     * @return the changed limits
     * @throws IllegalArgumentException if it is less
     */
    public BundleLimits withArchiveBytes(int bytes) {
        return new BundleLimits(new Values(bytes, entries(), entryBytes(), totalBytes(), manifestBytes(), ratio()));
    }

    /**
     * Sets how many entries there may be.
     *
     * @param count 1 or more
     * @return the changed limits
     * @throws IllegalArgumentException if it is less
     */
    public BundleLimits withEntries(int count) {
        return new BundleLimits(
                new Values(archiveBytes(), count, entryBytes(), totalBytes(), manifestBytes(), ratio()));
    }

    /**
     * Sets how large one entry may be, inflated.
     *
     * @param bytes 1 or more
     * @return the changed limits
     * @throws IllegalArgumentException if it is less
     */
    public BundleLimits withEntryBytes(int bytes) {
        return new BundleLimits(new Values(archiveBytes(), entries(), bytes, totalBytes(), manifestBytes(), ratio()));
    }

    /**
     * Sets how large all entries together may be, inflated.
     *
     * @param bytes 1 or more
     * @return the changed limits
     * @throws IllegalArgumentException if it is less
     */
    public BundleLimits withTotalBytes(long bytes) {
        return new BundleLimits(new Values(archiveBytes(), entries(), entryBytes(), bytes, manifestBytes(), ratio()));
    }

    /**
     * Sets how large the manifest may be, inflated.
     *
     * @param bytes 1 or more
     * @return the changed limits
     * @throws IllegalArgumentException if it is less
     */
    public BundleLimits withManifestBytes(int bytes) {
        return new BundleLimits(new Values(archiveBytes(), entries(), entryBytes(), totalBytes(), bytes, ratio()));
    }

    /**
     * Sets the highest compression ratio of an entry of more than 1 MiB.
     *
     * @param times 1 or more
     * @return the changed limits
     * @throws IllegalArgumentException if it is less
     */
    public BundleLimits withRatio(int times) {
        return new BundleLimits(
                new Values(archiveBytes(), entries(), entryBytes(), totalBytes(), manifestBytes(), times));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BundleLimits that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "BundleLimits" + values.toString().substring("Values".length());
    }
}
