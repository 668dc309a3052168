/**
 * The rustbridge plugin as a resource: loading a library, calling it, and sharing it through a gate.
 *
 * <p>{@link dev.turnstile.plugin.SynchronizedPlugin} is what most users touch: any thread may call it. {@link
 * dev.turnstile.plugin.NativePlugin} is the direct binding beneath, confined to the thread that loaded it, and {@link
 * dev.turnstile.plugin.ConfinedPlugin} is the interface between the two.
 */
@NullMarked
package dev.turnstile.plugin;

import org.jspecify.annotations.NullMarked;
