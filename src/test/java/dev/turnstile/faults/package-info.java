/** Has each call of the gate's code into other code throw once, and looks whether every promise holds afterwards. */
package dev.turnstile.faults;
