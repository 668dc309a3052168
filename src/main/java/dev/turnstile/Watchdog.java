package dev.turnstile;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports once a call that has been in the resource for longer than a limit. It looks on the {@link SharedTimer}.
 *
 * <p>The protocol. The worker only says when it becomes busy: if no look is planned, it plans one for when the limit has passed.
 * A look reports the call in the resource if that has been there for too long, and plans the next look for when this call, or a
 * later one, may have been; if the worker is idle, it plans none. So an idle gate has nothing planned, and a busy one is looked
 * at about once per limit.
 */
final class Watchdog implements Runnable {
    private static final LongSupplier SYSTEM_TIME = System::nanoTime;

    private static final ThreadFactory REPORTER = Thread.ofPlatform()
            .name("turnstile-watchdog")
            .daemon()
            .inheritInheritableThreadLocals(false)
            .factory();

    private final WorkerSteps<?> steps;
    private final Thread worker;
    private final long limit;
    private final Observers observers;
    private final SharedTimer timer;
    private final LongSupplier nanoTime;
    private final AtomicBoolean planned = new AtomicBoolean();
    private volatile boolean stopped;
    private volatile SharedTimer.@Nullable Task look;

    /** The call that was reported last; only the looks use it, one after the other. */
    private @Nullable Call<?, ?> reported;

    Watchdog(WorkerSteps<?> steps, Thread worker, Duration limit, Observers observers) {
        this(steps, worker, limit, observers, SharedTimer.SYSTEM, SYSTEM_TIME);
    }

    Watchdog(
            WorkerSteps<?> steps,
            Thread worker,
            Duration limit,
            Observers observers,
            SharedTimer timer,
            LongSupplier nanoTime) {
        this.steps = steps;
        this.worker = worker;
        this.limit = Deadline.nanos(limit);
        this.observers = observers;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    // ---- the worker ----

    /** The worker becomes busy. Throws nothing: if there can be no watchdog, the worker goes on without one. */
    void workBegins() {
        if (limit > 0 && !planned.get() && planned.compareAndSet(false, true)) {
            plan(limit);
        }
    }

    /** The worker ends. */
    void stop() {
        stopped = true;
        cancel(look);
    }

    // ---- the timer ----

    private void plan(long nanos) {
        try {
            SharedTimer.Task next = timer.plan(this, nanos);
            look = next;
            if (stopped) {
                cancel(next);
            }
        } catch (Throwable noThread) {
            planned.set(false);
            GateLog.warn("{}: no thread to look for stuck calls on", worker.getName(), noThread);
        }
    }

    private static void cancel(SharedTimer.@Nullable Task look) {
        if (look != null) {
            look.cancel();
        }
    }

    /** Looks, and plans the next look. */
    @Override
    public void run() {
        long next = limit; // even if there is no memory to look
        try {
            next = lookNow();
        } finally {
            if (next > 0) {
                plan(next);
            } else {
                rest();
            }
        }
    }

    /** Returns when to look again, 0 for not until the worker is busy again. */
    private long lookNow() {
        WorkerSteps.InFlight now = steps.inFlight();
        if (now == null) {
            reported = null;
            return 0;
        }
        long left = now.since() + limit - nanoTime.getAsLong();
        if (left <= 0 && !now.call().equals(reported)) {
            report(now);
        }
        return left > 0 ? left : limit;
    }

    private void rest() {
        planned.set(false);
        if (steps.isRunning()) { // the worker became busy just before that
            workBegins();
        }
    }

    private void report(WorkerSteps.InFlight stuck) {
        reported = stuck.call();
        try {
            REPORTER.newThread(new Report(stuck)).start();
        } catch (Throwable noThread) {
            GateLog.error("{}: no thread to report a stuck call on", worker.getName(), noThread);
        }
    }

    /**
     * Reports a stuck call on a thread of its own: the log and the action's tag are user code, and the timer has limits to keep. Not on a virtual
     * thread: calls may be stuck for lack of a carrier.
     */
    private final class Report implements Runnable {
        private final WorkerSteps.InFlight stuck;

        Report(WorkerSteps.InFlight stuck) {
            this.stuck = stuck;
        }

        @Override
        public void run() {
            try {
                List<StackTraceElement> stack = List.of(worker.getStackTrace());
                WorkerSteps.InFlight now = steps.inFlight();
                if (now != null && now.call().equals(stuck.call())) { // otherwise the stack is not that of the call
                    observers.stuck(new StuckCall(new StuckCall.Values(
                            stuck.call().tag(),
                            Duration.ofNanos(nanoTime.getAsLong() - stuck.since()),
                            stuck.pending(),
                            stuck.waiting(),
                            stack)));
                }
            } catch (Throwable thrown) {
                GateLog.error("{}: a stuck call could not be reported", worker.getName(), thrown);
            }
        }
    }
}
