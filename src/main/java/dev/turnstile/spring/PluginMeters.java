package dev.turnstile.spring;

import dev.turnstile.CallListener;
import dev.turnstile.micrometer.TurnstileMetrics;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginOptions;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;

/** Binds the metrics of each plugin to the application's registry, if there is one. */
final class PluginMeters implements PluginObserver {
    private final ObjectProvider<MeterRegistry> registries;

    PluginMeters(ObjectProvider<MeterRegistry> registries) {
        this.registries = registries;
    }

    @Override
    public PluginOptions opening(String name, TurnstileProperties.Plugin plugin, PluginOptions options) {
        MeterRegistry registry = registries.getIfUnique();
        if (registry == null || !plugin.timers()) {
            return options;
        }
        List<CallListener> listeners = new ArrayList<>(options.gate().listeners());
        listeners.add(TurnstileMetrics.timers(registry, name));
        return options.withGate(options.gate().withListeners(listeners.toArray(new CallListener[0])));
    }

    @Override
    public void opened(String name, GuardedPlugin plugin) {
        registries.ifUnique(registry -> TurnstileMetrics.of(plugin, name).bindTo(registry));
    }
}
