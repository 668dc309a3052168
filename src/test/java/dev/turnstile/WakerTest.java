package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Promise 6 where the worker leaves the waking to another thread: whoever was left to it is woken, once. */
class WakerTest {
    private static final int MANY = 1_000;

    private final Waker<Object> waker = new Waker<>();
    private final Queue<Integer> woken = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> wakers = new ConcurrentLinkedQueue<>();

    private class Sleeper extends Call<Object, Object> {
        private final int number;

        Sleeper(int number) {
            super(resource -> resource);
            this.number = number;
        }

        @Override
        void wake() {
            woken.add(number);
            wakers.add(Thread.currentThread());
        }

        @Override
        boolean isAwaited() {
            return false;
        }

        @Override
        boolean isOwnedByVirtualThread() {
            return true;
        }
    }

    @AfterEach
    void closed_theThreadEnds() throws InterruptedException {
        waker.close();
        for (Thread thread : wakers) {
            assertTrue(thread.join(Audit.PATIENCE));
        }
    }

    private void awaitWoken(int count) {
        Eventually.isTrue(() -> "woken: " + woken.size(), () -> woken.size() == count);
    }

    @Test
    void offered_isWokenByAVirtualThread() {
        assertTrue(waker.offer(new Sleeper(1)));

        awaitWoken(1);
        assertTrue(wakers.element().isVirtual());
    }

    @Test
    void ownerIsAPlatformThread_theWorkerWakesIt() {
        assertFalse(waker.offer(new BlockingCall<>(resource -> resource, Deadline.NEVER)));
    }

    @Test
    void wakerIsHeldUp_wakesWhomItTookMeanwhile_inOrder() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch latch = new CountDownLatch(1);
        waker.offer(new Sleeper(-1) {
            @Override
            void wake() {
                entered.countDown();
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        });
        entered.await();
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            assertTrue(waker.offer(new Sleeper(i)));
            taken.add(i);
        }
        latch.countDown();

        awaitWoken(MANY);
        assertEquals(taken, List.copyOf(woken));
    }

    @Test
    void wakeThatThrows_doesNotHarmTheOthers() {
        waker.offer(new Sleeper(-1) {
            @Override
            void wake() {
                throw new OutOfMemoryError("to schedule its thread");
            }
        });
        waker.offer(new Sleeper(1));

        awaitWoken(1);
    }

    /** Each one is offered when the waker has run out of work. */
    @Test
    void offeredToAWakerAsleep_isWoken() {
        for (int i = 0; i < 5_000; i++) {
            assertTrue(waker.offer(new Sleeper(i)));
            awaitWoken(i + 1);
        }
    }

    @Test
    void closed_wakesWhomItTookBefore() {
        for (int i = 0; i < MANY; i++) {
            assertTrue(waker.offer(new Sleeper(i)));
        }
        waker.close();

        awaitWoken(MANY);
    }

    /** It can die for want of memory. */
    @Test
    void offeredToAWakerThatHasDied_isWokenByTheWorker() {
        waker.close();
        waker.run();
        waker.add(new Sleeper(1));

        assertEquals(List.of(1), List.copyOf(woken));
    }
}
