package dev.turnstile.bench.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Virtual threads that call again and again while something happens to what they call. Whatever becomes of a call is counted; where {@link
 * ClosedLoop} asks how fast, this asks whether all had their answer.
 */
final class Crowd {
    /** Nobody waits that long for an answer unless it never comes. */
    static final Duration LOST_AFTER = Duration.ofSeconds(30);

    private final Attempt attempt;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch answeredOnce;
    private final Histogram waits = new ConcurrentHistogram(ClosedLoop.LONGEST_NANOS, 3);
    private final LongAdder made = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private volatile boolean stopped;

    private Crowd(int count, Attempt attempt) {
        this.attempt = attempt;
        this.answeredOnce = new CountDownLatch(count);
    }

    @FunctionalInterface
    interface Attempt {
        /**
         * Makes a call and waits for its answer.
         *
         * @param caller who makes it, from 0 on
         * @throws TimeoutException if there is none for {@link #LOST_AFTER}
         * @throws Exception if the call failed or the answer is wrong
         */
        void make(int caller) throws Exception;
    }

    /** Begins, and returns when everybody's first call has ended. */
    static Crowd start(int count, Attempt attempt) throws InterruptedException {
        Crowd crowd = new Crowd(count, attempt);
        for (int i = 0; i < count; i++) {
            int caller = i;
            crowd.threads.add(Thread.startVirtualThread(() -> crowd.call(caller)));
        }
        crowd.answeredOnce.await();
        return crowd;
    }

    private void call(int caller) {
        boolean first = true;
        do {
            made.increment();
            long start = System.nanoTime();
            try {
                attempt.make(caller);
                waits.recordValue(System.nanoTime() - start);
            } catch (TimeoutException never) {
                lost.increment();
            } catch (Throwable thrown) {
                if (failed.intValue() == 0) {
                    System.err.println("A call failed: " + thrown);
                }
                failed.increment();
            }
            if (first) {
                answeredOnce.countDown();
                first = false;
            }
        } while (!stopped);
    }

    /** Has everybody make no more calls, and waits until those under way have ended. */
    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    long made() {
        return made.sum();
    }

    long failed() {
        return failed.sum();
    }

    long lost() {
        return lost.sum();
    }

    long longestWaitNanos() {
        return waits.getMaxValue();
    }
}
