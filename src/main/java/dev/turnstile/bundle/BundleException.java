package dev.turnstile.bundle;

import org.jspecify.annotations.Nullable;

/**
 * Says that a bundle, a key or a signature was refused, and why: the message names the file, the entry in it, the field
 * and the value. Nothing of it was loaded or left on disk.
 */
public final class BundleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, for programs; the message says it for people. */
    public enum Problem {
        /** The file is not there, or cannot be read or written. */
        IO,
        /** It is not what it should be: no ZIP archive, no manifest, a field that is missing or makes no sense. */
        MALFORMED,
        /** It is larger than the {@link BundleLimits} allow. */
        LIMIT,
        /** It does not carry a signature that the caller trusts, a checksum does not match, or it is not what was asked for. */
        UNTRUSTED,
        /** It is valid, but lacks what was asked for: the platform, the variant, an entry. */
        MISSING,
        /** Bundles that were to become one are each valid, but contradict each other. */
        CONFLICT
    }

    private final Problem problem;

    BundleException(Problem problem, String message) {
        this(problem, message, null);
    }

    BundleException(Problem problem, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /**
     * Returns what is wrong.
     *
     * @return the kind of problem
     */
    public Problem problem() {
        return problem;
    }
}
