package dev.turnstile.spring;

import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginOptions;

/** Looks on at the plugins that are opened, before anybody calls them. */
interface PluginObserver {
    /** Changes the settings of a plugin. */
    PluginOptions opening(String name, TurnstileProperties.Plugin plugin, PluginOptions options);

    /** The plugin is open, and has had no call. */
    void opened(String name, GuardedPlugin plugin);
}
