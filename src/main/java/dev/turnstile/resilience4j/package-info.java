/**
 * What Resilience4j is to make of the outcomes of calls; for those who have {@code resilience4j-circuitbreaker} and {@code
 * resilience4j-retry} among their own dependencies.
 */
@NullMarked
package dev.turnstile.resilience4j;

import org.jspecify.annotations.NullMarked;
