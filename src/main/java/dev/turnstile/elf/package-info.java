/** Reads what a library file says of itself, before the system's loader runs any of it. */
@NullMarked
package dev.turnstile.elf;

import org.jspecify.annotations.NullMarked;
