package dev.turnstile.plugin;

import java.time.Duration;
import java.util.function.Function;

/** Starts instances in processes of their own. */
record IsolatedStarter(ProcessSupply processes, Function<ProcessSupply, ConfinedPlugin> how) implements PluginStarter {
    @Override
    public ConfinedPlugin start() {
        return how.apply(processes);
    }

    @Override
    public Duration longestRest() {
        return processes.isolation().recycleAfterRest().orElse(Duration.ZERO);
    }

    @Override
    public void end() {
        processes.end();
    }

    @Override
    public void awaitEnd(Duration limit) {
        processes.awaitEnd(limit);
    }
}
