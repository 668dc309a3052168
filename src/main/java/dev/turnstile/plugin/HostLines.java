package dev.turnstile.plugin;

import dev.turnstile.process.HostLog;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hands on what a plugin logs in its process, and keeps the last lines, for the case that it crashes. */
final class HostLines implements HostLog {
    /** Of a plugin that worked, the last few matter. */
    private static final int FEW = 10;

    private final LogDelivery delivery;
    private volatile LastLines last = new LastLines();

    /** The context of the call that runs. */
    private volatile @Nullable Map<String, String> context;

    HostLines(LogDelivery delivery) {
        this.delivery = delivery;
    }

    /** A call begins, in this context. */
    void begin(@Nullable Map<String, String> callersContext) {
        if (callersContext != null) {
            context = callersContext;
        }
    }

    void end() {
        if (context != null) {
            context = null;
        }
    }

    @Override
    public void line(int level, String target, String message, @Nullable String tag) {
        PluginLogLine line = new PluginLogLine(LogLevel.ofLine(level), target, message, tag);
        last.add(line);
        delivery.offer(line, context);
    }

    /** What was logged until now is of no interest for what follows. */
    void forget() {
        last = new LastLines();
    }

    /** Returns the last lines, in order. */
    List<PluginLogLine> last() {
        return last.lines();
    }

    /** The same, but only a few. */
    List<PluginLogLine> lastFew() {
        List<PluginLogLine> all = last();
        return all.subList(Math.max(0, all.size() - FEW), all.size());
    }
}
