/**
 * The gate: any number of threads use a resource that only one thread may use at once.
 *
 * <p>{@link dev.turnstile.Turnstile} is the entry point. Nothing in this package knows of native code or JSON.
 */
@NullMarked
package dev.turnstile;

import org.jspecify.annotations.NullMarked;
