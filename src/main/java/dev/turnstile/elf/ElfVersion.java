package dev.turnstile.elf;

/**
 * A version of symbols that a library needs of another one.
 *
 * @param library the name of the other one, as in {@link ElfDependencies#needed}
 * @param version such as {@code GLIBC_2.34}
 */
public record ElfVersion(String library, String version) {}
