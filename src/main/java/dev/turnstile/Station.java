package dev.turnstile;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A place at the {@link Line} where calls are run, one after the other: by one {@link Worker} at a time, which another one may relieve between two
 * calls. Here are the worker's steps, and what is known of the calls that are run here. Guarded by the line's monitor.
 *
 * <p>While there is something to run, the worker {@linkplain #end ends} one call and starts the next in one go; otherwise it waits outside the
 * monitor, and between its {@link #take} and its {@link #start} a call is still pending and may leave.
 */
final class Station<R> {
    /** In multiples of what the worker spins at most. Not 1: a caller that has just been woken needs longer than a spin to come again. */
    private static final long SPIN_PAYS_WITHIN = 10;

    private final Line<R> line;
    private final int number;
    private final Lanes<R> own;
    private final Turns turns;

    /** Who has nothing to do and sleeps, or is about to, until it is roused. It reads that without the monitor. */
    private volatile @Nullable Thread sleeper;

    /** Found nothing to do, and there will be nothing more. */
    private boolean isToGo;

    /** The call before came so soon that it is worth looking for the next one. Otherwise the caller that was just woken may need the processor. */
    private boolean spinPays = true;

    private @Nullable Call<R, ?> taken;
    private @Nullable Call<R, ?> running;

    /** When the call that runs, or ran last, was started, by {@link System#nanoTime()}. */
    private long runningSince;

    private @Nullable Worker<R> staff;
    private @Nullable Worker<R> successor;

    /** Who is opening a resource in the place of one that was lost, while nobody works here. */
    private @Nullable Worker<R> expected;

    private boolean retiring;

    /** Of the keys that have their home here, or are promised to; for {@link Homes}. */
    int shares;

    /** Of what it has, how many shares it is to give, which is mostly none; for {@link Homes}. */
    int promises;

    /** Why its resource is of no more use; {@code null} while it is. */
    private @Nullable Throwable lostBy;

    private final Restarts restarts;
    private long returned;
    private long runNanos;
    private long restarted;

    Station(Line<R> line, int number, Lanes<R> own, TurnstileOptions options) {
        this.line = line;
        this.number = number;
        this.own = own;
        this.turns = new Turns(options.overtakes());
        this.restarts = new Restarts(options.restarts(), options.timeSource());
    }

    /** For its workers alone. */
    Restarts restarts() {
        return restarts;
    }

    int number() {
        return number;
    }

    Lanes<R> own() {
        return own;
    }

    private boolean sharesItsLanes() {
        return own == line.shared();
    }

    // ---- the worker's steps ----

    /** Waits for the next call, looking for up to {@code spinNanos} before it parks; {@code null} if the worker is to go. */
    @Nullable
    Call<R, ?> take(long spinNanos) {
        Call<R, ?> call = look();
        if (call == null) {
            long atRestSince = System.nanoTime();
            if (spinPays && spinNanos > 0 && line.state() == TurnstileState.OPEN) {
                call = spin(atRestSince, spinNanos);
            }
            if (call == null) {
                call = sleep();
            }
            spinPays = call == null || call.since() - atRestSince < SPIN_PAYS_WITHIN * spinNanos;
        }
        return call;
    }

    private @Nullable Call<R, ?> look() {
        line.lockAndAdmit();
        try {
            return takeNext();
        } finally {
            line.unlockAndWake(null);
        }
    }

    private @Nullable Call<R, ?> spin(long since, long spinNanos) {
        Call<R, ?> call = null;
        do {
            Thread.onSpinWait();
            if (line.hasArrivals() || !own.isEmpty() || !line.shared().isEmpty()) {
                call = look();
            }
        } while (call == null && System.nanoTime() - since < spinNanos);
        return call;
    }

    private @Nullable Call<R, ?> sleep() {
        Call<R, ?> call = lookOnceMore();
        while (call == null && !isToGo) {
            while (isIdle()) {
                LockSupport.park(this);
                Thread.interrupted(); // nobody ends a worker by an interrupt
            }
            call = lookOnceMore();
        }
        return call;
    }

    /**
     * From here on whoever arrives puts the call into the queue by its own thread, which rouses this one. Also waits, at the
     * monitor, for those who are just about to admit others.
     */
    @Nullable
    Call<R, ?> lookOnceMore() {
        line.lock();
        try {
            line.attendNoMore();
            line.roster().betweenCalls(this);
            Call<R, ?> call = takeNext();
            isToGo = call == null && (isRelieved() || line.state() != TurnstileState.OPEN);
            if (call == null && !isToGo) {
                setSleeper(Thread.currentThread());
            }
            return call;
        } finally {
            line.unlockAndWake(null);
        }
    }

    private @Nullable Call<R, ?> takeNext() {
        taken = isRelieved() ? null : poll();
        return taken;
    }

    /** Says, after a look, whether there is nothing more for this worker to do, ever. */
    boolean isToGo() {
        return isToGo;
    }

    /** Moves a taken call into the resource and its place on to the next caller; {@code false} if it is not to run. */
    boolean start(Call<R, ?> call) {
        long now = System.nanoTime();
        line.lock();
        try {
            boolean starts = startIfPending(call, now);
            line.attend(starts);
            return starts;
        } finally {
            line.unlockAndWake(null);
        }
    }

    /**
     * The running call has returned or thrown; starts the next one, and returns it, if there is one.
     *
     * @param waker wakes those whose calls have ended, while there is something else for this thread to do
     */
    @Nullable
    Call<R, ?> end(Call<R, ?> call, CallState outcome, @Nullable Waker<R> waker) {
        Call<R, ?> next = null;
        long now = System.nanoTime();
        line.lock();
        try {
            returned(now);
            if (call.state() == CallState.ABANDONED) {
                line.endAbandoned(call, runningSince);
            } else {
                line.finish(call, outcome, runningSince);
                line.settle(call);
            }
            line.roster().betweenCalls(this);
            next = startNext(now);
            if (next == null) {
                line.admit();
                next = startNext(now);
            }
        } finally {
            line.unlockAndWake(next == null ? null : waker);
        }
        return next;
    }

    /** Stops when a place has changed hands: whoever got it is woken with the monitor's end, and then the next one can. */
    private @Nullable Call<R, ?> startNext(long now) {
        Call<R, ?> call;
        while (!line.hasPlaced() && !isRelieved() && (call = poll()) != null) {
            if (startIfPending(call, now)) {
                return call;
            }
        }
        return null;
    }

    private boolean startIfPending(Call<R, ?> call, long now) {
        taken = null;
        if (!line.mayStart(call)) {
            return false;
        }
        call.moveTo(CallState.RUNNING);
        running = call;
        long waited = Math.max(0, now - call.since()); // it may have come since the worker looked at the clock
        runningSince = call.since() + waited;
        line.started(call, waited);
        return true;
    }

    private void returned(long now) {
        running = null;
        returned++;
        runNanos += now - runningSince;
        line.returned(now - runningSince);
    }

    /** Takes out the pending call whose turn it is here; it may be a shell. */
    private @Nullable Call<R, ?> poll() {
        return sharesItsLanes() && line.isOrdinary() ? own.ordinary().poll() : pollInTurn();
    }

    private @Nullable Call<R, ?> pollInTurn() {
        int waiting = 0;
        for (int lane = 0; lane < Turns.LANES; lane++) {
            if (line.firstPending(own, lane) != null || line.firstPending(line.shared(), lane) != null) {
                waiting |= 1 << lane;
            }
        }
        if (waiting == 0) {
            return null;
        }
        int lane = turns.next(waiting);
        turns.taken(lane, waiting);
        Call<R, ?> first = own.peek(lane);
        Call<R, ?> other = line.shared().peek(lane);
        boolean isOwn = other == null || (first != null && first.since() - other.since() <= 0);
        return (isOwn ? own : line.shared()).poll(lane);
    }

    // ---- under the monitor: sleep and wake ----

    boolean isIdle() {
        return sleeper != null;
    }

    private void setSleeper(@Nullable Thread thread) {
        line.roster().countIdle((thread == null ? 0 : 1) - (sleeper == null ? 0 : 1));
        sleeper = thread;
    }

    /** There is something for the worker to see. It wakes when the monitor is given back: it would have to wait for that. */
    void rouse() {
        Thread asleep = sleeper;
        if (asleep != null) {
            setSleeper(null);
            line.wakeAfterwards(asleep);
        }
    }

    /** Says whether nothing is run here, nor about to be. A worker that has been woken may have a call in its hand. */
    boolean isAtRest() {
        return isIdle() || staff == null;
    }

    // ---- under the monitor: the end of a worker, or of its calls ----

    /** Says that the worker is to leave before it runs another call. */
    boolean isRelieved() {
        return successor != null || retiring || lostBy != null;
    }

    @Nullable
    Worker<R> staff() {
        return staff;
    }

    @Nullable
    Worker<R> successor() {
        return successor;
    }

    /** Comes to work here if nobody does, else as soon as whoever does has left. */
    void relieveBy(Worker<R> next) {
        if (staff == null) {
            staff = next;
            expected = null;
            lostBy = null;
            next.assign(this);
        } else {
            rouse();
            dropSuccessor();
            successor = next;
        }
    }

    /** Says whether a worker is needed, where nobody works and nobody else is expected. */
    boolean expect(Worker<R> next) {
        boolean isNeeded = staff == null && expected == null;
        if (isNeeded) {
            expected = next;
        }
        return isNeeded;
    }

    boolean isAwaiting(Worker<R> worker) {
        return worker.equals(expected);
    }

    void dropSuccessor() {
        if (successor != null) {
            successor.withdraw();
            successor = null;
        }
    }

    /** The worker leaves; its successor, if there is one, comes in the same moment. */
    void left() {
        staff = null;
        setSleeper(null);
        Worker<R> next = successor;
        successor = null;
        if (next != null) {
            relieveBy(next);
        }
    }

    boolean isRetiring() {
        return retiring;
    }

    void retire() {
        rouse();
        dropSuccessor();
        expected = null; // and withdraws
        retiring = true;
    }

    void lose(Throwable cause) {
        lostBy = cause;
    }

    @Nullable
    Throwable lostBy() {
        return lostBy;
    }

    void restarted() {
        restarted++;
    }

    /** The worker cannot go on: what it had is given up. */
    void abortCalls() {
        Call<R, ?> inHand = taken;
        taken = null;
        if (inHand != null && inHand.state() == CallState.PENDING) {
            line.refuse(inHand);
        }
        Call<R, ?> inResource = running;
        if (inResource != null) {
            returned(System.nanoTime());
            if (inResource.state() == CallState.RUNNING) {
                inResource.abandon(CallState.REFUSED);
                line.settle(inResource);
            }
            line.endAbandoned(inResource, runningSince);
        }
    }

    /** Tells the owner of the running call not to wait for it; says whether there was one who waited. */
    boolean abandonRunning() {
        Call<R, ?> inResource = running;
        if (inResource == null || inResource.state() != CallState.RUNNING) {
            return false;
        }
        inResource.abandon(CallState.REFUSED);
        line.settle(inResource);
        return true;
    }

    // ---- looking ----

    boolean isRunning() {
        return running != null;
    }

    long inFlightNanos(long now) {
        return running == null ? 0 : now - runningSince;
    }

    /** Returns what is in the resource; {@code null} if nothing is. */
    @Nullable
    InFlight inFlight() {
        line.lockAndAdmit();
        try {
            Call<R, ?> call = running;
            return call == null ? null : new InFlight(call, runningSince, line.pendingCount(), line.waitingCount());
        } finally {
            line.unlockAndWake(null);
        }
    }

    /**
     * A call in the resource.
     *
     * @param since when it was started, by {@link System#nanoTime()}
     */
    record InFlight(Call<?, ?> call, long since, int pending, int waiting) {}

    InstanceStats stats(long now) {
        InstanceState state;
        if (staff == null) {
            state = InstanceState.DOWN;
        } else if (isRelieved()) {
            state = InstanceState.LEAVING;
        } else {
            state = InstanceState.SERVING;
        }
        return new InstanceStats(
                number,
                state,
                isRunning() ? 1 : 0,
                (int) own.pending().count(),
                Duration.ofNanos(inFlightNanos(now)),
                returned,
                Duration.ofNanos(runNanos),
                restarted,
                lostBy);
    }
}
