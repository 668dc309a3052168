package dev.turnstile;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The attempts to replace a lost resource at one {@link Slot}, and how many are left. Used by the slot's worker and by replacements on their way, which
 * may learn late that they are not needed any more.
 */
final class RestartBudget {
    private final RestartPolicy policy;
    private final TimeSource time;
    private final ArrayDeque<Long> attempts = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private int inARow;

    RestartBudget(RestartPolicy policy, TimeSource time) {
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

    /** The resource has run a call and was not lost by it. */
    void worked() {
        lock.lock();
        try {
            inARow = 0;
        } finally {
            lock.unlock();
        }
    }
}
