package dev.turnstile;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** A point in time of a {@link TimeSource}, or never. */
final class Deadline {
    static final Deadline NEVER = new Deadline(TimeSource.system(), 0, Duration.ZERO);

    /** Longer limits are cut to this: about 146 years, and safe to add to any {@code nanoTime}. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private final TimeSource time;
    private final long at;

    /** How far ahead it was when it was set. */
    private final Duration limit;

    private Deadline(TimeSource time, long at, Duration limit) {
        this.time = time;
        this.at = at;
        this.limit = limit;
    }

    /** Returns the deadline that lies {@code limit} ahead in the system's time. */
    static Deadline after(Duration limit) {
        return after(limit, TimeSource.system());
    }

    /** Returns the deadline that lies {@code limit} ahead; a limit of zero or less has passed already. */
    static Deadline after(Duration limit, TimeSource time) {
        return new Deadline(time, time.nanoTime() + nanos(limit), limit);
    }

    /** Returns the length in nanoseconds, cut to what can be added to any {@code nanoTime}; never negative. */
    static long nanos(Duration limit) {
        if (Objects.requireNonNull(limit, "limit").isNegative()) {
            return 0;
        }
        return limit.compareTo(Duration.ofNanos(LONGEST_NANOS)) < 0 ? limit.toNanos() : LONGEST_NANOS;
    }

    /** Returns the deadline that is as far away in another time as this one is now. */
    Deadline in(TimeSource other) {
        return this == NEVER || time.equals(other)
                ? this
                : new Deadline(other, other.nanoTime() + remainingNanos(), limit);
    }

    /** Says whether the system's own timers keep it. */
    boolean isInSystemTime() {
        return SystemTime.INSTANCE.equals(time);
    }

    /** Returns the point by {@link System#nanoTime}, for a deadline in the system's time; 0 for never. */
    long systemNanos() {
        return this == NEVER ? 0 : at == 0 ? 1 : at;
    }

    boolean hasPassed() {
        return this != NEVER && remainingNanos() <= 0;
    }

    /** As {@link #hasPassed}, for the gate's own threads: {@code false} if the time source throws. */
    boolean hasSurelyPassed() {
        try {
            return hasPassed();
        } catch (Throwable unknown) {
            return false;
        }
    }

    Deadline orEarlier(Deadline other) {
        return remainingNanos() <= other.remainingNanos() ? this : other;
    }

    /** Parks the current thread until it is unparked, interrupted, or this deadline has passed. */
    void park(Object blocker) {
        if (this == NEVER) {
            LockSupport.park(blocker);
        } else {
            time.parkUntil(blocker, at);
        }
    }

    /** Waits until the latch is open; {@code false} if this deadline has passed first. */
    boolean await(CountDownLatch latch) throws InterruptedException {
        if (this == NEVER) {
            latch.await();
            return true;
        }
        return time.await(latch, at);
    }

    long remainingNanos() {
        return this == NEVER ? Long.MAX_VALUE : at - time.nanoTime();
    }

    /** Returns the limit as it was set. */
    @Override
    public String toString() {
        return this == NEVER ? "none" : limit.toString();
    }
}
