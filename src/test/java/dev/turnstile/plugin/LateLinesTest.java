package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.Eventually;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** A line that comes when its instance has ended reaches the listener, as long as the application has that. */
class LateLinesTest {
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final PluginLogListener listener = line -> heard.add(line.message());

    private static PluginLogLine line(String message) {
        return PluginLogLine.of(LogLevel.INFO, "late", message);
    }

    /** Makes what only the library keeps when an instance has ended. */
    private LogRelay ended(List<WeakReference<LogDelivery>> deliveries) {
        LogDelivery delivery = new LogDelivery(listener);
        deliveries.add(new WeakReference<>(delivery));
        LogRelay relay = new LogRelay(delivery);
        relay.offer(line("in time"), null);
        relay.end();
        return relay;
    }

    @Test
    void lateLine_whenNothingButTheListenerIsLeft_reachesIt() {
        List<WeakReference<LogDelivery>> deliveries = new ArrayList<>();
        LogRelay relay = ended(deliveries);
        assertEquals("in time", Eventually.next("in time", heard));
        Eventually.isTrue("the delivery has gone", () -> {
            System.gc();
            return deliveries.getFirst().get() == null;
        });

        relay.offer(line("late"), null);
        relay.offer(line("later"), null);

        assertEquals("late", Eventually.next("late", heard));
        assertEquals("later", Eventually.next("later", heard));
    }
}
