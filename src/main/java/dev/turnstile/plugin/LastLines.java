package dev.turnstile.plugin;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** The last lines that a plugin has logged, from any thread. */
final class LastLines {
    private static final int MOST_KEPT = 100;

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

    /** Returns them in order. */
    List<PluginLogLine> lines() {
        lock.lock();
        try {
            return List.copyOf(lines);
        } finally {
            lock.unlock();
        }
    }
}
