/** Applications whose classes come and go in one JVM, as those of servlet containers and of Flink's jobs; and what a JVM keeps of plugins that have ended. */
package dev.turnstile.loaders;
