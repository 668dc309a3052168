package dev.turnstile;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches its resource: it opens it, runs calls at a {@link Station} one by one, and closes it after the last one.
 * Whatever happens on the way, everybody in the line is told, and the {@link Crew} learns that the thread ends.
 */
final class Worker<R> implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);

    private final Crew<R> crew;
    private final Line<R> line;
    private final Observers observers;
    private final ResourceSource<R, ?> source;
    private final TurnstileOptions options;
    private final boolean isToWarmUp;

    /** Where it replaces what was lost; {@code null} if it is told by somebody else where to work. */
    private final @Nullable Station<R> vacancy;

    private final Thread thread;
    private final Waker<R> waker = new Waker<>();
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch assigned = new CountDownLatch(1);
    private @Nullable Throwable openFailure;
    private volatile @Nullable Station<R> station;
    private volatile boolean isSuccessor;

    Worker(
            Crew<R> crew,
            String name,
            ResourceSource<R, ?> source,
            TurnstileOptions options,
            boolean isToWarmUp,
            @Nullable Station<R> vacancy) {
        this.crew = crew;
        this.line = crew.line();
        this.observers = crew.observers();
        this.source = source;
        this.options = options;
        this.isToWarmUp = isToWarmUp;
        this.vacancy = vacancy;
        this.thread = new WorkerThread(crew, this, name, options);
    }

    /** Tells the threads of one gate from all others. */
    private static final class WorkerThread extends Thread {
        private final Crew<?> crew;

        WorkerThread(Crew<?> crew, Runnable worker, String name, TurnstileOptions options) {
            super(null, worker, name, options.workerStackSize(), false);
            this.crew = crew;
            setDaemon(options.workerDaemon());
        }
    }

    static boolean isCurrentThreadOf(Crew<?> crew) {
        return Thread.currentThread() instanceof WorkerThread worker && worker.crew == crew;
    }

    void start() {
        thread.start();
    }

    // ---- others ----

    /** Waits until the resource is there, up to a limit; returns {@code false} if it is not by then. */
    boolean awaitOpen(Deadline limit) throws InterruptedException {
        return await(opened, limit);
    }

    private static boolean await(CountDownLatch latch, Deadline limit) throws InterruptedException {
        if (limit == Deadline.NEVER) {
            latch.await();
            return true;
        }
        return limit.await(latch);
    }

    /** Returns why there is no resource, or {@code null} if there is one; once that is known. */
    @Nullable
    Throwable openFailure() {
        return openFailure;
    }

    /** Comes to relieve another one. */
    void succeeds() {
        isSuccessor = true;
    }

    /** Begins to work. Under the line's monitor. */
    void assign(Station<R> where) {
        station = where;
        assigned.countDown();
    }

    /** Is not needed: closes its resource and ends. */
    void withdraw() {
        assigned.countDown();
    }

    /** Waits until it works somewhere, or was told that it is not needed; says whether it works. */
    boolean awaitAssignment(Deadline limit) throws InterruptedException {
        return await(assigned, limit) && station != null;
    }

    // ---- the thread ----

    @Override
    public void run() {
        Throwable failureToClose = null;
        try (waker) {
            R resource = open();
            if (resource != null) {
                try {
                    serve(resource);
                } finally {
                    failureToClose = close(resource);
                }
            }
        } finally {
            crew.ended(this, failureToClose);
        }
    }

    private @Nullable R open() {
        try {
            return vacancy == null ? openOrFail() : openAgain(vacancy);
        } finally {
            opened.countDown();
        }
    }

    private @Nullable R openOrFail() {
        R resource = null;
        boolean isUsable = false;
        try {
            observers.load();
            resource = source.open();
            if (resource == null) {
                throw new NullPointerException("The opener returned null instead of a resource");
            }
            if (isToWarmUp) {
                source.warmUp(resource);
            }
            isUsable = true;
        } catch (Throwable thrown) {
            openFailure = thrown;
        } finally {
            if (resource != null && !isUsable) {
                var unused = close(resource);
            }
        }
        return isUsable ? resource : null;
    }

    /** Tries until there is a resource, no attempt is left, or none is needed any more. */
    private @Nullable R openAgain(Station<R> where) {
        while (where.restarts().areLeft()) {
            Deadline due = where.restarts().next();
            while (!due.hasPassed() && line.state() == TurnstileState.OPEN) {
                due.park(this);
            }
            if (!line.roster().isAwaited(where, this)) {
                return null;
            }
            R resource = openOrFail();
            if (resource != null) {
                return resource;
            }
            log.warn(
                    "{}: the resource that is to take the place of a lost one could not be opened",
                    thread.getName(),
                    openFailure);
        }
        line.roster().giveUp(where, this, openFailure);
        return null;
    }

    private void serve(R resource) {
        if (vacancy != null && line.roster().relieve(vacancy, this, true)) {
            observers.restarted(thread.getName(), vacancy.number());
        }
        Station<R> where = awaitWork();
        if (where != null) {
            if (isSuccessor) {
                observers.swapped(thread.getName(), where.number());
            }
            Watchdog watchdog = new Watchdog(where, thread, options.stuckAfter(), observers);
            try {
                serve(where, resource, watchdog);
            } finally {
                watchdog.stop();
                leave(where);
            }
        }
    }

    private @Nullable Station<R> awaitWork() {
        while (assigned.getCount() > 0) {
            try {
                assigned.await();
            } catch (InterruptedException stray) {
                // Nobody ends a worker by an interrupt.
            }
        }
        return station;
    }

    private void serve(Station<R> where, R resource, Watchdog watchdog) {
        try {
            boolean isProven = false;
            Call<R, ?> call = await(where, watchdog);
            while (call != null) {
                CallState outcome = call.run(resource);
                boolean isOfUse = outcome != CallState.FAILED || !loseIfOfNoUse(where, resource, call.failure());
                if (isOfUse && !isProven) {
                    isProven = true;
                    where.restarts().worked();
                }
                Call<R, ?> next = where.end(call, outcome, waker);
                call = next == null ? await(where, watchdog) : next;
            }
        } catch (Throwable death) {
            // What an action throws never comes here: this is the gate's own trouble, out of memory for one.
            line.roster().die(where, death);
            log.error("{} died", thread.getName(), death);
        }
    }

    /** Waits for the next call that is to run, and starts it; {@code null} if there will be none for this worker. */
    private @Nullable Call<R, ?> await(Station<R> where, Watchdog watchdog) {
        Call<R, ?> call = where.take(crew.spinNanos());
        while (call != null && !where.start(call)) {
            call = where.take(crew.spinNanos());
        }
        if (call != null) {
            watchdog.workBegins();
        }
        return call;
    }

    private boolean loseIfOfNoUse(Station<R> where, R resource, Throwable failure) {
        boolean isLost = false;
        try {
            isLost = source.isLost(resource, failure);
        } catch (Throwable thrown) {
            log.error("{}: nobody can say whether its resource is lost", thread.getName(), thrown);
        }
        if (isLost && line.roster().lose(where, failure, where.restarts().areLeft())) {
            observers.lost(thread.getName(), where.number(), failure);
        }
        return isLost;
    }

    private void leave(Station<R> where) {
        Throwable lostBy = where.lostBy();
        if (line.roster().left(where, lostBy != null && where.restarts().areLeft())) {
            try {
                crew.replace(where);
            } catch (Throwable noThread) {
                line.roster().giveUp(where, null, noThread);
            }
        }
    }

    /** The gate is closing: no use in waiting for the time of the next attempt. */
    void wake() {
        LockSupport.unpark(thread);
    }

    private @Nullable Throwable close(R resource) {
        try {
            source.close(resource);
            return null;
        } catch (Throwable thrown) {
            log.error("{} could not close its resource", thread.getName(), thrown);
            return thrown;
        }
    }
}
