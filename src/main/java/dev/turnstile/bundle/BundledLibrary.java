package dev.turnstile.bundle;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A library in a bundle: its bytes, which were verified as the bundle's {@link BundleTrust} asks; immutable.
 *
 * <p>The bytes are those that were verified, even if the bundle's file has changed since.
 */
public final class BundledLibrary {
    private final Source source;
    private final Platform platform;
    private final String variant;
    private final BundleManifest.Variant described;
    private final byte[] bytes;
    private final Optional<BundleSignature> signature;

    BundledLibrary(
            Source source,
            Platform platform,
            String variant,
            BundleManifest.Variant described,
            byte[] bytes,
            Optional<BundleSignature> signature) {
        this.source = source;
        this.platform = platform;
        this.variant = variant;
        this.described = described;
        this.bytes = bytes;
        this.signature = signature;
    }

    /**
     * Returns what the library was built for.
     *
     * @return the platform
     */
    public Platform platform() {
        return platform;
    }

    /**
     * Returns the variant of the library.
     *
     * @return the variant's name, such as {@code release}
     */
    public String variant() {
        return variant;
    }

    /**
     * Returns the name of the library's entry in the bundle.
     *
     * @return a relative path with slashes
     */
    public String entry() {
        return described.library();
    }

    /**
     * Returns the name of the library's file.
     *
     * @return the last part of {@link #entry}
     */
    public String fileName() {
        return EntryNames.fileName(described.library());
    }

    /**
     * Returns the SHA-256 of the bytes, which is also what the manifest says.
     *
     * @return 64 lower-case hexadecimal digits
     */
    public String checksum() {
        return described.checksum();
    }

    /**
     * Returns the library's own signature.
     *
     * @return what was verified; empty if the trust was in checksums only
     */
    public Optional<BundleSignature> signature() {
        return signature;
    }

    /**
     * Returns how large the library is.
     *
     * @return a number of bytes
     */
    public int size() {
        return bytes.length;
    }

    /**
     * Returns the library itself.
     *
     * @return a copy of the bytes
     */
    public byte[] bytes() {
        return bytes.clone();
    }

    /**
     * Extracts the library into a new private directory, below the one that {@link ExtractedLibrary#DIRECTORY_PROPERTY} names, or else
     * below the one for temporary files.
     *
     * @return the file; closing it removes it
     * @throws BundleException if it cannot be written, or cannot be executed there; nothing is left then
     */
    public ExtractedLibrary extract() {
        return ExtractedLibrary.of(source, fileName(), bytes);
    }

    /**
     * Extracts the library into a directory of the caller's, as a new file under its own name. The file appears with all its content or not
     * at all. An existing file or link of that name is neither followed nor overwritten.
     *
     * @param directory an existing directory, on a file system with hard links
     * @return the file
     * @throws BundleException if there is such a file already, or it cannot be written
     */
    public Path extractTo(Path directory) {
        Objects.requireNonNull(directory, "directory");
        Path file = EntryNames.fileIn(directory, fileName(), source);
        WholeFile.writeNew(source.extractingTo(file), file, bytes, WholeFile.Mode.EXECUTABLE);
        return file;
    }

    /** Returns the bundle and the entry. */
    @Override
    public String toString() {
        return source.name();
    }
}
