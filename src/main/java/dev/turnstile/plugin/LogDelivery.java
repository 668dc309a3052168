package dev.turnstile.plugin;

import dev.turnstile.internal.Relay;
import dev.turnstile.internal.SafeLog;
import java.util.Objects;
import org.slf4j.MDC;

/** Delivers log lines to a listener, which runs elsewhere. All instances of a plugin share one, so that the listener gets one line at a time. */
class LogDelivery extends Relay<PluginLogLine> {
    private static final SafeLog log = new SafeLog(LogDelivery.class);

    private final PluginLogListener listener;

    LogDelivery(PluginLogListener listener) {
        super("turnstile-plugin-log");
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    PluginLogListener listener() {
        return listener;
    }

    @Override
    protected void receive(PluginLogLine line) {
        if (line.tag() != null) {
            MDC.put(PluginLogListener.TAG, line.tag());
        }
        listener.onLine(line);
    }

    @Override
    protected void threw(PluginLogLine line, Throwable thrown) {
        log.error("The log listener {} threw on {}", listener, line, thrown);
    }

    @Override
    protected void dropped(long count) {
        log.warn("{} log lines of a plugin were dropped: they came faster than the listener took them", count);
    }
}
