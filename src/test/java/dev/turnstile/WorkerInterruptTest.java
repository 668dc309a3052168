package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Code of the user's that leaves the worker's interrupt flag set disturbs neither the next call nor the worker's own waiting. */
class WorkerInterruptTest {
    private static final RestartPolicy RESTARTS =
            RestartPolicy.limited(3, Duration.ofHours(1)).withDelays(Duration.ofHours(1), Duration.ofHours(1));

    @RegisterExtension
    final Audit audit = new Audit();

    private static boolean interruptSelf() {
        Thread.currentThread().interrupt();
        return false;
    }

    private static boolean isInterrupted(Object resource) {
        return Thread.currentThread().isInterrupted();
    }

    /** Fails a call while another one is pending, which is run next, without the worker having slept between. */
    private boolean isNextInterruptedAfterALoss(Turnstile<Object> gate) throws Exception {
        CountDownLatch latch = audit.latch();
        CompletableFuture<Object> fails = audit.watch(gate.submit(resource -> {
            latch.await();
            throw new IllegalStateException("as meant");
        }));
        CompletableFuture<Boolean> next = audit.watch(gate.submit(WorkerInterruptTest::isInterrupted));
        latch.countDown();
        assertThrows(ExecutionException.class, fails::get);
        return next.get();
    }

    @Test
    void replacementWhoseOpenerLeavesTheFlagSet_doesNotDisturbItsFirstCall() throws Exception {
        ResourceSource<Object, RuntimeException> source = new Source() {
            @Override
            public Object open() {
                interruptSelf();
                return new Object();
            }

            @Override
            public boolean isLost(Object resource, Throwable failure) {
                return true;
            }
        };
        RestartPolicy atOnce = RestartPolicy.limited(3, Duration.ofHours(1)).withDelays(Duration.ZERO, Duration.ZERO);
        assertFalse(isNextInterruptedAfterALoss(
                audit.watch(Turnstile.open(source, TurnstileOptions.defaults().withRestarts(atOnce)))));
    }

    @Test
    void questionWhetherAResourceIsLost_thatLeavesTheFlagSet_doesNotDisturbTheNextCall() throws Exception {
        ResourceSource<Object, RuntimeException> source = new Source() {
            @Override
            public boolean isLost(Object resource, Throwable failure) {
                return interruptSelf();
            }
        };
        assertFalse(isNextInterruptedAfterALoss(audit.watch(Turnstile.open(source, TurnstileOptions.defaults()))));
    }

    /** The usual way to pass an interrupt on. Whoever waits for the next attempt with the flag set does not wait, and tries and tries. */
    @Test
    void replacementThatCannotBeOpenedAndLeavesTheFlagSet_waitsForItsNextAttempt() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        ResourceSource<Object, RuntimeException> source = new Source() {
            @Override
            public Object open() {
                if (opened.incrementAndGet() > 1) {
                    interruptSelf();
                    throw new IllegalStateException("cannot be opened");
                }
                return new Object();
            }

            @Override
            public boolean isLost(Object resource, Throwable failure) {
                return true;
            }
        };
        ParkedTime time = new ParkedTime();
        Turnstile<Object> gate = audit.watch(Turnstile.open(
                source, TurnstileOptions.defaults().withTimeSource(time).withRestarts(RESTARTS)));
        assertThrows(
                IllegalStateException.class,
                () -> gate.call(resource -> {
                    throw new IllegalStateException("lost");
                }));
        for (int attempt = 0; attempt < 2; attempt++) {
            assertEquals(false, Eventually.next("a wait for the next attempt", time.parkedInterrupted));
            time.passes(Duration.ofHours(1));
        }
        gate.close(Duration.ZERO);
        assertEquals(0, time.parkedInterrupted.stream().filter(flag -> flag).count());
    }

    /** Opens an object; says what it is not asked to say otherwise. */
    private abstract static class Source implements ResourceSource<Object, RuntimeException> {
        @Override
        public Object open() {
            return new Object();
        }

        @Override
        public void close(Object resource) {}
    }

    /** A time in which the worker parks for real, and which tells of each park whether the thread could park at all. */
    private static final class ParkedTime implements TimeSource {
        final LinkedBlockingQueue<Boolean> parkedInterrupted = new LinkedBlockingQueue<>();
        private final AtomicLong now = new AtomicLong();
        private volatile Thread parked;

        void passes(Duration time) {
            now.addAndGet(time.toNanos());
            LockSupport.unpark(parked);
        }

        @Override
        public long nanoTime() {
            return now.get();
        }

        @Override
        public void parkUntil(Object blocker, long nanoTime) {
            parked = Thread.currentThread();
            parkedInterrupted.add(parked.isInterrupted());
            LockSupport.park(blocker);
        }

        @Override
        public boolean await(CountDownLatch latch, long nanoTime) throws InterruptedException {
            latch.await();
            return true;
        }
    }
}
