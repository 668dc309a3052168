/** Metrics of a gate for Micrometer; for those who have {@code micrometer-core} among their own dependencies. */
@NullMarked
package dev.turnstile.micrometer;

import org.jspecify.annotations.NullMarked;
