package dev.turnstile.plugin;

import dev.turnstile.internal.Relay;
import dev.turnstile.internal.SafeLog;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Carries log lines from the thread that logged them to the listener, which runs elsewhere; keeps those of a start. */
final class LogRelay extends Relay<PluginLogLine> {
    private static final int KEPT_WHILE_STARTING = 100;
    private static final SafeLog log = new SafeLog(LogRelay.class);

    private final PluginLogListener listener;
    private volatile @Nullable StartRecord startRecord = new StartRecord();

    LogRelay(PluginLogListener listener) {
        super("turnstile-plugin-log");
        this.listener = listener;
    }

    @Override
    public void offer(PluginLogLine line, @Nullable Map<String, String> context) {
        StartRecord record = startRecord;
        if (record != null) {
            record.add(line);
        }
        super.offer(line, context);
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

    /** Returns what was logged while the plugin started, and stops keeping it. */
    List<PluginLogLine> endStart() {
        StartRecord record = startRecord;
        startRecord = null;
        return record == null ? List.of() : record.lines();
    }

    /** The last lines of a start, from any thread. */
    private static final class StartRecord {
        private final ReentrantLock lock = new ReentrantLock();
        private final ArrayDeque<PluginLogLine> lines = new ArrayDeque<>();

        void add(PluginLogLine line) {
            lock.lock();
            try {
                if (lines.size() == KEPT_WHILE_STARTING) {
                    lines.removeFirst();
                }
                lines.addLast(line);
            } finally {
                lock.unlock();
            }
        }

        List<PluginLogLine> lines() {
            lock.lock();
            try {
                return List.copyOf(lines);
            } finally {
                lock.unlock();
            }
        }
    }
}
