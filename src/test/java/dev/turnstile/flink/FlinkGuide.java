package dev.turnstile.flink;

import dev.turnstile.RestartPolicy;
import dev.turnstile.plugin.Isolation;
import java.time.Duration;

/** Snippets of the guide that are in no other file. */
final class FlinkGuide {
    static PluginDescription isolated(PluginDescription plugin) {
        PluginDescription isolated = plugin.withOptions(options -> options.withIsolation(Isolation.process()
                        .withKillAfter(Duration.ofSeconds(10))
                        .withSpareProcess(true))
                .withGate(options.gate().withRestarts(RestartPolicy.limited(100, Duration.ofMinutes(1)))));
        return isolated;
    }

    private FlinkGuide() {}
}
