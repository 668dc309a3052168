package dev.turnstile.plugin;

import dev.turnstile.internal.CarriedContext;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Hands the log lines of an instance over for delivery; keeps those of its start and its shutdown.
 *
 * <p>A library file, which is never unloaded, keeps the relay of its last instance, for lines that come late. So the relay of an instance that has ended
 * does not keep the listener: late lines reach it as long as others have it, such as the application, or a gate with the instance's successor. After that they go to SLF4J.
 */
final class LogRelay {
    private static final LogDelivery WITHOUT_LISTENER = new LogDelivery(PluginLogListener.slf4j());

    private final WeakReference<PluginLogListener> listener;
    private final AtomicReference<WeakReference<LogDelivery>> delivery;
    private volatile @Nullable LogDelivery kept;
    private volatile @Nullable LastLines record = new LastLines();

    LogRelay(LogDelivery delivery) {
        this.listener = new WeakReference<>(delivery.listener());
        this.delivery = new AtomicReference<>(new WeakReference<>(delivery));
        this.kept = delivery;
    }

    /** Leaves a line to be delivered. Never blocks. */
    void offer(PluginLogLine line, @Nullable CarriedContext context) {
        LastLines current = record;
        if (current != null) {
            current.add(line);
        }
        receiver().offer(line, context);
    }

    private LogDelivery receiver() {
        LogDelivery strong = kept;
        return strong == null ? lateReceiver() : strong;
    }

    /** A delivery that nobody has any more delivers nothing, so the next one does not disturb it. */
    private LogDelivery lateReceiver() {
        while (true) {
            WeakReference<LogDelivery> last = delivery.get();
            LogDelivery found = last.get();
            if (found != null) {
                return found;
            }
            PluginLogListener receiver = listener.get();
            if (receiver == null) {
                return WITHOUT_LISTENER;
            }
            LogDelivery next = new LogDelivery(receiver);
            if (delivery.compareAndSet(last, new WeakReference<>(next))) {
                return next;
            }
        }
    }

    /** The instance has ended: from now on the listener may go. */
    void end() {
        kept = null;
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
}
