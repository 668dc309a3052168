package dev.turnstile;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The line in front of the worker: who is outside, who has a place, who is in the resource, and whether the gate is open.
 *
 * <p>The protocol. Everything is decided under one short monitor, in which nobody ever waits and no user code runs: the
 * order, the places, the moves of every {@link Call}, the counts, open or closed. A permit of {@code places} is a free
 * place; a pending call holds one from the moment it is in {@code queue} until it starts or leaves. When no place is free,
 * a caller stands in {@code outside} and parks. Whoever frees a place (the worker that starts a call, a caller that
 * leaves) hands it to the first caller outside by putting that caller's call into the queue, there and then. So while
 * anybody stands outside no place is free, the order of arrival is the order of running, nobody overtakes, and no place
 * stands empty until some woken thread gets a processor. (Callers parked in {@code Semaphore.acquire} get permits in
 * order, but enqueue in whatever order they wake.)
 *
 * <p>A caller who waits for the end of its call has no use for the answer to whether there is a place. It adds itself to
 * {@code arrivals} and takes no lock; whoever takes the monitor first does for the arrived what they would have done
 * themselves, and so nobody looks at the line, or enters it, without those who came before. The worker does when its queue has
 * run empty. While it sleeps, or the gate is not open, callers see that nobody attends, and take the monitor after all.
 *
 * <p>Only the worker takes from the queue. While there is something in it, the worker {@linkplain #end ends} one call and
 * starts the next in one go; otherwise it waits outside the monitor, and between its {@link #take} and its {@link #start} a
 * call is still pending and may leave. A call that leaves gives its place back at once; what stays in the queue is an empty
 * shell without a place. As soon as the shells outnumber the living they are swept out, so leaving costs constant time on
 * average where a removal from the middle of the queue would cost its length.
 *
 * <p>Memory may end anywhere. So under the monitor what needs memory comes first, and what then follows needs none: a call
 * is never left halfway between two states, with nobody to wake its caller. Those to be woken are chained by themselves,
 * and are woken by whoever gives the monitor back, just after that.
 *
 * <p>Closing puts an end mark behind the last accepted call; the worker ends when it takes it.
 */
final class Line<R> {
    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);

    /** How often to look whether the monitor is free before parking. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

    private final ReentrantLock monitor = new ReentrantLock();
    private final int capacity;
    private final Semaphore places;
    private final LinkedBlockingQueue<Call<R, ?>> queue;
    private final Inbox<R> arrivals = new Inbox<>();
    private final Outside<R> outside = new Outside<>();
    private final EndMark<R> endMark = new EndMark<>();

    private int shells;
    private boolean endMarkTaken;

    /** Settled under the monitor that is held, not woken yet. */
    private @Nullable Call<R, ?> settled;

    /** Got a place under the monitor that is held; its owner may be asleep for that alone. */
    private @Nullable Call<R, ?> placed;

    /** Made here: the JVM makes a lambda at its first use, which takes a deep stack. */
    private final Predicate<Call<R, ?>> sweptOut = this::sweepOut;

    /** Taken by the worker, which alone looks here. */
    private @Nullable Call<R, ?> taken;

    private @Nullable Call<R, ?> running;

    /** When the call that runs, or ran last, was started, by {@link System#nanoTime()}. */
    private long runningSince;

    /** Ended under the monitor that is held; somebody who looks on is to be told. */
    private @Nullable Observation ended;

    private final Observers observers;
    private final Ledger ledger = new Ledger();

    private volatile TurnstileState state = TurnstileState.OPEN;
    private volatile @Nullable Throwable causeOfDeath;
    private Deadline drainLimit = Deadline.NEVER;

    /** Makes a line at which nobody looks on. */
    Line(int capacity) {
        this(capacity, Observers.NOBODY);
    }

    Line(int capacity, Observers observers) {
        this(capacity, observers, new LinkedBlockingQueue<>());
    }

    Line(int capacity, Observers observers, LinkedBlockingQueue<Call<R, ?>> queue) {
        this.capacity = capacity;
        this.observers = observers;
        this.queue = queue;
        this.places = new Semaphore(capacity);
    }

    /** What became of a call that came to the line. */
    enum Admission {
        ACCEPTED,
        OUTSIDE,
        FULL,
        CLOSED
    }

    // ---- callers ----

    /** Comes with a call whose owner waits for its end, not for a place: what became of it, the call tells. */
    void arrive(Call<R, ?> call) {
        if (!arrivals.add(call)) {
            admitArrivals();
        }
    }

    /** Comes with a call whose owner wants to know at once whether there is a place. */
    Admission enter(Call<R, ?> call, boolean mayWait) {
        lockAndAdmit();
        try {
            if (state == TurnstileState.OPEN && places.tryAcquire()) {
                accept(call);
                return Admission.ACCEPTED;
            }
            if (state == TurnstileState.OPEN && mayWait) {
                stayOutside(call);
                return Admission.OUTSIDE;
            }
            turnAway(call, CallState.REFUSED);
            return state == TurnstileState.OPEN ? Admission.FULL : Admission.CLOSED;
        } finally {
            unlockAndWake(null);
        }
    }

    /**
     * The owner gives its call up.
     *
     * @param end {@code CANCELLED} or {@code EXPIRED}
     * @return {@code false} if the call was settled before; then its end stands
     */
    boolean leave(Call<R, ?> call, CallState end) {
        lockAndAdmit();
        try {
            CallState state = call.state();
            if (state == CallState.WAITING) {
                outside.remove(call);
                turnAway(call, end);
            } else if (state == CallState.PENDING) {
                finish(call, end);
                shells++;
                passPlaceOn();
                sweep();
            } else if (state == CallState.RUNNING) {
                call.abandon(end);
            } else {
                return false;
            }
        } finally {
            unlockAndWake(null);
        }
        return true;
    }

    // ---- the worker ----

    /** Waits for the next call, looking for up to {@code spinNanos} before it parks; {@code null} at the end mark. */
    @Nullable
    Call<R, ?> take(long spinNanos) {
        if (endMarkTaken) {
            return null;
        }
        Call<R, ?> call = queue.poll();
        if (call == null && spinNanos > 0) {
            long start = System.nanoTime();
            do {
                Thread.onSpinWait();
                if (!arrivals.isEmpty()) {
                    admitArrivals();
                }
                call = queue.poll();
            } while (call == null && System.nanoTime() - start < spinNanos);
        }
        if (call == null) {
            call = lookOnceMore();
        }
        while (call == null) {
            try {
                call = queue.take();
            } catch (InterruptedException stray) {
                // Nobody ends the worker by an interrupt: closing does, through the end mark. Look again.
            }
        }
        taken = call;
        return isEndMark(call) ? null : call;
    }

    /**
     * From here on whoever arrives puts the call into the queue by its own thread, which wakes this one. Also waits, at the
     * monitor, for those who are just about to admit others.
     */
    @Nullable
    Call<R, ?> lookOnceMore() {
        arrivals.setAttended(false);
        admitArrivals();
        return queue.poll();
    }

    /** Moves a taken call into the resource and its place on to the next caller; {@code false} if it is not to run. */
    boolean start(Call<R, ?> call) {
        long now = System.nanoTime();
        lock();
        try {
            boolean starts = startIfPending(call, now);
            arrivals.setAttended(starts && state == TurnstileState.OPEN);
            return starts;
        } finally {
            unlockAndWake(null);
        }
    }

    /**
     * The running call has returned or thrown; starts the next one, and returns it, if one is in the queue.
     *
     * @param waker wakes those whose calls have ended, while there is something else for this thread to do
     */
    @Nullable
    Call<R, ?> end(Call<R, ?> call, CallState outcome, @Nullable Waker<R> waker) {
        Call<R, ?> next = null;
        long now = System.nanoTime();
        lock();
        try {
            running = null;
            ledger.returned(now - runningSince);
            if (call.state() == CallState.ABANDONED) {
                endAbandoned(call);
            } else {
                finish(call, outcome);
                settle(call);
            }
            next = startNext(now);
            if (next == null) {
                admit();
                next = startNext(now);
            }
        } finally {
            unlockAndWake(next == null ? null : waker);
        }
        return next;
    }

    /** The worker cannot go on: everybody is told, the owner of the call in its hand included. */
    void die(Throwable cause) {
        lockAndAdmit();
        try {
            causeOfDeath = cause;
            if (state == TurnstileState.OPEN) {
                ledger.closingBegins();
            }
            state = TurnstileState.REFUSING;
            refuseOutside();
            refuseArrivals();
            if (taken != null) {
                refuseIfPending(taken);
            }
            Call<R, ?> queued;
            while ((queued = queue.poll()) != null) {
                refuseIfPending(queued);
            }
            if (running != null) {
                endRunning(running);
            }
        } finally {
            unlockAndWake(null);
        }
    }

    private void refuseIfPending(Call<R, ?> call) {
        if (call.state() == CallState.PENDING) {
            refuse(call);
        }
    }

    private void endRunning(Call<R, ?> call) {
        running = null;
        ledger.returned(System.nanoTime() - runningSince);
        if (call.state() == CallState.RUNNING) {
            call.abandon(CallState.REFUSED);
            settle(call);
        }
        endAbandoned(call);
    }

    /** The resource is closed and the worker ends. */
    void ended(@Nullable Throwable failureToClose) {
        lockAndAdmit();
        try {
            ledger.closeFailed(failureToClose);
            state = TurnstileState.CLOSED;
        } finally {
            unlockAndWake(null);
        }
    }

    // ---- closing ----

    /** Refuses new callers and those outside; what is in the line is run until {@code limit}. */
    void close(Deadline limit) {
        lockAndAdmit();
        try {
            drainLimit = drainLimit.orEarlier(limit);
            if (state != TurnstileState.OPEN) {
                return;
            }
            queue.add(endMark);
            state = TurnstileState.DRAINING;
            ledger.closingBegins();
            refuseOutside();
            refuseArrivals();
        } finally {
            unlockAndWake(null);
        }
    }

    /** The limit has passed: refuses what is in the line and tells the caller of a running call not to wait. */
    void refuseRest() {
        lockAndAdmit();
        try {
            if (state == TurnstileState.CLOSED) {
                return;
            }
            state = TurnstileState.REFUSING;
            for (Call<R, ?> call : queue) {
                if (call.state() == CallState.PENDING) {
                    refuse(call);
                    shells++;
                }
            }
            Call<R, ?> inResource = running;
            if (inResource != null && inResource.state() == CallState.RUNNING) {
                inResource.abandon(CallState.REFUSED);
                ledger.abandonedByClosing();
                settle(inResource);
            }
            sweep();
        } finally {
            unlockAndWake(null);
        }
    }

    CloseReport report() {
        lockAndAdmit();
        try {
            return ledger.closeReport(state == TurnstileState.CLOSED);
        } finally {
            unlockAndWake(null);
        }
    }

    TurnstileClosedException closedException(boolean started) {
        Throwable cause = causeOfDeath;
        String why = cause == null ? "The gate is closed" : "The worker died (" + cause + ")";
        String fate = started
                ? "; the call was running, its result will be dropped"
                : "; the call was refused and never reached the resource";
        return new TurnstileClosedException(why + fate, started, cause);
    }

    // ---- looking ----

    TurnstileState state() {
        return state;
    }

    TurnstileStats stats() {
        lockAndAdmit();
        try {
            long now = System.nanoTime();
            Call<R, ?> oldest = oldestWaiter();
            return ledger.stats(
                    capacity,
                    outside.count(),
                    pendingCount(),
                    running == null ? 0 : 1,
                    running == null ? 0 : now - runningSince,
                    oldest == null ? 0 : now - oldest.since());
        } finally {
            unlockAndWake(null);
        }
    }

    /** The first one in the line; nobody is outside when nobody is in there. One that the worker has taken is as good as started. */
    private @Nullable Call<R, ?> oldestWaiter() {
        for (Call<R, ?> call : queue) {
            if (call.state() == CallState.PENDING) {
                return call;
            }
        }
        return null;
    }

    /** Returns what is in the resource; {@code null} if nothing is. */
    @Nullable
    InFlight inFlight() {
        lockAndAdmit();
        try {
            Call<R, ?> call = running;
            return call == null ? null : new InFlight(call, runningSince, pendingCount(), outside.count());
        } finally {
            unlockAndWake(null);
        }
    }

    /**
     * A call in the resource.
     *
     * @param since when it was started, by {@link System#nanoTime()}
     */
    record InFlight(Call<?, ?> call, long since, int pending, int waiting) {}

    // ---- the monitor ----

    /**
     * Takes the monitor. Nobody holds it for more than a fraction of a microsecond, so to look again costs less than to park
     * and be woken; for the worker a hundred times less.
     */
    private void lock() {
        for (int i = 0; i < SPINS; i++) {
            if (monitor.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        monitor.lock();
    }

    /** So whoever looks at the line sees everyone who came before. */
    private void lockAndAdmit() {
        lock();
        admit();
    }

    private void admitArrivals() {
        lockAndAdmit();
        unlockAndWake(null);
    }

    /** Gives the monitor back and wakes whoever has something to learn, or leaves that to the waker. */
    private void unlockAndWake(@Nullable Waker<R> waker) {
        Call<R, ?> withAPlace = placed;
        Call<R, ?> call = settled;
        Observation observed = ended;
        placed = null;
        settled = null;
        ended = null;
        monitor.unlock();
        try {
            if (observed != null) {
                observers.ended(observed);
            }
        } finally {
            wake(withAPlace, call, waker);
        }
    }

    private void wake(@Nullable Call<R, ?> withAPlace, @Nullable Call<R, ?> chain, @Nullable Waker<R> waker) {
        if (withAPlace != null && withAPlace.wakesForPlace()) {
            wakeOrLog(withAPlace);
        }
        Call<R, ?> call = chain;
        while (call != null) {
            Call<R, ?> others = call.next;
            call.next = null;
            if (waker == null || !waker.offer(call)) {
                wakeOrLog(call);
            }
            call = others;
        }
    }

    /** One owner who cannot be told (no memory to schedule its thread) is no reason not to tell the others. */
    static void wakeOrLog(Call<?, ?> call) {
        try {
            call.wake();
        } catch (Throwable thrown) {
            log.error("The owner of a call could not be woken", thrown);
        }
    }

    // ---- under the monitor ----

    /** Does for those who have arrived what {@link #enter} does for others. Throws nothing. */
    private void admit() {
        Call<R, ?> call = arrivals.takeAll();
        while (call != null) {
            Call<R, ?> others = call.next;
            call.next = null;
            if (state != TurnstileState.OPEN) {
                turnAway(call, CallState.REFUSED);
                settle(call);
            } else if (places.tryAcquire()) {
                accept(call);
            } else {
                stayOutside(call);
            }
            call = others;
        }
    }

    /** The gate is no longer open: who arrives from here on sees that nobody attends, and is refused by its own thread. */
    private void refuseArrivals() {
        arrivals.setAttended(false);
        admit();
    }

    private void stayOutside(Call<R, ?> call) {
        outside.add(call);
        call.moveTo(CallState.WAITING);
    }

    /** A call that never had a place ends. */
    private void turnAway(Call<R, ?> call, CallState end) {
        call.moveTo(end);
        ledger.turnedAway();
        note(call, end);
    }

    /** A call that had a place ends. */
    private void finish(Call<R, ?> call, CallState end) {
        call.moveTo(end);
        ledger.ended(end);
        note(call, end);
    }

    private void note(Call<R, ?> call, CallState end) {
        Observation observation = call.observation();
        if (observation != null) {
            long now = System.nanoTime();
            long startedAt = call.started() ? runningSince : now;
            observation.ended(call, end, startedAt - call.since(), now - startedAt);
            observation.next = ended;
            ended = observation;
        }
    }

    /** A call is settled once, so it is in one chain only. */
    private void settle(Call<R, ?> call) {
        call.next = settled;
        settled = call;
    }

    /** Stops when a place has changed hands: whoever got it is woken with the monitor's end, and then the next one can. */
    private @Nullable Call<R, ?> startNext(long now) {
        Call<R, ?> call;
        while (placed == null && (call = queue.poll()) != null) {
            if (isEndMark(call)) {
                endMarkTaken = true;
            } else if (startIfPending(call, now)) {
                return call;
            }
        }
        return null;
    }

    private boolean startIfPending(Call<R, ?> call, long now) {
        taken = null;
        if (state == TurnstileState.DRAINING && drainLimit.hasPassed()) {
            state = TurnstileState.REFUSING;
        }
        if (call.state() != CallState.PENDING) {
            shells--;
            return false;
        }
        if (state == TurnstileState.REFUSING) {
            refuse(call);
            return false;
        }
        CallState end = call.endInsteadOfRunning();
        if (end != null) { // its owner need not be told: that its block is over is why
            finish(call, end);
            passPlaceOn();
            return false;
        }
        call.moveTo(CallState.RUNNING);
        running = call;
        long waited = Math.max(0, now - call.since()); // it may have come since the worker looked at the clock
        runningSince = call.since() + waited;
        ledger.started(waited);
        passPlaceOn();
        return true;
    }

    private int pendingCount() {
        return capacity - places.availablePermits();
    }

    /** Lets a call in for which a place was taken. */
    private void accept(Call<R, ?> call) {
        if (!enqueueOrFail(call)) {
            places.release();
        }
    }

    /** Puts a call that holds a place into the queue; that alone needs memory. */
    private void enqueue(Call<R, ?> call) {
        queue.add(call);
        call.moveTo(CallState.PENDING);
        ledger.accepted();
    }

    /** A pending call has no more use for its place: the first caller outside gets it. */
    private void passPlaceOn() {
        Call<R, ?> next;
        while ((next = outside.poll()) != null) {
            if (enqueueOrFail(next)) {
                placed = next;
                return;
            }
        }
        places.release();
    }

    /** Without memory the call fails, as if its own thread had found none; its place is for another. */
    private boolean enqueueOrFail(Call<R, ?> call) {
        try {
            enqueue(call);
            return true;
        } catch (Throwable noMemory) {
            call.fail(noMemory);
            turnAway(call, CallState.FAILED);
            settle(call);
            return false;
        }
    }

    private void refuse(Call<R, ?> pending) {
        finish(pending, CallState.REFUSED);
        ledger.refusedByClosing();
        places.release();
        settle(pending);
    }

    /** Refuses everybody outside. */
    private void refuseOutside() {
        Call<R, ?> call;
        while ((call = outside.poll()) != null) {
            turnAway(call, CallState.REFUSED);
            settle(call);
        }
    }

    private void endAbandoned(Call<R, ?> call) {
        call.dropResult();
        finish(call, call.endAfterReturn());
    }

    private boolean isEndMark(Call<R, ?> call) {
        return call == endMark;
    }

    private void sweep() {
        if (shells > pendingCount()) {
            queue.removeIf(sweptOut);
        }
    }

    private boolean sweepOut(Call<R, ?> call) {
        boolean shell = !isEndMark(call) && call.state() != CallState.PENDING;
        if (shell) {
            shells--;
        }
        return shell;
    }

    /** Stands behind the last accepted call. */
    private static final class EndMark<R> extends Call<R, Void> {
        EndMark() {
            super(resource -> {
                throw new IllegalStateException("The end mark is not a call");
            });
        }

        @Override
        void wake() {}

        @Override
        boolean isOwnedByVirtualThread() {
            return false;
        }
    }
}
