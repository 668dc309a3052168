package dev.turnstile.cli;

import dev.turnstile.plugin.PluginLogLine;
import dev.turnstile.plugin.PluginLogListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Prints what the plugin logs. Lines are held back until it has started: if it does not start, the error message has them. Lines come a
 * little later than they are logged, so the last ones must be waited for.
 */
final class PluginLogPrinter implements PluginLogListener {
    private final Terminal terminal;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final List<PluginLogLine> kept = new ArrayList<>();
    private boolean started;

    PluginLogPrinter(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void onLine(PluginLogLine line) {
        lock.lock();
        try {
            if (started) {
                print(line);
            } else {
                kept.add(line);
            }
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void pluginStarted() {
        lock.lock();
        try {
            started = true;
            kept.forEach(this::print);
            kept.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no line has come for a moment; not for ever, since some thread of the plugin may go on logging. */
    void awaitQuiet() throws InterruptedException {
        lock.lock();
        try {
            for (int lines = 0; lines < 10_000; lines++) {
                if (!arrived.await(20, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void print(PluginLogLine line) {
        terminal.message(line.level() + " " + line.target() + ": " + line.message());
    }
}
