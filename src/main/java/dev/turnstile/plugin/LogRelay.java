package dev.turnstile.plugin;

import dev.turnstile.internal.Relay;
import dev.turnstile.internal.SafeLog;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries log lines from the thread that logged them to the listener, which runs elsewhere; keeps those of a start.
 *
 * <p>A library file, which is never unloaded, keeps the relay of its last instance, for lines that come late. So the relay of an instance that has ended
 * does not keep the listener: late lines reach it as long as others have it, such as a gate with the instance's successor. After that they go to SLF4J.
 */
final class LogRelay extends Relay<LogRelay.Addressed> {
    private static final int KEPT_WHILE_STARTING = 100;
    private static final SafeLog log = new SafeLog(LogRelay.class);

    private final WeakReference<PluginLogListener> listener;
    private volatile @Nullable PluginLogListener kept;
    private volatile @Nullable StartRecord startRecord = new StartRecord();

    LogRelay(PluginLogListener listener) {
        super("turnstile-plugin-log");
        this.listener = new WeakReference<>(listener);
        this.kept = listener;
    }

    /** A line on its way. It keeps its listener. */
    record Addressed(PluginLogLine line, PluginLogListener listener) {}

    /** Leaves a line to be delivered, or counts it as dropped if too many wait. Never blocks. */
    void offer(PluginLogLine line, @Nullable Map<String, String> context) {
        StartRecord record = startRecord;
        if (record != null) {
            record.add(line);
        }
        offer(new Addressed(line, receiver()), context);
    }

    private PluginLogListener receiver() {
        PluginLogListener strong = kept;
        PluginLogListener receiver = strong == null ? listener.get() : strong;
        return receiver == null ? PluginLogListener.slf4j() : receiver;
    }

    /** The instance has ended: from now on the listener may go. */
    void end() {
        kept = null;
    }

    @Override
    protected void receive(Addressed element) {
        if (element.line.tag() != null) {
            MDC.put(PluginLogListener.TAG, element.line.tag());
        }
        element.listener.onLine(element.line);
    }

    @Override
    protected void threw(Addressed element, Throwable thrown) {
        log.error("The log listener {} threw on {}", element.listener, element.line, thrown);
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
