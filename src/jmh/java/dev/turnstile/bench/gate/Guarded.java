package dev.turnstile.bench.gate;

import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.nio.file.Path;

/** What plugins are replaced in, by order or because they are dead. */
enum Guarded {
    SINGLE("`SynchronizedPlugin`") {
        @Override
        GuardedPlugin load(Path library, PluginOptions options) throws InterruptedException {
            return SynchronizedPlugin.load(library, PluginConfig.defaults(), options);
        }
    },
    POOL_OF_2("`PluginPool` of 2") {
        @Override
        GuardedPlugin load(Path library, PluginOptions options) throws InterruptedException {
            return PluginPool.load(library, 2, PluginConfig.defaults(), options);
        }
    };

    private final String label;

    Guarded(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract GuardedPlugin load(Path library, PluginOptions options) throws InterruptedException;
}
