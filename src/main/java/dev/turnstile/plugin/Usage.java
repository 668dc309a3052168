package dev.turnstile.plugin;

import dev.turnstile.internal.ProcessMemory;
import java.util.concurrent.TimeUnit;

/** How much a process was used, and whether that is enough for a fresh one to take over. For the worker alone. */
final class Usage {
    /** How often memory is measured at the most: reading a file of the system takes as long as a call. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final long mostCalls;
    private final long mostMemory;
    private final long pid;
    private long calls;
    private boolean isMeasured;
    private long measuredAt;

    Usage(Isolation isolation, long pid) {
        this.mostCalls = isolation.recycleAfterCalls().orElse(Long.MAX_VALUE);
        this.mostMemory = isolation.recycleAboveMemory().orElse(Long.MAX_VALUE);
        this.pid = pid;
    }

    void called() {
        calls++;
    }

    boolean isTooMuch() {
        return calls >= mostCalls || (mostMemory < Long.MAX_VALUE && hasTooMuchMemory());
    }

    private boolean hasTooMuchMemory() {
        long now = System.nanoTime();
        if (isMeasured && now - measuredAt < PAUSE_NANOS) {
            return false;
        }
        isMeasured = true;
        measuredAt = now;
        return ProcessMemory.residentBytes(pid).orElse(0) > mostMemory;
    }
}
