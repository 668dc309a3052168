package dev.turnstile.soak;

import dev.turnstile.Lane;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * First come, first served: a call that was in the line before another one of its lane began runs first. In constant time per call.
 *
 * <p>One clock counts events. A call is stamped when it begins, and when somebody knows that it is in the line: its submitter
 * who has got the future, or another caller who sees its thread parked on it. The worker keeps, for each lane, the latest beginning of what has
 * run. Whoever runs now, and was in the line before that, was overtaken.
 */
final class OrderCheck {
    private final AtomicLong clock;
    private final Findings findings;
    private final Map<Lane, Long> latestBeginnings = new EnumMap<>(Lane.class);

    /** One for each worker, and one for each key, whose calls run one by one wherever they do; all share the clock. */
    OrderCheck(AtomicLong clock, Findings findings) {
        this.clock = clock;
        this.findings = findings;
    }

    void begins(TrackedCall call) {
        call.begins(clock.incrementAndGet());
    }

    void isInLine(TrackedCall call) {
        if (call.inLineSince() == 0) {
            call.isInLine(clock.incrementAndGet());
        }
    }

    /** The worker runs it now. */
    void runs(TrackedCall call) {
        long since = call.inLineSince();
        long latest = latestBeginnings.getOrDefault(call.route().lane(), 0L);
        if (since != 0 && since < latest) {
            findings.add(
                    Breach.OUT_OF_ORDER,
                    () -> call + " was in the line at " + since + " and runs after one that began at " + latest);
        }
        latestBeginnings.put(call.route().lane(), Math.max(latest, call.began()));
    }
}
