/**
 * What Turnstile promises, asked of others who do the like: each as its documentation would have one use it, over the same
 * single-threaded resource, through the same scenarios. {@code scripts/compare-promises} prints the table.
 */
package dev.turnstile.comparison;
