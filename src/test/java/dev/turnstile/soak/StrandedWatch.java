package dev.turnstile.soak;

import dev.turnstile.Probe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Looks all the time, and without the gate's lock, for calls that nobody is going to serve. See {@link Probe#stranded}.
 *
 * <p>One look reads several fields one after the other, and what it saw may never have been so at once. But a call stands outside, in the line or
 * among the arrived once, and a look sees before and after the rest that it is there, and that nobody is in the gate's monitor. So a gate that does
 * as it should would have to be in the midst of something, and no further, at each of very many looks, between which others may run.
 */
final class StrandedWatch implements AutoCloseable {
    private static final int LOOKS = 300;
    private static final Duration PACE = Duration.ofNanos(100_000);

    private final Findings findings;
    private final List<Watched> gates = new CopyOnWriteArrayList<>();
    private final Thread thread =
            Thread.ofPlatform().name("soak-watch").daemon().unstarted(this::watch);
    private volatile Runnable also = () -> {};
    private volatile boolean closed;

    /** A gate, and the call that was found last. */
    static final class Watched {
        private final Supplier<Object> look;
        private final Supplier<String> description;
        private Object found;

        private Watched(Supplier<Object> look, Supplier<String> description) {
            this.look = look;
            this.description = description;
        }
    }

    StrandedWatch(Findings findings) {
        this.findings = findings;
    }

    void start() {
        thread.start();
    }

    Watched add(Entrance entrance) {
        Probe probe = entrance.probe();
        return add(probe::stranded, () -> probe + "; " + entrance);
    }

    /**
     * Adds something else than a gate.
     *
     * @param look returns what is stranded, if something is
     */
    Watched add(Supplier<Object> look, Supplier<String> description) {
        Watched watched = new Watched(look, description);
        gates.add(watched);
        return watched;
    }

    void remove(Watched gate) {
        gates.remove(gate);
    }

    /** What the thread does each time besides. */
    void alsoDo(Runnable something) {
        also = something;
    }

    private void watch() {
        while (!closed) {
            gates.forEach(this::look);
            also.run();
            LockSupport.parkNanos(PACE.toNanos());
        }
    }

    void look(Watched gate) {
        Object call = gate.look.get();
        if (call != null && !call.equals(gate.found) && isStill(gate, call)) {
            gate.found = call;
            findings.add(Breach.STRANDED, () -> call + ": " + gate.description.get());
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // lets others run, relies on nothing
    private static boolean isStill(Watched gate, Object call) {
        for (int i = 0; i < LOOKS; i++) {
            Thread.yield();
            if (!call.equals(gate.look.get())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
