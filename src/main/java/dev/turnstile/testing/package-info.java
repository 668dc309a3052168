/**
 * For tests of code that uses Turnstile: a plugin that answers by a script, behind the real gate, and a clock that stands still until
 * the test moves it. No native code, no sleeping.
 */
@NullMarked
package dev.turnstile.testing;

import org.jspecify.annotations.NullMarked;
