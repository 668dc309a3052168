package dev.turnstile.bundle;

import dev.turnstile.elf.LibraryFile;

/** Refuses files that a {@link BundleWriter} is given by mistake: readers take a bundle with them, and its users find out. */
final class AddedFile {
    private AddedFile() {}

    /** Requires the name of a file, without a directory: some readers would drop it, and others follow it. */
    static void checkName(BundleContent bundle, String fileName) {
        String wrong = fileName.contains("/")
                ? "it is a path; give the name of the file alone"
                : EntryNames.whyUnsafe(fileName);
        if (wrong != null) {
            throw bundle.refuse("the file name " + Quoted.of(fileName) + " is refused: " + wrong);
        }
    }

    /**
     * Refuses an empty library, a truncated one, and one that was built for another platform.
     *
     * @param mayBeAnything whether what is not known to be a library is one nevertheless
     */
    static void checkLibrary(
            BundleContent bundle,
            Platform platform,
            String variant,
            String fileName,
            byte[] library,
            boolean mayBeAnything) {
        String wrong = LibraryFile.whyNotFor(library, platform.system(), platform.architecture());
        if (wrong != null && !(mayBeAnything && isUnknown(library))) {
            throw bundle.refuse("the library " + Quoted.of(fileName) + " for " + platform + ", " + Quoted.of(variant)
                    + ": " + wrong + "; name another file, or the platform that it is for");
        }
    }

    private static boolean isUnknown(byte[] library) {
        return library.length > 0 && LibraryFile.ofHead(library).system() == null;
    }

    /** Requires that a schema that is called JSON by its name is JSON. */
    static void checkSchema(BundleContent bundle, String schemaName, byte[] content) {
        if (schemaName.endsWith(".json")) {
            Source at = bundle.source().at("the schema " + Quoted.of(schemaName));
            var unused = ManifestReader.parse(at, at.utf8(content));
        }
    }

    /** Requires a version that readers can compare. */
    static void checkVersion(BundleContent bundle) {
        try {
            var unused = SemanticVersion.parse(bundle.version);
        } catch (IllegalArgumentException wrong) {
            throw bundle.refuse("the version " + wrong.getMessage());
        }
    }
}
