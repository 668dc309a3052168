/** A cluster of Flink on this machine, of real processes, and what {@code scripts/flink} does with it. */
package dev.turnstile.flink.cluster;
