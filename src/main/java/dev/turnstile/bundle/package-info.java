/**
 * Plugin bundles, the {@code .rbp} files of rustbridge: read, verified, extracted, written and signed.
 *
 * <p>{@link dev.turnstile.bundle.Bundle} is the entry point for reading, {@link dev.turnstile.bundle.BundleWriter} for
 * writing. Nothing in this package touches native code, and nothing here knows of the gate or of plugins: {@code
 * dev.turnstile.plugin} loads what a bundle gives out.
 */
@NullMarked
package dev.turnstile.bundle;

import org.jspecify.annotations.NullMarked;
