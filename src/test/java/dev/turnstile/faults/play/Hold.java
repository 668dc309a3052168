package dev.turnstile.faults.play;

import dev.turnstile.faults.Watch;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Holds calls in their resource, as native code would: an interrupt changes nothing. */
final class Hold implements Watch.Barrier {
    private final Watch watch;
    private final Queue<Thread> held = new ConcurrentLinkedQueue<>();
    private volatile boolean isOpen;

    Hold(Watch watch) {
        this.watch = watch;
    }

    void await() {
        held.add(Thread.currentThread());
        boolean interrupted = false;
        while (!isOpen) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        held.remove(Thread.currentThread());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isClosed() {
        return !isOpen;
    }

    void open() {
        isOpen = true;
        for (Thread thread : held) {
            watch.unparks(thread);
            LockSupport.unpark(thread);
        }
    }
}
