/** Metrics of a gate for Micrometer; needs {@code micrometer-core} among the dependencies of the application. */
@NullMarked
package dev.turnstile.micrometer;

import org.jspecify.annotations.NullMarked;
