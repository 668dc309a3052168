package dev.turnstile;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports a call that has been in the resource for longer than a limit, once.
 *
 * <p>The protocol. The worker says when it begins to be busy, and that is all it has to do with this: if no look is planned, it
 * plans one for when the limit has passed. A look reports the call in the resource if that has been there for too long, and
 * plans the next one for when it, or one that comes after it, may have been; if the worker is idle, it plans none. So a gate at
 * rest has nothing planned, and a busy one is looked at no more than once in that time.
 */
final class Watchdog {
    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);
    private static final ScheduledExecutorService TIMER = timer();

    private final Station<?> station;
    private final Thread worker;
    private final long limit;
    private final Observers observers;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    private final AtomicBoolean planned = new AtomicBoolean();
    private volatile boolean stopped;
    private volatile @Nullable ScheduledFuture<?> look;

    /** The call that was reported last; the looks alone use it, one after the other. */
    private @Nullable Call<?, ?> reported;

    Watchdog(Station<?> station, Thread worker, Duration limit, Observers observers) {
        this(station, worker, limit, observers, TIMER, System::nanoTime);
    }

    Watchdog(
            Station<?> station,
            Thread worker,
            Duration limit,
            Observers observers,
            ScheduledExecutorService timer,
            LongSupplier nanoTime) {
        this.station = station;
        this.worker = worker;
        this.limit = Deadline.nanos(limit);
        this.observers = observers;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    /** One thread for all gates, which ends when nothing has been planned for some time. */
    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1,
                task -> Thread.ofPlatform()
                        .name("turnstile-watchdog")
                        .daemon()
                        .inheritInheritableThreadLocals(false)
                        .unstarted(task));
        timer.setKeepAliveTime(10, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    // ---- the worker ----

    /** The worker begins to be busy. Throws nothing: it goes on without a watchdog where it cannot have one. */
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
            ScheduledFuture<?> next = timer.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
            look = next;
            if (stopped) {
                cancel(next);
            }
        } catch (Throwable noThread) {
            planned.set(false);
            log.warn("{}: no thread to look for stuck calls on", worker.getName(), noThread);
        }
    }

    private static void cancel(@Nullable ScheduledFuture<?> look) {
        if (look != null) {
            look.cancel(false);
        }
    }

    private void look() {
        Station.InFlight now = station.inFlight();
        if (now == null) {
            reported = null;
            planned.set(false);
            if (station.inFlight() != null) { // it began to be busy just before that
                workBegins();
            }
            return;
        }
        long left = now.since() + limit - nanoTime.getAsLong();
        if (left <= 0 && !now.call().equals(reported)) {
            report(now);
        }
        plan(left > 0 ? left : limit);
    }

    private void report(Station.InFlight stuck) {
        reported = stuck.call();
        List<StackTraceElement> stack = List.of(worker.getStackTrace());
        Station.InFlight now = station.inFlight();
        if (now == null || !now.call().equals(stuck.call())) {
            return; // it has returned, and the stack is not its own
        }
        try {
            observers.stuck(new StuckCall(
                    stuck.call().tag(),
                    Duration.ofNanos(nanoTime.getAsLong() - stuck.since()),
                    stuck.pending(),
                    stuck.waiting(),
                    stack));
        } catch (Throwable thrown) {
            log.error("{}: a stuck call could not be reported", worker.getName(), thrown);
        }
    }
}
