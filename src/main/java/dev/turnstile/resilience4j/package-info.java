/**
 * Tells Resilience4j what the outcomes of calls mean; needs {@code resilience4j-circuitbreaker} and {@code resilience4j-retry} among
 * the dependencies of the application.
 */
@NullMarked
package dev.turnstile.resilience4j;

import org.jspecify.annotations.NullMarked;
