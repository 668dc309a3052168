package dev.turnstile;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs short tasks of the library at a point in system time: ends futures whose limit has passed, and lets watchdogs look. All gates share one
 * platform thread, which ends when nothing has been planned for some time. No user code runs on it.
 */
class SharedTimer implements Runnable {
    // The protocol. A thread that plans a task adds it to the map, then looks whether there is a timer thread and
    // whether that wakes in time. The timer thread sets when it wakes, then looks into the map once more, and parks;
    // before it ends, it says that there is none, and looks once more. So one of them sees the other.
    //
    // Nothing here waits for a lock, as the JDK's scheduled executor does. A virtual thread that waits for a lock and
    // has no carrier holds up the platform threads behind it; but limits must hold exactly when there is no carrier.

    static final SharedTimer SYSTEM = new SharedTimer();

    /** How long the thread lives without anything planned. */
    private static final long IDLE_NANOS = 10_000_000_000L;

    private final ConcurrentSkipListMap<Task, Task> planned = new ConcurrentSkipListMap<>();
    private final AtomicLong count = new AtomicLong();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    /** By {@link System#nanoTime()}; only the timer thread writes it. */
    private volatile long wakesAt;

    /** A planned task. */
    final class Task implements Comparable<Task> {
        private final Runnable action;
        private final long at;
        private final long number = count.getAndIncrement();

        Task(Runnable action, long at) {
            this.action = action;
            this.at = at;
        }

        /** Cancels the task, unless it is just running. */
        void cancel() {
            planned.remove(this);
        }

        @Override
        public int compareTo(Task other) {
            return at == other.at ? Long.compare(number, other.number) : Long.signum(at - other.at);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number);
        }
    }

    /**
     * Plans a task.
     *
     * @param action must be short and must not wait
     * @param nanos how long from now
     */
    Task plan(Runnable action, long nanos) {
        Task task = new Task(action, System.nanoTime() + nanos);
        boolean isKept = false;
        try {
            planned.put(task, task);
            Thread asleep = thread.get();
            if (asleep == null) {
                start();
            } else if (task.at - wakesAt < 0) {
                LockSupport.unpark(asleep);
            }
            isKept = true;
        } finally {
            if (!isKept) {
                task.cancel();
            }
        }
        return task;
    }

    /**
     * Returns how many tasks are planned. It counts them: the map's own size stays wrong for ever once a thread at the end of its stack has put
     * something into it.
     */
    int planned() {
        int tasks = 0;
        for (Task ignored : planned.keySet()) {
            tasks++;
        }
        return tasks;
    }

    private void start() {
        Thread next = Thread.ofPlatform()
                .name("turnstile-timer")
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(this);
        next.setContextClassLoader(SharedTimer.class.getClassLoader());
        if (thread.compareAndSet(null, next)) {
            boolean isStarted = false;
            try {
                next.start();
                isStarted = true;
            } finally {
                if (!isStarted) {
                    thread.set(null);
                }
            }
        }
    }

    private @Nullable Task first() {
        Map.Entry<Task, Task> first = planned.firstEntry();
        return first == null ? null : first.getKey();
    }

    // ---- the thread ----

    @Override
    public void run() {
        try {
            do {
                while (runDueOrPark()) {
                    // it does
                }
                thread.set(null);
            } while (!planned.isEmpty() && thread.compareAndSet(null, Thread.currentThread()));
        } finally {
            // This thread found no memory to look. Another thread may find some, now or when a task is planned.
            if (thread.compareAndSet(Thread.currentThread(), null)) {
                start();
            }
        }
    }

    /** Returns {@code false} if there was nothing to do for some time. */
    private boolean runDueOrPark() {
        Task first = first();
        long now = System.nanoTime();
        if (first != null && first.at - now <= 0) {
            if (planned.remove(first) != null) {
                run(first);
            }
            return true;
        }
        long until = first == null ? now + IDLE_NANOS : first.at;
        wakesAt = until;
        if (Objects.equals(first(), first)) {
            LockSupport.parkNanos(this, until - now);
        }
        return first != null || !planned.isEmpty();
    }

    private static void run(Task due) {
        try {
            due.action.run();
        } catch (Throwable thrown) {
            GateLog.error(
                    "{}: something that was due could not be done",
                    Thread.currentThread().getName(),
                    thrown);
        }
    }
}
