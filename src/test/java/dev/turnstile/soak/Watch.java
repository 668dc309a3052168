package dev.turnstile.soak;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the {@linkplain WatchedPlugin resources} of one gate see together: the order of the calls of each key, which are never two at
 * once whichever resource they run at, and how many resources are open. Without a pool also that no two work at once, and the order of all calls.
 */
final class Watch {
    private final Setup setup;
    private final AtomicLong clock;
    private final AgeingCheck ageing;
    private final Findings findings;
    private final OrderCheck ofAll;
    private final Map<Integer, Key> keys = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private volatile int generation;

    private static final class Key {
        private final AtomicInteger inside = new AtomicInteger();
        private final OrderCheck order;

        Key(OrderCheck order) {
            this.order = order;
        }
    }

    Watch(Setup setup, AtomicLong clock, AgeingCheck ageing, Findings findings) {
        this.setup = setup;
        this.ageing = ageing;
        this.clock = clock;
        this.findings = findings;
        this.ofAll = new OrderCheck(clock, findings);
    }

    Setup setup() {
        return setup;
    }

    AgeingCheck ageing() {
        return ageing;
    }

    Findings findings() {
        return findings;
    }

    // ---- calls ----

    /** The order of the calls that one worker takes. */
    OrderCheck newOrder() {
        return setup.isPool() ? new OrderCheck(clock, findings) : ofAll;
    }

    /** A resource begins a call; {@code order} is that of its worker. */
    void enter(TrackedCall call, OrderCheck order) {
        if (working.getAndIncrement() != 0 && !setup.isPool()) {
            findings.add(Breach.OVERLAPS, () -> call + " came while another resource of the gate was at work");
        }
        if (!setup.isPool() || call.route().key() == null) {
            order.runs(call);
            return;
        }
        Key key = key(call);
        if (key.inside.getAndIncrement() != 0) {
            findings.add(Breach.OVERLAPS, () -> call + " came while another call of its key ran");
        }
        key.order.runs(call);
    }

    void leave(TrackedCall call) {
        if (setup.isPool() && call.route().key() != null) {
            key(call).inside.decrementAndGet();
        }
        working.decrementAndGet();
    }

    private Key key(TrackedCall call) {
        return keys.computeIfAbsent(call.route().key(), key -> new Key(new OrderCheck(clock, findings)));
    }

    // ---- resources ----

    void opens() {
        open.incrementAndGet();
    }

    void closes() {
        open.decrementAndGet();
    }

    int open() {
        return open.get();
    }

    /** All resources that are at work have been replaced by those of this generation or later ones. */
    void swapped(int generation) {
        this.generation = generation;
    }

    int generation() {
        return generation;
    }
}
