package dev.turnstile.plugin;

import dev.turnstile.internal.CarriedContext;
import dev.turnstile.process.HostLog;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands on what a plugin logs in its process, and keeps the last lines, for the case that it crashes.
 *
 * <p>A call that was handed over before its turn may log before its turn has come. Its lines, and all after them, wait for that: then its context is known.
 */
final class HostLines implements HostLog {
    /** Of a plugin that worked, the last few matter. */
    private static final int FEW = 10;

    /** More lines go without a context. */
    private static final int MOST_EARLY = 1000;

    private final LogDelivery delivery;
    private volatile LastLines last = new LastLines();

    /** Guards the rest. */
    private final ReentrantLock lock = new ReentrantLock();

    private final ArrayDeque<Early> early = new ArrayDeque<>();

    /** The number of the call whose turn it is, or was last, and its context while it is. */
    private int current;

    private volatile @Nullable CarriedContext context;

    private record Early(int call, PluginLogLine line) {}

    HostLines(LogDelivery delivery) {
        this.delivery = delivery;
    }

    /** It is the turn of a call. */
    void begin(int call, @Nullable CarriedContext callersContext) {
        lock.lock();
        try {
            current = call;
            context = callersContext;
            while (!early.isEmpty() && !isEarly(early.getFirst().call)) {
                Early first = early.removeFirst();
                deliver(first.call, first.line);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Its turn is over. */
    void end() {
        if (context == null) {
            return;
        }
        lock.lock();
        try {
            context = null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void line(int call, int level, String target, String message, @Nullable String tag) {
        PluginLogLine line = new PluginLogLine(LogLevel.ofLine(level), target, message, tag);
        last.add(line);
        lock.lock();
        try {
            boolean isToWait = !early.isEmpty() || isEarly(call);
            if (isToWait && early.size() < MOST_EARLY) {
                early.addLast(new Early(call, line));
            } else {
                deliverEarly();
                deliver(call, line);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The plugin has ended: there will be no turns. */
    void deliverRest() {
        lock.lock();
        try {
            deliverEarly();
        } finally {
            lock.unlock();
        }
    }

    private boolean isEarly(int call) {
        return call != 0 && call - current > 0;
    }

    private void deliverEarly() {
        for (Early one : early) {
            deliver(one.call, one.line);
        }
        early.clear();
    }

    private void deliver(int call, PluginLogLine line) {
        delivery.offer(line, call == current ? context : null);
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
