/**
 * The rustbridge plugin as a resource: loading a library, calling it, and sharing it through a gate.
 *
 * <p>Most programs need one class, {@link dev.turnstile.plugin.SynchronizedPlugin}: one instance of a plugin that any thread may call. {@link
 * dev.turnstile.plugin.PluginPool} is the same with several instances. What both can do is in {@link dev.turnstile.plugin.GuardedPlugin}, for code
 * that takes either.
 *
 * <p>Beneath them, {@link dev.turnstile.plugin.NativePlugin} is the binding itself, which only the thread that loaded it may call. {@link
 * dev.turnstile.plugin.ConfinedPlugin} is what a gate needs of a plugin: implement it to put something else behind one, as {@link
 * dev.turnstile.testing.ScriptedPlugin} does.
 */
@NullMarked
package dev.turnstile.plugin;

import org.jspecify.annotations.NullMarked;
