package dev.turnstile.testing;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for what no gate or latch of the test can tell, such as "that thread is parked now": looks, and lets others run,
 * until it is so; or for what another thread is to hand over. Only a test that hangs waits {@link Audit#PATIENCE}.
 */
public final class Eventually {
    private Eventually() {}

    /** Waits for what another thread puts into a queue, and takes it. */
    public static <E> E next(String what, BlockingQueue<E> queue) {
        try {
            E element = queue.poll(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (element == null) {
                throw new AssertionError("Never came: " + what);
            }
            return element;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    public static void isTrue(String what, BooleanSupplier condition) {
        isTrue(() -> what, condition);
    }

    @SuppressWarnings("ThreadPriorityCheck") // lets others run, relies on nothing
    public static void isTrue(Supplier<String> what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Audit.PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("Never came true: " + what.get());
            }
            Thread.yield();
        }
    }
}
