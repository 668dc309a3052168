package dev.turnstile.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A time that a test moves wakes whom it should, and forgets nobody, however the threads meet. */
@Tag("slow")
class VirtualTimeTest {
    /** So often that a gap of a few instructions, made on purpose, was hit each time. */
    private static final int MEETINGS = 50_000;

    private static final int SLEEPERS = 2;

    private final VirtualTime time = new VirtualTime();

    /** Parks until the time has come, and returns what the time is then. */
    private Caller<Long> sleeper(long until) {
        return Caller.start(() -> {
            while (time.nanoTime() < until) {
                time.parkUntil(this, until);
            }
            return time.nanoTime();
        });
    }

    private static Duration nanos(long nanos) {
        return Duration.ofNanos(nanos);
    }

    @Test
    void advance_wakesThoseWhoseTimeHasCome() throws Exception {
        Caller<Long> first = sleeper(10);
        Caller<Long> second = sleeper(20);
        time.awaitParked(2);

        time.advance(nanos(9));
        assertEquals("VirtualTime[PT0.000000009S, 2 threads wait]", time.toString());
        time.advance(nanos(1));
        assertEquals(10, first.result());
        assertFalse(second.isDone());
        time.advance(nanos(11));
        assertEquals(21, second.result());
        assertEquals("VirtualTime[PT0.000000021S, 0 threads wait]", time.toString());
    }

    @Test
    void parkUntil_aTimeThatHasCome_returnsAtOnce() {
        time.advance(nanos(5));
        Caller<String> caller = Caller.start(() -> {
            time.parkUntil(this, 5);
            time.parkUntil(this, 4);
            return "back";
        });
        assertEquals("back", caller.result());
    }

    @Test
    void parkUntil_ofAnInterruptedThread_returnsAtOnceAndKeepsTheInterrupt() {
        Caller<Boolean> caller = Caller.start(() -> {
            Thread.currentThread().interrupt();
            time.parkUntil(this, 1);
            return Thread.interrupted();
        });
        assertTrue(caller.result());
    }

    @Test
    void advance_backward_isRefused() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> time.advance(nanos(-1)));
        assertEquals("Time does not run backward: by is PT-0.000000001S, but must be 0 or more", refused.getMessage());
        assertEquals(0, time.nanoTime());
    }

    // ---- nobody is forgotten ----

    /** Whoever looks at the time before it is there to be woken sleeps for good. */
    @Test
    void advance_justWhenAThreadParks_isNotMissed() throws Exception {
        meet(() -> {});
    }

    /** The same of those who look for sleepers. */
    @Test
    void awaitParked_justWhenAThreadParks_doesNotMissIt() throws Exception {
        meet(() -> time.awaitParked(SLEEPERS));
    }

    private void meet(Meeting first) throws Exception {
        AtomicLong woken = new AtomicLong();
        List<Caller<String>> sleepers = new ArrayList<>();
        for (int s = 0; s < SLEEPERS; s++) {
            int offset = s;
            sleepers.add(Caller.start(() -> {
                for (long until = 1; until <= MEETINGS; until++) {
                    while (time.nanoTime() < until) {
                        time.parkUntil(this, until);
                    }
                    woken.incrementAndGet();
                    for (long n = (until + offset) % 64; n > 0; n--) {
                        Thread.onSpinWait(); // each time it parks a little later
                    }
                }
                return "awake";
            }));
        }
        for (int i = 0; i < MEETINGS; i++) {
            long times = (long) i * SLEEPERS;
            Eventually.isTrue(() -> "woken " + times + " times: " + time, () -> woken.get() == times);
            first.run();
            time.advance(nanos(1));
        }
        for (Caller<String> sleeper : sleepers) {
            assertEquals("awake", sleeper.result());
        }
    }

    private interface Meeting {
        void run() throws InterruptedException;
    }

    /** If it waited for a lock on its way to park, while others have that, it would use the unpark up. */
    @Test
    void unpark_justWhenAThreadParks_isNotLost() throws Exception {
        AtomicLong told = new AtomicLong();
        AtomicLong heard = new AtomicLong();
        Runnable passing = () -> {
            while (told.get() < MEETINGS) {
                time.parkUntil(this, 0);
            }
        };
        List<Thread> others = List.of(
                Thread.ofPlatform().daemon().start(passing),
                Thread.ofPlatform().daemon().start(passing));
        Thread sleeper = Thread.ofPlatform().daemon().start(() -> {
            for (long n = 1; n <= MEETINGS; n++) {
                while (told.get() < n) {
                    time.parkUntil(this, 1);
                }
                heard.set(n);
            }
        });
        for (long n = 1; n <= MEETINGS; n++) {
            long times = n;
            told.set(n);
            LockSupport.unpark(sleeper);
            Eventually.isTrue(() -> "told " + times + " times", () -> heard.get() == times);
        }
        sleeper.join();
        for (Thread other : others) {
            other.join();
        }
    }

    // ---- a latch ----

    @Test
    void await_ofALatchThatIsOpened_saysSo() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        Caller<Boolean> waiting = Caller.start(() -> time.await(latch, 1));
        time.awaitParked(1);
        latch.countDown();
        assertTrue(waiting.result());
        assertEquals("VirtualTime[PT0S, 0 threads wait]", time.toString());
        assertTrue(time.await(latch, 0), "also where the time has come");
    }

    @Test
    void await_whoseTimeComesFirst_saysSo() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        Caller<Boolean> waiting = Caller.start(() -> time.await(latch, 1));
        time.awaitParked(1);
        time.advance(nanos(1));
        assertFalse(waiting.result());
        latch.countDown();
    }

    @Test
    void await_byAThreadThatIsInterrupted_throws() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        Caller<Boolean> waiting = Caller.start(() -> time.await(latch, 1));
        time.awaitParked(1);
        waiting.interrupt();
        assertInstanceOf(InterruptedException.class, waiting.failure());
        latch.countDown();
    }

    @Test
    void awaitParked_byAThreadThatIsInterrupted_throws() {
        Caller<String> observer = Caller.start(() -> {
            Thread.currentThread().interrupt();
            time.awaitParked(1);
            return "seen";
        });
        assertInstanceOf(InterruptedException.class, observer.failure());
    }
}
