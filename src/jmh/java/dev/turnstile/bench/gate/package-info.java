/**
 * What the gate costs, measured beside its peers: {@code scripts/bench}. {@link dev.turnstile.bench.gate.Bench} starts the programs
 * that measure, each in a JVM of its own, and reports what they say.
 */
package dev.turnstile.bench.gate;
