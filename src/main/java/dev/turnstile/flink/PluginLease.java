package dev.turnstile.flink;

import dev.turnstile.CloseReport;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginOptions;
import java.io.IOException;
import java.time.Duration;

/** The use of a plugin by one subtask: it is closed with it, or given back to those that share it. */
final class PluginLease implements AutoCloseable {
    private static final SafeLog log = new SafeLog(PluginLease.class);

    private final GuardedPlugin plugin;
    private final PluginOptions options;
    private final Runnable end;

    PluginLease(GuardedPlugin plugin, PluginOptions options, Runnable end) {
        this.plugin = plugin;
        this.options = options;
        this.end = end;
    }

    /** Opens the plugin, or takes the one that others have opened. */
    static PluginLease take(PluginDescription description, ClassLoader job) throws IOException, InterruptedException {
        PluginOptions options = description.optionsMade();
        if (description.shared().isPresent()) {
            return SharedPlugins.OF_PROCESS.take(description, options, job);
        }
        GuardedPlugin plugin = PluginOpening.open(description, options, job);
        return new PluginLease(
                plugin, options, () -> closePlugin(plugin, options.gate().closeLimit()));
    }

    GuardedPlugin plugin() {
        return plugin;
    }

    /** The settings that this subtask asks for; its mapper is one of the job's, also if another job has opened the plugin. */
    PluginOptions options() {
        return options;
    }

    @Override
    public void close() {
        end.run();
    }

    static void closePlugin(GuardedPlugin plugin, Duration limit) {
        CloseReport report = plugin.close(limit);
        log.info(
                "Closed after {} ms: {} calls completed in all, {} drained at last, {} refused, {} still running,"
                        + " plugin shut down: {}",
                report.elapsed().toMillis(),
                plugin.stats().completed(),
                report.drained(),
                report.refused(),
                report.abandoned(),
                report.resourceClosed());
    }
}
