package dev.turnstile;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The system's clock. */
enum SystemTime implements TimeSource {
    INSTANCE;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void parkUntil(Object blocker, long nanoTime) {
        LockSupport.parkNanos(blocker, nanoTime - System.nanoTime());
    }

    @Override
    public boolean await(CountDownLatch latch, long nanoTime) throws InterruptedException {
        return latch.await(nanoTime - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
}
