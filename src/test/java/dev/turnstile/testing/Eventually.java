package dev.turnstile.testing;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for what no gate or latch of the test can tell, such as "that thread is parked now": looks, and lets others run,
 * until it is so. Only a test that hangs waits {@link Audit#PATIENCE}.
 */
public final class Eventually {
    private Eventually() {}

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
