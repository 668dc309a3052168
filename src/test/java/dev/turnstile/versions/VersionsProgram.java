package dev.turnstile.versions;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.micrometer.TurnstileMetrics;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.TestPlugins;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** What an application does: it makes typed calls, logs what the plugin logs, and counts. */
final class VersionsProgram {
    private VersionsProgram() {}

    record Say(String message) {}

    record Echo(String message, int length) {}

    public static void main(String[] arguments) throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        TurnstileOptions gate = TurnstileOptions.defaults().withListeners(TurnstileMetrics.timers(registry, "demo"));
        try (SynchronizedPlugin plugin = SynchronizedPlugin.load(
                TestPlugins.demo(),
                PluginConfig.defaults(),
                PluginOptions.defaults().withGate(gate))) {
            TurnstileMetrics.of(plugin, "demo").bindTo(registry);
            System.out.println(plugin.call("echo", new Say("hello"), Echo.class));
            System.out.println("completed "
                    + registry.get("turnstile.calls")
                            .tag("outcome", "completed")
                            .functionCounter()
                            .count());
            System.out.println(
                    "restarts " + registry.get("turnstile.restarts").counter().count());
        }
    }
}
