package dev.turnstile.plugin;

import dev.turnstile.internal.Relay;
import dev.turnstile.internal.SafeLog;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Carries log lines from the thread that logged them to the listener, which runs elsewhere; keeps those of a start or a shutdown. */
final class LogRelay extends Relay<PluginLogLine> {
    private static final int MOST_KEPT = 100;
    private static final SafeLog log = new SafeLog(LogRelay.class);

    private final PluginLogListener listener;
    private volatile @Nullable LastLines record = new LastLines();

    LogRelay(PluginLogListener listener) {
        super("turnstile-plugin-log");
        this.listener = listener;
    }

    @Override
    public void offer(PluginLogLine line, @Nullable Map<String, String> context) {
        LastLines current = record;
        if (current != null) {
            current.add(line);
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

    /** Keeps what is logged from here on. */
    void beginRecord() {
        record = new LastLines();
    }

    /** Returns what was logged since the record began, at first since the relay was made; and stops keeping it. */
    List<PluginLogLine> endRecord() {
        LastLines ended = record;
        record = null;
        return ended == null ? List.of() : ended.lines();
    }

    /** The last lines, from any thread. */
    private static final class LastLines {
        private final ReentrantLock lock = new ReentrantLock();
        private final ArrayDeque<PluginLogLine> lines = new ArrayDeque<>();

        void add(PluginLogLine line) {
            lock.lock();
            try {
                if (lines.size() == MOST_KEPT) {
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
