package dev.turnstile.flink;

import dev.turnstile.InstanceState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.GuardedPlugin;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What a plugin counts anyway, as gauges: calls cost nothing more. A shared plugin shows the same to all who share it. */
final class PluginGauges {
    static final String GROUP = "turnstile";

    private PluginGauges() {}

    static void add(MetricGroup group, GuardedPlugin plugin) {
        add(group, plugin, "capacity", TurnstileStats::capacity);
        add(group, plugin, "pending", TurnstileStats::pending);
        add(group, plugin, "waiting", TurnstileStats::waiting);
        add(group, plugin, "running", TurnstileStats::running);
        add(group, plugin, "completed", TurnstileStats::completed);
        add(group, plugin, "failed", TurnstileStats::failed);
        add(group, plugin, "cancelled", TurnstileStats::cancelled);
        add(group, plugin, "expired", TurnstileStats::expired);
        add(group, plugin, "refused", TurnstileStats::refused);
        add(group, plugin, "oldestWaitMs", stats -> stats.times().oldestWait().toMillis());
        add(group, plugin, "inFlightMs", stats -> stats.times().inFlight().toMillis());
        Gauge<Long> serving = () -> plugin.instances().stream()
                .filter(instance -> instance.state() == InstanceState.SERVING)
                .count();
        var unused = group.gauge("instancesServing", serving);
    }

    private static void add(
            MetricGroup group, GuardedPlugin plugin, String name, ToLongFunction<TurnstileStats> value) {
        Gauge<Long> gauge = () -> value.applyAsLong(plugin.stats());
        var unused = group.gauge(name, gauge);
    }
}
