/**
 * The soak: hours of mixed traffic over gates that are closed and opened anew, every call accounted for. {@code scripts/soak}
 * runs it.
 */
package dev.turnstile.soak;
