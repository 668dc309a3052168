package dev.turnstile.demo;

import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.demo.Messages.Ask;
import dev.turnstile.demo.Messages.Probe;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.PluginWarmUp;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What every demonstration is given.
 *
 * @param report where it says what it does and sees
 * @param plugin the file with the plugin it uses
 * @param bundle the same, opened, if it is a bundle and not a library
 * @param spans sends a span of each call, if that is wanted
 * @param scale 1 for people; less makes it shorter, for the demo's own test
 */
record Stage(Report report, Path plugin, Optional<Bundle> bundle, Optional<SpanExport> spans, double scale) {

    /** Starts the plugin, with a line of this many places. */
    SynchronizedPlugin open(int capacity) throws InterruptedException {
        PluginConfig config = PluginConfig.defaults();
        PluginOptions options = traced(PluginOptions.defaults().withCapacity(capacity));
        return bundle.isPresent()
                ? SynchronizedPlugin.load(bundle.get(), config, options)
                : SynchronizedPlugin.load(plugin, config, options);
    }

    /** Starts the plugin in a process of its own. */
    SynchronizedPlugin openIsolated(TurnstileOptions gate) throws InterruptedException {
        PluginConfig config = PluginConfig.defaults();
        PluginOptions options = traced(PluginOptions.defaults().withGate(gate).withIsolation(Isolation.process()));
        return bundle.isPresent()
                ? SynchronizedPlugin.load(bundle.get(), config, options)
                : SynchronizedPlugin.load(plugin, config, options);
    }

    /** Starts several instances of the plugin. */
    PluginPool openPool(int instances, TurnstileOptions gate) throws InterruptedException {
        PluginConfig config = PluginConfig.defaults();
        PluginOptions options = traced(PluginOptions.defaults().withGate(gate));
        return bundle.isPresent()
                ? PluginPool.load(bundle.get(), instances, config, options)
                : PluginPool.load(plugin, instances, config, options);
    }

    private PluginOptions traced(PluginOptions options) {
        return spans.map(export -> export.addTo(options)).orElse(options);
    }

    /** Has the plugin loaded once more, and take the place of itself, after it has answered a call. */
    SwapReport swap(GuardedPlugin old) throws SwapException, InterruptedException {
        PluginConfig config = PluginConfig.defaults();
        PluginWarmUp warmUp = PluginWarmUp.call("echo", "{\"message\":\"Are you there?\"}");
        Duration limit = Duration.ofSeconds(30);
        return bundle.isPresent()
                ? old.swap(bundle.get(), config, warmUp, limit)
                : old.swap(plugin, config, warmUp, limit);
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
