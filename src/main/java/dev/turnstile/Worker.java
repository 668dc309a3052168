package dev.turnstile;

import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that touches its resource: it opens it, runs calls at a {@link Slot} one by one, and closes it after the last call.
 *
 * <p>Whatever is thrown, by user code or because memory has run out: a worker at a slot {@linkplain Departures#depart leaves} it or {@linkplain Departures#die
 * dies} there, an awaited replacement {@linkplain Departures#giveUp gives up}, the resource is closed, and {@link Workers} learns that the thread ends.
 */
final class Worker<R> implements Runnable {
    private final Workers<R> workers;
    private final Line<R> line;
    private final Observers observers;
    private final ResourceSource<R, ?> source;
    private final TurnstileOptions options;
    private final boolean isToWarmUp;

    /** The slot whose lost resource it replaces; {@code null} if it is assigned to a slot by others. */
    private final @Nullable Slot<R> vacancy;

    /** Whom it relieves because the resource there is worn out; {@code null} if it comes for something else. */
    private Workers.@Nullable Renewal<R> renewal;

    private final Thread thread;
    private final Waker<R> waker = new Waker<>();
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch assigned = new CountDownLatch(1);
    private @Nullable Throwable openFailure;

    /** The process of the resource; set before the worker serves. */
    private volatile OptionalLong pid = OptionalLong.empty();

    private volatile @Nullable Slot<R> slot;
    private volatile boolean isSuccessor;

    Worker(
            Workers<R> workers,
            String name,
            ResourceSource<R, ?> source,
            TurnstileOptions options,
            boolean isToWarmUp,
            @Nullable Slot<R> vacancy,
            Workers.@Nullable Renewal<R> renewal) {
        this.workers = workers;
        this.line = workers.line();
        this.observers = workers.observers();
        this.source = source;
        this.options = options;
        this.isToWarmUp = isToWarmUp;
        this.vacancy = vacancy;
        this.renewal = renewal;
        this.thread = new WorkerThread(workers, this, name, options);
    }

    String name() {
        return thread.getName();
    }

    /** Tells the threads of one gate from all others. */
    private static final class WorkerThread extends Thread {
        private final Workers<?> workers;

        WorkerThread(Workers<?> workers, Runnable worker, String name, TurnstileOptions options) {
            super(null, worker, name, options.workerStackSize(), false);
            this.workers = workers;
            setDaemon(options.workerDaemon());
        }
    }

    static boolean isCurrentThreadOf(Workers<?> workers) {
        return Thread.currentThread() instanceof WorkerThread worker && worker.workers == workers;
    }

    void start() {
        thread.start();
    }

    // ---- others ----

    /** Waits until the resource is open or has failed to open; {@code false} if the limit passes first. */
    boolean awaitOpen(Deadline limit) throws InterruptedException {
        return limit.await(opened);
    }

    /** Returns why opening failed, {@code null} if it did not. To be asked after {@link #awaitOpen}. */
    @Nullable
    Throwable openFailure() {
        return openFailure;
    }

    /** Returns the number of the process that the resource runs in; empty if it is this one. Any thread may ask. */
    OptionalLong pid() {
        return pid;
    }

    /** This worker comes to relieve another one. */
    void succeeds() {
        isSuccessor = true;
    }

    /** Assigns this worker to a slot: it begins to work. Under the {@link Monitor}. */
    void assign(Slot<R> where) {
        slot = where;
        assigned.countDown();
    }

    /** Tells this worker that it is not needed: it closes its resource and ends. */
    void withdraw() {
        assigned.countDown();
        wake();
    }

    /** Waits until this worker is assigned to a slot or withdrawn; says whether it is assigned. */
    boolean awaitAssignment(Deadline limit) throws InterruptedException {
        return limit.await(assigned) && slot != null;
    }

    // ---- the thread ----

    @Override
    public void run() {
        Throwable failureToClose = null;
        try (waker) {
            R resource = open();
            if (resource == null && renewal != null) {
                GateLog.warn(
                        "{}: a fresh resource in place of one that is worn out could not be opened",
                        thread.getName(),
                        openFailure);
                renewal.wear().notRenewed();
            }
            if (resource != null) {
                try {
                    serve(resource);
                } finally {
                    boolean isClosing = !line.isOpen(); // otherwise it was lost, or is swapped out
                    Throwable failure = close(resource);
                    failureToClose = isClosing ? failure : null;
                }
            }
        } finally {
            workers.ended(this, failureToClose);
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
            pid = source.pid(resource);
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

    /** Tries until a resource is open, no attempt is left, or none is needed any more. */
    private @Nullable R openAgain(Slot<R> where) {
        try {
            while (where.restarts().areLeft()) {
                Deadline due = where.restarts().next();
                while (!due.hasPassed() && line.isOpen() && assigned.getCount() > 0) {
                    Thread.interrupted(); // left by the attempt before: it would not park
                    due.park(this);
                }
                if (!line.slots().departures().isAwaited(where, this)) {
                    return null;
                }
                R resource = openOrFail();
                if (resource != null) {
                    return resource;
                }
                GateLog.warn(
                        "{}: the resource that is to take the place of a lost one could not be opened",
                        thread.getName(),
                        openFailure);
            }
        } catch (Throwable thrown) { // for example by the user's time source
            openFailure = thrown;
        }
        line.slots().departures().giveUp(where, this, openFailure);
        return null;
    }

    private void serve(R resource) {
        boolean isReplacement = vacancy != null && line.slots().relieve(vacancy, this, true);
        boolean isRenewal = renewal != null;
        if (renewal != null) {
            line.slots().renew(renewal.slot(), renewal.before(), this);
            renewal = null; // otherwise each worker would keep all that came before it
        }
        Slot<R> where = awaitWork();
        if (where != null && serveUntilTheEnd(where, resource, isReplacement, isRenewal)) {
            workers.replace(where);
        }
    }

    /** Returns whether a replacement for a lost resource is to come. */
    private boolean serveUntilTheEnd(Slot<R> where, R resource, boolean isReplacement, boolean isRenewal) {
        try {
            if (isReplacement) {
                observers.restarted(thread.getName(), where.number());
            } else if (isRenewal) {
                observers.renewed(thread.getName(), where.number());
            } else if (isSuccessor) {
                observers.swapped(thread.getName(), where.number());
            }
            WorkerSteps<R> steps = new WorkerSteps<>(line, where, resource);
            serve(where, resource, steps);
            return steps.isToBeReplaced();
        } catch (Throwable death) {
            // Exceptions of actions never get here: this is a failure of the gate itself, for example out of memory.
            boolean isToBeReplaced = line.slots().departures().die(where, this, death, canBeReplaced(where));
            GateLog.error("{} died", thread.getName(), death);
            return isToBeReplaced;
        }
    }

    private @Nullable Slot<R> awaitWork() {
        while (assigned.getCount() > 0) {
            try {
                assigned.await();
            } catch (InterruptedException stray) {
                // Nobody ends a worker by an interrupt.
            }
        }
        return slot;
    }

    private void serve(Slot<R> where, R resource, WorkerSteps<R> steps) {
        Watchdog watchdog = new Watchdog(steps, thread, options.stuckAfter(), observers);
        Wear<R> wear = new Wear<>(workers, this, where, source, options.timeSource());
        try {
            boolean isProven = false;
            Call<R, ?> call = await(where, resource, steps, watchdog);
            while (call != null) {
                CallState outcome = call.run(resource);
                boolean isOfUse = call.hasActed()
                        && (outcome != CallState.FAILED || !loseIfOfNoUse(where, resource, call.failure()));
                if (isOfUse && !isProven) {
                    isProven = true;
                    where.restarts().worked();
                }
                if (isOfUse) {
                    wear.used(resource);
                }
                Call<R, ?> next = steps.end(call, outcome, waker);
                call = next == null ? await(where, resource, steps, watchdog) : next;
            }
        } finally {
            watchdog.stop();
            wear.stop();
        }
    }

    /** Waits for the next call and starts it; {@code null} if there will be none for this worker. */
    private @Nullable Call<R, ?> await(Slot<R> where, R resource, WorkerSteps<R> steps, Watchdog watchdog) {
        Call<R, ?> call = steps.await(workers.spinNanos());
        while (call == null && !steps.isToGo()) {
            Throwable suspicion = steps.suspicion();
            if (suspicion != null) {
                loseIfLostAsWell(where, resource, suspicion);
            }
            call = steps.await(workers.spinNanos());
        }
        if (call != null) {
            watchdog.workBegins();
        }
        return call;
    }

    private boolean loseIfOfNoUse(Slot<R> where, R resource, Throwable failure) {
        boolean isLost = false;
        try {
            isLost = source.isLost(resource, failure);
        } catch (Throwable thrown) {
            GateLog.error("{}: nobody can say whether its resource is lost", thread.getName(), thrown);
        }
        if (isLost) {
            lose(where, failure);
        }
        return isLost;
    }

    private void loseIfLostAsWell(Slot<R> where, R resource, Throwable failure) {
        boolean isLost = false;
        try {
            isLost = source.isLostAsWell(resource, failure);
        } catch (Throwable thrown) {
            GateLog.error("{}: nobody can say whether its resource is lost as well", thread.getName(), thrown);
        }
        if (isLost) {
            lose(where, failure);
        }
    }

    private void lose(Slot<R> where, Throwable failure) {
        if (line.slots().departures().lose(where, failure, canBeReplaced(where))) {
            observers.lost(thread.getName(), where.number(), failure, where.state() != SlotState.SERVING);
        }
    }

    private boolean canBeReplaced(Slot<R> where) {
        try {
            return where.restarts().areLeft();
        } catch (Throwable thrown) {
            GateLog.error("{}: nobody can say whether its resource may be replaced", thread.getName(), thrown);
            return false;
        }
    }

    /** The gate is closing, or this worker is not needed: cuts the restart delay short. */
    void wake() {
        LockSupport.unpark(thread);
    }

    private @Nullable Throwable close(R resource) {
        try {
            source.close(resource);
            return null;
        } catch (Throwable thrown) {
            GateLog.error("{} could not close its resource", thread.getName(), thrown);
            return thrown;
        }
    }
}
