package dev.turnstile.plugin;

import dev.turnstile.Turnstile;

/** The gate of a plugin, for actions of one's own: they alone see in which order calls are started. */
public final class PluginGate {
    private PluginGate() {}

    public static Turnstile<ConfinedPlugin> of(GuardedPlugin plugin) {
        return plugin.gate;
    }
}
