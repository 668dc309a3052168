/** The scenarios in which something is thrown, and what is looked at afterwards; loaded together with the gate's changed code. */
package dev.turnstile.faults.play;
