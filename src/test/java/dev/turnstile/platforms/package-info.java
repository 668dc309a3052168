/**
 * What must work on every system, in one program that needs a Java runtime and nothing else. {@code scripts/platforms} starts it where the tests cannot run: under
 * qemu, under Wine, on small machines.
 */
package dev.turnstile.platforms;
