package dev.turnstile;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A point in time by {@link System#nanoTime()}, or never. */
final class Deadline {
    static final Deadline NEVER = new Deadline(0);

    /** Longer limits are cut to this: about 146 years, and safe to add to any {@code nanoTime}. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private final long at;

    private Deadline(long at) {
        this.at = at;
    }

    /** Returns the deadline that lies {@code limit} ahead; a limit of zero or less has passed already. */
    static Deadline after(Duration limit) {
        return new Deadline(System.nanoTime() + nanos(limit));
    }

    /** Returns the length in nanoseconds, cut to what can be added to any {@code nanoTime}; never negative. */
    static long nanos(Duration limit) {
        if (limit.isNegative()) {
            return 0;
        }
        return limit.compareTo(Duration.ofNanos(LONGEST_NANOS)) < 0 ? limit.toNanos() : LONGEST_NANOS;
    }

    boolean hasPassed() {
        return this != NEVER && remainingNanos() <= 0;
    }

    Deadline orEarlier(Deadline other) {
        return remainingNanos() <= other.remainingNanos() ? this : other;
    }

    /** Parks the current thread until it is unparked, interrupted, or this deadline has passed. */
    void park(Object blocker) {
        if (this == NEVER) {
            LockSupport.park(blocker);
        } else {
            LockSupport.parkNanos(blocker, remainingNanos());
        }
    }

    private long remainingNanos() {
        return this == NEVER ? Long.MAX_VALUE : at - System.nanoTime();
    }
}
