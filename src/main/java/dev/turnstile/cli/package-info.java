/**
 * The command line, {@code scripts/turnstile}: bundles inspected, verified, extracted, packed,
 * combined, slimmed and signed, and plugins called.
 *
 * <p>It uses what every other program can use, and nothing in the library refers to it. It alone needs picocli, which is
 * therefore an optional dependency; the package is not exported.
 */
@NullMarked
package dev.turnstile.cli;

import org.jspecify.annotations.NullMarked;
