package dev.turnstile.testing;

import java.util.concurrent.CountDownLatch;

/** Waits as native code does, which knows nothing of interrupts; one that comes meanwhile is kept. */
public final class Uninterruptibly {
    private Uninterruptibly() {}

    public static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
