package dev.turnstile.bench.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Virtual threads that call again as soon as they have their answer. Each answer is checked. Some of the calls are timed, each
 * call with the same chance whoever makes it; those that are under way at the window's end are among them, or a caller that
 * starves would not be seen.
 */
final class ClosedLoop {
    private static final int ALL_TIMED_UP_TO = 16;
    private static final int TIMED_ONE_IN = 8;

    private static final Duration TIME_FOR_TURNS = Duration.ofNanos(8_000);
    private static final Duration LONGEST_START = Duration.ofSeconds(20);
    private static final Duration LONGEST_FIRST_TURN = Duration.ofSeconds(3);

    /** That a histogram can hold: an hour. */
    static final long LONGEST_NANOS = 3_600_000_000_000L;

    private final Entrance entrance;
    private final int timedOneIn;
    private final List<Caller> callers = new ArrayList<>();
    private final CountDownLatch begun;
    private final CountDownLatch answeredOnce;
    private final CountDownLatch failed = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** Written by many; {@code null} while nothing is to be timed. */
    private volatile Histogram latency;

    private volatile boolean stopped;

    ClosedLoop(Entrance entrance, int count) {
        this(entrance, count, Question::ofCaller);
    }

    ClosedLoop(Entrance entrance, int count, IntFunction<Question> questionOfCaller) {
        this.entrance = entrance;
        this.timedOneIn = count <= ALL_TIMED_UP_TO ? 1 : TIMED_ONE_IN;
        this.begun = new CountDownLatch(count);
        this.answeredOnce = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            callers.add(new Caller(i, questionOfCaller.apply(i)));
        }
    }

    /**
     * Starts the callers, lets them run, looks at them for a window, stops them and waits for the last one. Where the callers
     * are many the window is long enough for several turns of each.
     *
     * @throws IllegalStateException if a call failed or had a wrong answer
     */
    Window run(Duration settle, Duration window) throws InterruptedException {
        Duration turns = TIME_FOR_TURNS.multipliedBy(callers.size());
        List<Thread> threads = new ArrayList<>(callers.size());
        callers.forEach(caller -> threads.add(Thread.startVirtualThread(caller)));
        // With many callers the first answers come from a cold start; whoever starves has none for long.
        // Virtual threads that never wait keep their carriers, and the others cannot begin.
        begun.await(LONGEST_START.toNanos(), TimeUnit.NANOSECONDS);
        answeredOnce.await(LONGEST_FIRST_TURN.toNanos(), TimeUnit.NANOSECONDS);
        pass(settle);
        Histogram timed = new ConcurrentHistogram(LONGEST_NANOS, 3);
        latency = timed;
        Costs before = Costs.soFar();
        long callsBefore = calls();
        pass(window.compareTo(turns) < 0 ? turns : window);
        Costs costs = Costs.soFar().minus(before);
        long calls = calls() - callsBefore;
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("A call failed", failure.get());
        }
        return new Window(calls, costs, timed);
    }

    /** Lets the time pass, unless a call fails. */
    private void pass(Duration time) throws InterruptedException {
        failed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private long calls() {
        long sum = 0;
        for (Caller caller : callers) {
            sum += caller.calls.getOpaque();
        }
        return sum;
    }

    private final class Caller implements Runnable {
        private final Question question;
        private int untilTimed;

        /** Read by the thread that measures, which may see it a little late. */
        private final AtomicLong calls = new AtomicLong();

        Caller(int number, Question question) {
            this.question = question;
            this.untilTimed = number % timedOneIn;
        }

        @Override
        public void run() {
            begun.countDown();
            try {
                question.ask(entrance);
                answered();
                answeredOnce.countDown();
                while (!stopped) {
                    call();
                }
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
                failed.countDown();
                stopped = true;
                while (answeredOnce.getCount() > 0) {
                    answeredOnce.countDown(); // nobody is to wait for an answer
                }
            }
        }

        private void call() throws Exception {
            if (untilTimed > 0) {
                untilTimed--;
                question.ask(entrance);
            } else {
                untilTimed = timedOneIn - 1;
                long start = System.nanoTime();
                question.ask(entrance);
                long nanos = System.nanoTime() - start;
                Histogram timed = latency;
                if (timed != null) {
                    timed.recordValue(nanos);
                }
            }
            answered();
        }

        private void answered() {
            calls.setOpaque(calls.getPlain() + 1);
        }
    }
}
