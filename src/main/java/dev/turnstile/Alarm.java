package dev.turnstile;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Acts when a deadline passes that no thread waits for. In system time, the {@link SharedTimer} does that. With the user's {@link TimeSource} a thread has to
 * park: the alarm has its own, a platform thread, so that no limit depends on the scheduler of virtual threads.
 */
abstract class Alarm implements Runnable {
    private static final ThreadFactory THREADS = Thread.ofPlatform()
            .name("turnstile-deadline")
            .daemon()
            .inheritInheritableThreadLocals(false)
            .factory();

    private final Deadline deadline;
    private SharedTimer.@Nullable Task planned;
    private @Nullable Thread thread;

    /** @param deadline not {@link Deadline#NEVER} */
    Alarm(Deadline deadline) {
        this.deadline = deadline;
    }

    /** Says whether there is still a reason to wait. */
    abstract boolean isNeeded();

    /** Called when the deadline has passed, or {@link #isNeeded} returns {@code false}. */
    abstract void ring();

    /** Called when the user's time source has thrown, so that the deadline cannot be kept. */
    abstract void failByTime(Throwable thrown);

    final void begin() {
        if (deadline.isInSystemTime()) {
            planned = SharedTimer.SYSTEM.plan(this, deadline.remainingNanos());
        } else {
            thread = THREADS.newThread(this);
            thread.start();
        }
    }

    /** Cancels the alarm: it is not needed any more. */
    final void lift() {
        if (planned != null) {
            planned.cancel();
        }
        LockSupport.unpark(thread);
    }

    @Override
    public final void run() {
        try {
            while (isNeeded() && !deadline.hasPassed()) {
                deadline.park(this);
            }
            ring();
        } catch (Throwable thrown) {
            failByTime(thrown);
        }
    }
}
