package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Recursion;
import dev.turnstile.testing.Uninterruptibly;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is planned is done when its time has come, on one thread that nothing stops, and nothing stays that was cancelled. */
class SharedTimerTest {
    private static final long DAY = Duration.ofDays(1).toNanos();
    private static final long SOON = Duration.ofMillis(5).toNanos();

    private final SharedTimer timer = new SharedTimer();
    private final LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();

    /** Keeps the timer's thread busy until the latch is opened: what is planned meanwhile is all planned before any of it is done. */
    private CountDownLatch hold() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        timer.plan(
                () -> {
                    held.countDown();
                    Uninterruptibly.await(release);
                },
                0);
        held.await();
        return release;
    }

    @Test
    void tasks_areDoneInTheOrderOfTheirTimes_onOneDaemonThread() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        CountDownLatch release = hold();
        timer.plan(() -> done.add("last"), SOON);
        timer.plan(() -> thread.complete(Thread.currentThread()), 0);
        timer.plan(() -> done.add("second"), -DAY);
        timer.plan(() -> done.add("first"), -2 * DAY);
        release.countDown();

        assertEquals("first", Eventually.next("first", done));
        assertEquals("second", Eventually.next("second", done));
        assertEquals("last", Eventually.next("last", done));
        assertEquals(0, timer.planned());
        assertTrue(thread.join().isDaemon());
        assertFalse(thread.join().isVirtual());
        assertEquals("turnstile-timer", thread.join().getName());
    }

    /** It sleeps for the later one. */
    @Test
    void taskThatIsDueBeforeTheOthers_wakesTheThread() {
        SharedTimer.Task later = timer.plan(() -> done.add("later"), DAY);
        timer.plan(() -> done.add("earlier"), SOON);

        assertEquals("earlier", Eventually.next("earlier", done));
        assertEquals(1, timer.planned());
        later.cancel();
    }

    @Test
    void taskThatIsCancelled_isNeitherDoneNorKept() throws Exception {
        CountDownLatch release = hold();
        SharedTimer.Task cancelled = timer.plan(() -> done.add("cancelled"), 0);
        SharedTimer.Task never = timer.plan(() -> done.add("never"), DAY);
        timer.plan(() -> done.add("after"), SOON);
        cancelled.cancel();
        never.cancel();
        never.cancel();
        release.countDown();

        assertEquals("after", Eventually.next("after", done));
        assertEquals(0, timer.planned());
    }

    /** As gates plan it: they look first whether there is stack enough. */
    @Test
    void task_plannedAtTheEndOfTheStack_isCounted_orNotKept() throws Exception {
        Runnable nothing = () -> {};
        int overflows = 0;
        for (int attempt = 0; attempt < 6; attempt++) {
            SharedTimer.Task[] tasks = new SharedTimer.Task[Recursion.LEVELS];
            int[] next = {0};
            Runnable plan = () -> {
                StackReserve.require();
                tasks[next[0]++] = timer.plan(nothing, DAY);
            };
            overflows += new Recursion(plan).run(attempt);
            List<SharedTimer.Task> kept =
                    Arrays.stream(tasks).filter(Objects::nonNull).toList();
            assertEquals(kept.size(), timer.planned());
            kept.forEach(SharedTimer.Task::cancel);
            assertEquals(0, timer.planned());
        }
        assertTrue(overflows > 0, "the end of the stack was never reached");
    }

    /** Who plans while another one starts the thread, relies on it. */
    @Test
    void task_plannedWhileTheThreadCannotBeStarted_isDoneByAnotherOne() throws Exception {
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        SharedTimer timer = new SharedTimer() {
            private final AtomicInteger made = new AtomicInteger();

            @Override
            Thread unstarted() {
                return made.getAndIncrement() > 0
                        ? super.unstarted()
                        : new Thread() {
                            @Override
                            public void start() {
                                starting.countDown();
                                Uninterruptibly.await(release);
                                throw new OutOfMemoryError("as told");
                            }
                        };
            }
        };
        Caller<SharedTimer.Task> first = Caller.start(() -> timer.plan(() -> done.add("of the first"), 0));
        starting.await();
        Caller<SharedTimer.Task> second = Caller.start(() -> timer.plan(() -> done.add("of the second"), 0));
        Eventually.isTrue("both are planned", () -> timer.planned() == 2);
        release.countDown();

        assertEquals(
                "as told",
                assertInstanceOf(OutOfMemoryError.class, first.failure()).getMessage());
        second.result();
        assertEquals("of the second", Eventually.next("of the second", done));
    }

    @Test
    void taskThatThrows_stopsNobody() {
        timer.plan(
                () -> {
                    throw new StackOverflowError("as told");
                },
                0);
        timer.plan(() -> done.add("next"), SOON);
        assertEquals("next", Eventually.next("next", done));
    }

    /** It would keep the class loader of an application that has closed all its gates. */
    @Test
    void thread_whenNoWorkerIsLeft_endsWithTheLastTask() {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        timer.workerComes();
        timer.plan(() -> thread.complete(Thread.currentThread()), 0);
        SharedTimer.Task cancelled = timer.plan(() -> done.add("cancelled"), DAY);
        SharedTimer.Task last = timer.plan(() -> done.add("last"), DAY);
        Thread timerThread = thread.join();
        timer.workerGone();
        cancelled.cancel();
        assertTrue(timerThread.isAlive());
        last.cancel();
        Eventually.isTrue("the thread ends", () -> !timerThread.isAlive());
    }

    @Test
    void tasks_plannedAndCancelledByMany_areAllDoneOrGone() throws Exception {
        int each = 5_000;
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(4 * each / 2);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.startVirtualThread(() -> {
                for (int i = 0; i < each; i++) {
                    if (i % 2 == 0) {
                        timer.plan(ran::incrementAndGet, DAY).cancel();
                    } else {
                        timer.plan(all::countDown, i % 100 * 1_000L);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertTrue(all.await(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, timer.planned());
        assertEquals(0, ran.get());
    }
}
