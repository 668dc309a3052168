package dev.turnstile.bundle;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An operating system and a processor architecture, as the keys of a bundle name them: {@code linux-x86_64}.
 *
 * <p>rustbridge knows the six {@link #KNOWN} ones. Others can be read and named, so that a bundle that also has a newer platform still
 * works on the known ones.
 *
 * @param system {@code linux}, {@code darwin}, {@code windows}, or another one in lower-case letters, digits and underscores
 * @param architecture {@code x86_64}, {@code aarch64}, or another one in lower-case letters, digits and underscores
 */
public record Platform(String system, String architecture) implements Comparable<Platform> {
    // First: the constants below need it.
    private static final Pattern PART = Pattern.compile("[a-z0-9_]{1,32}");

    /** Linux on x86-64. */
    public static final Platform LINUX_X86_64 = new Platform("linux", "x86_64");
    /** Linux on AArch64. */
    public static final Platform LINUX_AARCH64 = new Platform("linux", "aarch64");
    /** macOS on x86-64. */
    public static final Platform DARWIN_X86_64 = new Platform("darwin", "x86_64");
    /** macOS on AArch64. */
    public static final Platform DARWIN_AARCH64 = new Platform("darwin", "aarch64");
    /** Windows on x86-64. */
    public static final Platform WINDOWS_X86_64 = new Platform("windows", "x86_64");
    /** Windows on AArch64. */
    public static final Platform WINDOWS_AARCH64 = new Platform("windows", "aarch64");

    /** The platforms that rustbridge builds for, in the order of their keys. */
    public static final List<Platform> KNOWN =
            List.of(DARWIN_AARCH64, DARWIN_X86_64, LINUX_AARCH64, LINUX_X86_64, WINDOWS_AARCH64, WINDOWS_X86_64);

    /**
     * Makes a platform of its two parts.
     *
     * @throws IllegalArgumentException if a part has other characters than lower-case letters, digits and underscores
     */
    public Platform {
        Objects.requireNonNull(system, "system");
        Objects.requireNonNull(architecture, "architecture");
        if (!PART.matcher(system).matches() || !PART.matcher(architecture).matches()) {
            throw notAPlatform(system + "-" + architecture);
        }
    }

    private static IllegalArgumentException notAPlatform(String key) {
        return new IllegalArgumentException(Quoted.of(key)
                + " is not a platform such as \"linux-x86_64\": a system and an architecture in lower-case letters,"
                + " digits and underscores");
    }

    /**
     * Returns the platform that this JVM runs on.
     *
     * @return one of {@link #KNOWN}, or the platform with the names that the JVM has for it
     */
    public static Platform host() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    /** Makes a platform of what the JVM calls its system and its architecture. */
    static Platform of(String osName, String osArch) {
        return new Platform(systemOf(osName), architectureOf(osArch));
    }

    /**
     * Reads a key.
     *
     * @param key such as {@code linux-x86_64}
     * @return the platform
     * @throws IllegalArgumentException if the text is not of that form
     */
    public static Platform parse(String key) {
        Objects.requireNonNull(key, "key");
        int hyphen = key.indexOf('-');
        if (hyphen < 0) {
            throw notAPlatform(key);
        }
        return new Platform(key.substring(0, hyphen), key.substring(hyphen + 1));
    }

    /**
     * Returns the key, {@code system-architecture}.
     *
     * @return what {@link #parse} reads
     */
    public String key() {
        return system + "-" + architecture;
    }

    /** Compares the keys. */
    @Override
    public int compareTo(Platform other) {
        Objects.requireNonNull(other, "other");
        return key().compareTo(other.key());
    }

    /** Returns the key. */
    @Override
    public String toString() {
        return key();
    }

    private static String systemOf(String osName) {
        String name = osName.toLowerCase(Locale.ROOT);
        if (name.startsWith("linux")) {
            return "linux";
        }
        if (name.startsWith("mac") || name.startsWith("darwin")) {
            return "darwin";
        }
        return name.startsWith("windows") ? "windows" : word(name);
    }

    private static String architectureOf(String osArch) {
        return switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> word(osArch.toLowerCase(Locale.ROOT));
        };
    }

    private static String word(String name) {
        String word = name.replaceAll("[^a-z0-9_]+", "_");
        return word.isEmpty() ? "unknown" : word.substring(0, Math.min(word.length(), 32));
    }
}
