/** Code that the packages of the library share; not for other use. */
@NullMarked
package dev.turnstile.internal;

import org.jspecify.annotations.NullMarked;
