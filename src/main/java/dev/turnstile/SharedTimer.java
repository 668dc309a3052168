package dev.turnstile;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs short tasks of the library at a point in system time: ends futures whose limit has passed, and lets watchdogs look. All gates share one
 * platform thread. It ends when nothing has been planned for some time, and at once if there is no worker whose gate could plan something: otherwise it
 * would keep the class loader of an application that has closed all its gates. No user code runs on it.
 */
class SharedTimer implements Runnable {
    // The protocol. A thread that plans a task adds it to the map, then looks whether there is a timer thread and
    // whether that wakes in time. The timer thread sets when it wakes, then looks into the map once more, and parks;
    // before it ends, it says that there is none, and looks once more. So one of them sees the other.
    //
    // Nothing here waits for a lock, as the JDK's scheduled executor does. A virtual thread that waits for a lock and
    // has no carrier holds up the platform threads behind it; but limits must hold exactly when there is no carrier.

    static final SharedTimer SYSTEM = new SharedTimer();

    private static final boolean KEEPS_ITS_MAKERS = Runtime.version().feature() < 24;

    /** How long the thread lives without anything planned, as long as there is a worker. */
    private static final long IDLE_NANOS = 10_000_000_000L;

    private final ConcurrentSkipListMap<Task, Task> planned = new ConcurrentSkipListMap<>();
    private final AtomicLong count = new AtomicLong();
    private final AtomicInteger workers = new AtomicInteger();
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
            if (planned.remove(this) != null && workers.get() == 0) {
                rouse();
            }
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
            wake(task);
            isKept = true;
        } finally {
            if (!isKept) {
                planned.remove(task); // as few frames as can be: this may be the end of a stack
            }
        }
        return task;
    }

    /** Has the thread look at a task in time. Throws if there is no thread, and none can be started. */
    @SuppressWarnings("ThreadPriorityCheck") // to start a thread takes a moment, in which nothing can be waited for
    private void wake(Task task) {
        while (true) {
            Thread present = thread.get();
            if (present == null) {
                start();
            } else if (present.getState() == Thread.State.NEW) {
                Thread.yield(); // somebody is just starting it, which may fail
            } else {
                if (task.at - wakesAt < 0) {
                    LockSupport.unpark(present);
                }
                return;
            }
        }
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

    /** A worker comes, whose gate may plan tasks. */
    void workerComes() {
        workers.incrementAndGet();
    }

    /** A worker has gone. After the last one, the thread looks whether it is needed. */
    void workerGone() {
        if (workers.decrementAndGet() == 0) {
            rouse();
        }
    }

    private void rouse() {
        LockSupport.unpark(thread.get());
    }

    private void start() {
        Thread next = KEEPS_ITS_MAKERS ? Unrelated.thread(this) : unstarted();
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

    /** Makes the thread. Tests make one that does not start. */
    Thread unstarted() {
        return Thread.ofPlatform()
                .name("turnstile-timer")
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(this);
    }

    /**
     * Makes the thread so that it does not keep the code that needs it first. Before JDK 24 a thread keeps the protection domains, and so the class
     * loaders, of all code that is on the stack when it is made.
     */
    @SuppressWarnings("removal") // never used where it may have been removed
    private static final class Unrelated implements PrivilegedAction<Thread> {
        private final SharedTimer timer;

        private Unrelated(SharedTimer timer) {
            this.timer = timer;
        }

        static Thread thread(SharedTimer timer) {
            return AccessController.doPrivileged(new Unrelated(timer));
        }

        @Override
        public Thread run() {
            return timer.unstarted();
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

    /** Returns {@code false} if there was nothing to do for some time, or nobody is left who could plan something. */
    private boolean runDueOrPark() {
        long now = System.nanoTime();
        if (runFirstIfDue(now)) {
            return true;
        }
        boolean wasIdle = planned.isEmpty();
        if (wasIdle && workers.get() == 0) {
            return false;
        }
        // No task is in a variable here: a parked thread would keep it after it was cancelled, and its gate with it.
        if (fallsAsleep(now)) {
            LockSupport.parkNanos(this, wakesAt - now);
        }
        boolean isStillIdle = wasIdle && planned.isEmpty();
        return !isStillIdle || System.nanoTime() - wakesAt < 0;
    }

    private boolean runFirstIfDue(long now) {
        Task first = first();
        if (first == null || first.at - now > 0) {
            return false;
        }
        if (planned.remove(first) != null) {
            run(first);
        }
        return true;
    }

    /** Says when the thread will wake. Returns {@code false} if a task has come or gone meanwhile. */
    private boolean fallsAsleep(long now) {
        Task first = first();
        wakesAt = first == null ? now + IDLE_NANOS : first.at;
        return Objects.equals(first(), first);
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
