package dev.turnstile.plugin;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Carries log lines from the thread that logged them to the listener, which runs elsewhere.
 *
 * <p>The protocol: {@link #offer} never blocks. It puts the line into a bounded queue, or counts it as dropped, and starts a
 * virtual thread if none is delivering. That thread delivers until the queue is empty, then gives up its turn and looks
 * once more, for a line that came in between. So there is at most one delivering thread, and none when all is quiet.
 */
final class LogRelay {
    static final int CAPACITY = 8192;

    private static final int KEPT_WHILE_STARTING = 100;
    private static final Logger log = LoggerFactory.getLogger(LogRelay.class);

    private final PluginLogListener listener;
    private final LinkedBlockingQueue<Entry> entries = new LinkedBlockingQueue<>(CAPACITY);
    private final AtomicBoolean delivering = new AtomicBoolean();
    private final AtomicLong dropped = new AtomicLong();
    private volatile @Nullable StartRecord startRecord = new StartRecord();

    LogRelay(PluginLogListener listener) {
        this.listener = listener;
    }

    void offer(PluginLogLine line, @Nullable Map<String, String> context) {
        StartRecord record = startRecord;
        if (record != null) {
            record.add(line);
        }
        if (!entries.offer(new Entry(line, context))) {
            dropped.incrementAndGet();
        }
        deliverIfNobodyDoes();
    }

    /** Returns what was logged while the plugin started, and stops keeping it. */
    List<PluginLogLine> endStart() {
        StartRecord record = startRecord;
        startRecord = null;
        return record == null ? List.of() : record.lines();
    }

    private void deliverIfNobodyDoes() {
        if (delivering.compareAndSet(false, true)) {
            boolean started = false;
            try {
                // It inherits nothing: some MDCs would hand it the context of the caller whose line starts it.
                Thread.ofVirtual()
                        .name("turnstile-plugin-log")
                        .inheritInheritableThreadLocals(false)
                        .start(this::deliver);
                started = true;
            } finally {
                if (!started) {
                    delivering.set(false);
                }
            }
        }
    }

    private void deliver() {
        do {
            try {
                for (Entry entry = entries.poll(); entry != null; entry = entries.poll()) {
                    deliver(entry);
                }
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    log.warn(
                            "{} log lines of a plugin were dropped: they came faster than the listener took them",
                            lost);
                }
            } finally {
                delivering.set(false);
            }
        } while (!entries.isEmpty() && delivering.compareAndSet(false, true));
    }

    private void deliver(Entry entry) {
        try {
            if (entry.context != null) {
                MDC.setContextMap(entry.context);
            }
            listener.onLine(entry.line);
        } catch (Throwable thrown) {
            log.error("The log listener {} threw on {}", listener, entry.line, thrown);
        } finally {
            MDC.clear();
        }
    }

    private record Entry(PluginLogLine line, @Nullable Map<String, String> context) {}

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
