/** What the packages of the library share and nobody else is to use. */
@NullMarked
package dev.turnstile.internal;

import org.jspecify.annotations.NullMarked;
