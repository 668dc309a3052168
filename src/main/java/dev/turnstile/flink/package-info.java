/**
 * A plugin in a job of Apache Flink; needs Flink 2.x, which every cluster brings.
 *
 * <p>{@link dev.turnstile.flink.PluginDescription} says where the plugin is and how it is opened, {@link dev.turnstile.flink.PluginOperator} makes an operator of it.
 */
@NullMarked
package dev.turnstile.flink;

import org.jspecify.annotations.NullMarked;
