package dev.turnstile;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The attempts to replace what was lost at one {@link Station}, and how many are left. Used by whoever works there, and by those on their way, who may
 * learn late that they are not needed any more.
 */
final class Restarts {
    private final RestartPolicy policy;
    private final TimeSource time;
    private final ArrayDeque<Long> attempts = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private int inARow;

    Restarts(RestartPolicy policy, TimeSource time) {
        this.policy = policy;
        this.time = time;
    }

    boolean areLeft() {
        lock.lock();
        try {
            Long first;
            while ((first = attempts.peekFirst()) != null
                    && time.nanoTime() - first >= Deadline.nanos(policy.within())) {
                attempts.removeFirst();
            }
            return attempts.size() < policy.budget();
        } finally {
            lock.unlock();
        }
    }

    /** Uses an attempt up; returns when it is to be made. */
    Deadline next() {
        lock.lock();
        try {
            attempts.addLast(time.nanoTime());
            inARow++;
            Duration delay = policy.delayBefore(inARow);
            return Deadline.after(delay, time);
        } finally {
            lock.unlock();
        }
    }

    /** The resource has run a call, and was not lost by it. */
    void worked() {
        lock.lock();
        try {
            inARow = 0;
        } finally {
            lock.unlock();
        }
    }
}
