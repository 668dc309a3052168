package dev.turnstile.faults.play;

import dev.turnstile.TimeSource;
import dev.turnstile.faults.Watch;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** A time that the scenario moves. Whom it wakes, the {@link Watch} is told, as of whom the gate does. */
final class WatchedTime implements TimeSource {
    private final VirtualTime time = new VirtualTime();
    private final Queue<Sleeper> sleepers = new ConcurrentLinkedQueue<>();
    private final Watch watch;

    private record Sleeper(Thread thread, long until) {}

    WatchedTime(Watch watch) {
        this.watch = watch;
    }

    void advance(Duration by) {
        long then = time.nanoTime() + by.toNanos();
        for (Sleeper sleeper : sleepers) {
            if (sleeper.until - then <= 0) {
                watch.unparks(sleeper.thread);
            }
        }
        time.advance(by);
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public void parkUntil(Object blocker, long nanoTime) {
        Sleeper sleeper = new Sleeper(Thread.currentThread(), nanoTime);
        sleepers.add(sleeper);
        try {
            time.parkUntil(blocker, nanoTime);
        } finally {
            sleepers.remove(sleeper);
        }
    }

    @Override
    public boolean await(CountDownLatch latch, long nanoTime) throws InterruptedException {
        return time.await(latch, nanoTime);
    }
}
