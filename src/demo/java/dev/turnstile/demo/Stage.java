package dev.turnstile.demo;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.demo.Messages.Ask;
import dev.turnstile.demo.Messages.Probe;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What every demonstration is given.
 *
 * @param report where it says what it does and sees
 * @param plugin the file with the plugin it uses
 * @param bundle the same, opened, if it is a bundle and not a library
 * @param scale 1 for people; less makes it shorter, for the demo's own test
 */
record Stage(Report report, Path plugin, Optional<Bundle> bundle, double scale) {

    /** Starts the plugin, with a line of this many places. */
    SynchronizedPlugin open(int capacity) throws InterruptedException {
        PluginConfig config = PluginConfig.defaults();
        PluginOptions options = PluginOptions.defaults().withCapacity(capacity);
        return bundle.isPresent()
                ? SynchronizedPlugin.load(bundle.get(), config, options)
                : SynchronizedPlugin.load(plugin, config, options);
    }

    /** Scales a number of things or of milliseconds. */
    int scaled(int full) {
        return Math.max(1, (int) Math.round(full * scale));
    }

    /** Asks the plugin what it saw. */
    static Probe probe(SynchronizedPlugin plugin) throws InterruptedException {
        return plugin.call("probe", new Ask(), Probe.class);
    }
}
