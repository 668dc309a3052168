package dev.turnstile.bundle;

/**
 * How large a bundle may be before it is refused; immutable. Begin with {@link #defaults()}.
 *
 * <p>A bundle is read into memory as it is, and an entry is inflated when it is asked for. The limits are checked against
 * what the archive declares before anything is inflated, and what is inflated is held to its declared size.
 *
 * @param archiveBytes the size of the file, in bytes; by default 256 MiB
 * @param entries how many entries it may have; by default 4,096
 * @param entryBytes the inflated size of one entry, in bytes; by default 256 MiB
 * @param totalBytes the inflated size of all entries together, in bytes; by default 1 GiB
 * @param manifestBytes the inflated size of the manifest, in bytes; by default 1 MiB
 * @param ratio how many times its compressed size an entry of more than 1 MiB may have; by default 200 (what deflate itself
 *     can do is 1,032)
 */
public record BundleLimits(
        int archiveBytes, int entries, int entryBytes, long totalBytes, int manifestBytes, int ratio) {

    private static final int MIB = 1 << 20;
    private static final BundleLimits DEFAULTS = new BundleLimits(256 * MIB, 4096, 256 * MIB, 1024L * MIB, MIB, 200);

    /**
     * Makes limits from all values at once; the {@code with} methods read better.
     *
     * @throws IllegalArgumentException if a limit is not positive; the message names it
     */
    public BundleLimits {
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
     */
    public BundleLimits withArchiveBytes(int bytes) {
        return new BundleLimits(bytes, entries, entryBytes, totalBytes, manifestBytes, ratio);
    }

    /**
     * Sets how many entries there may be.
     *
     * @param count 1 or more
     * @return the changed limits
     */
    public BundleLimits withEntries(int count) {
        return new BundleLimits(archiveBytes, count, entryBytes, totalBytes, manifestBytes, ratio);
    }

    /**
     * Sets how large one entry may be, inflated.
     *
     * @param bytes 1 or more
     * @return the changed limits
     */
    public BundleLimits withEntryBytes(int bytes) {
        return new BundleLimits(archiveBytes, entries, bytes, totalBytes, manifestBytes, ratio);
    }

    /**
     * Sets how large all entries together may be, inflated.
     *
     * @param bytes 1 or more
     * @return the changed limits
     */
    public BundleLimits withTotalBytes(long bytes) {
        return new BundleLimits(archiveBytes, entries, entryBytes, bytes, manifestBytes, ratio);
    }

    /**
     * Sets how large the manifest may be, inflated.
     *
     * @param bytes 1 or more
     * @return the changed limits
     */
    public BundleLimits withManifestBytes(int bytes) {
        return new BundleLimits(archiveBytes, entries, entryBytes, totalBytes, bytes, ratio);
    }

    /**
     * Sets how many times its compressed size an entry of more than 1 MiB may have.
     *
     * @param times 1 or more
     * @return the changed limits
     */
    public BundleLimits withRatio(int times) {
        return new BundleLimits(archiveBytes, entries, entryBytes, totalBytes, manifestBytes, times);
    }
}
