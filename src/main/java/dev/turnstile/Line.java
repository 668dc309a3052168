package dev.turnstile;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The line in front of the workers: who is outside, who has a place, who is in a resource, and whether the gate is open. Most gates have one
 * worker, at one {@link Station}; a pool has several.
 *
 * <p>The protocol. Everything is decided under one short monitor, in which nobody ever waits and no user code runs: the
 * order, the places, the moves of every {@link Call}, the counts, open or closed. A permit of {@code places} is a free
 * place; a pending call holds one from the moment it is in its queue until it starts or leaves. When no place is free,
 * a caller stands in {@code outside} and parks. Whoever frees a place (the worker that starts a call, a caller that
 * leaves) hands it to the first caller outside by putting that caller's call into the queue, there and then. So while
 * anybody stands outside no place is free, the order of arrival is the order of running, nobody overtakes but by its {@link Lane}, and no
 * place stands empty until some woken thread gets a processor. (Callers parked in {@code Semaphore.acquire} get permits in
 * order, but enqueue in whatever order they wake.)
 *
 * <p>A caller who waits for the end of its call has no use for the answer to whether there is a place. It adds itself to
 * {@code arrivals} and takes no lock; whoever takes the monitor first does for the arrived what they would have done
 * themselves, and so nobody looks at the line, or enters it, without those who came before. A worker does when its queue has
 * run empty. While one sleeps, or the gate is not open, callers see that nobody attends, and take the monitor after all.
 *
 * <p>Only workers take from the queues, under the monitor, too. One that has nothing to do says so and parks; whoever has something for it
 * unparks it after the monitor: woken before, it would come running into it. Where there are several workers, calls that may be run anywhere
 * are in {@code shared}, and the next one that is free takes the first of them, so that none waits behind a slow or stuck one; those with a key
 * are at their {@linkplain Homes home}. A call that leaves gives its place back at once; what stays in the
 * queue is an empty shell without a place. As soon as the shells outnumber the living they are swept out, so leaving costs constant time on
 * average where a removal from the middle of the queue would cost its length.
 *
 * <p>Memory may end anywhere. So under the monitor what needs memory comes first, and what then follows needs none: a call
 * is never left halfway between two states, with nobody to wake its caller. Those to be woken are chained by themselves,
 * and are woken by whoever gives the monitor back, just after that.
 *
 * <p>Once the gate is closing nothing is accepted, and a worker that finds nothing more to run ends.
 */
final class Line<R> {
    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);

    private static final int ORDINARY = Lane.NORMAL.index();
    private static final int CONTROL = Lane.CONTROL.index();

    /** How often to look whether the monitor is free before parking. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

    private final ReentrantLock monitor = new ReentrantLock();
    private final int capacity;
    private final boolean refusesWhileDown;
    private final Semaphore places;

    /** For calls of the control lane alone. */
    private final Semaphore reservedPlaces;

    private final Lanes<R> shared;
    private final Inbox<R> arrivals = new Inbox<>();
    private final Outside<R> outside;
    private final Roster<R> roster;

    /** No call of another lane ever came. */
    private boolean ordinary = true;

    private int shells;

    /** Settled under the monitor that is held, not woken yet. */
    private @Nullable Call<R, ?> settled;

    /** Got a place under the monitor that is held; its owner may be asleep for that alone. */
    private @Nullable Call<R, ?> placed;

    /** A worker for whom there is something, asleep. */
    private @Nullable Thread roused;

    /** Made here: the JVM makes a lambda at its first use, which takes a deep stack. */
    private final Predicate<Call<R, ?>> sweptOut = this::sweepOut;

    /** Ended under the monitor that is held; somebody who looks on is to be told. */
    private @Nullable Observation ended;

    private final Observers observers;
    private final Ledger ledger = new Ledger();

    private volatile TurnstileState state = TurnstileState.OPEN;
    private volatile @Nullable Throwable causeOfDeath;
    private Deadline drainLimit = Deadline.NEVER;

    /** Makes a line at which nobody looks on. */
    Line(int capacity) {
        this(TurnstileOptions.defaults().withCapacity(capacity), Observers.NOBODY);
    }

    Line(TurnstileOptions options, Observers observers) {
        this(options, observers, new LinkedBlockingQueue<>());
    }

    Line(TurnstileOptions options, Observers observers, LinkedBlockingQueue<Call<R, ?>> queue) {
        this.capacity = options.capacity();
        this.refusesWhileDown = options.restarts().refusesWhileDown();
        this.observers = observers;
        this.shared = new Lanes<>(queue);
        this.outside = new Outside<>(options.overtakes());
        this.roster = new Roster<>(this, shared, options);
        this.places = new Semaphore(capacity - options.reservedPlaces());
        this.reservedPlaces = new Semaphore(options.reservedPlaces());
    }

    /** What became of a call that came to the line. */
    enum Admission {
        ACCEPTED,
        OUTSIDE,
        FULL,
        DOWN,
        CLOSED;

        /** Says that nobody is let in at the moment; {@link Line#refusal} has the reason. */
        boolean isRefusal() {
            return this == DOWN || this == CLOSED;
        }
    }

    // ---- callers ----

    /** Comes with a call whose owner waits for its end, not for a place: what became of it, the call tells. */
    void arrive(Call<R, ?> call) {
        if (!arrivals.add(call) || call.lane() != ORDINARY) { // others would see it when their queue has run empty
            lockAndAdmit();
            unlockAndWake(null);
        }
    }

    /** Comes with a call whose owner wants to know at once whether there is a place. */
    Admission enter(Call<R, ?> call, boolean mayWait) {
        lockAndAdmit();
        try {
            boolean isOpen = state == TurnstileState.OPEN;
            boolean isDown = isOpen && refusesWhileDown && roster.isDown();
            if (isOpen && !isDown && takePlace(call)) {
                accept(call);
                return Admission.ACCEPTED;
            }
            if (isOpen && !isDown && mayWait) {
                stayOutside(call);
                return Admission.OUTSIDE;
            }
            turnAway(call, CallState.REFUSED);
            if (isDown) {
                return Admission.DOWN;
            }
            return isOpen ? Admission.FULL : Admission.CLOSED;
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
                finish(call, end, 0);
                shells++;
                passPlaceOn(call);
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

    // ---- stations ----

    Roster<R> roster() {
        return roster;
    }

    /** Nobody is going to run a call again. */
    void endAll(@Nullable Throwable cause) {
        causeOfDeath = cause;
        if (state == TurnstileState.OPEN) {
            ledger.closingBegins();
        }
        state = TurnstileState.REFUSING;
        refuseOutside();
        attendNoMore();
        refuseQueued();
    }

    void refuseQueued() {
        for (Lanes<R> lanes : roster.lanes()) {
            lanes.pending().forEach(call -> {
                refuse(call);
                shells++;
            });
        }
        sweep();
    }

    /** The last worker has ended, and the resources are closed. */
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
            roster.rouseAll();
            state = TurnstileState.DRAINING;
            ledger.closingBegins();
            refuseOutside();
            attendNoMore();
            roster.closes();
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
            refuseQueued();
            for (Station<R> station : roster.all()) {
                if (station.abandonRunning()) {
                    ledger.abandonedByClosing();
                }
            }
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

    /** Returns what a caller whose call was refused is told. */
    RejectedExecutionException refusal(boolean started) {
        String fate = started
                ? "; the call was running, its result will be dropped"
                : "; the call was refused and never reached the resource";
        if (state == TurnstileState.OPEN) {
            return new TurnstileDownException("The resource failed and is being replaced" + fate);
        }
        return new TurnstileClosedException(whyClosed() + fate, started, causeOfDeath);
    }

    String whyClosed() {
        Throwable cause = causeOfDeath;
        return cause == null ? "The gate is closed" : "The worker died (" + cause + ")";
    }

    // ---- looking ----

    TurnstileState state() {
        return state;
    }

    TurnstileStats stats() {
        lockAndAdmit();
        try {
            long now = System.nanoTime();
            int running = 0;
            long longest = 0;
            for (Station<R> station : roster.all()) {
                running += station.isRunning() ? 1 : 0;
                longest = Math.max(longest, station.inFlightNanos(now));
            }
            return ledger.stats(capacity, outside.count(), pendingCount(), running, longest, oldestWait(now));
        } finally {
            unlockAndWake(null);
        }
    }

    /** Nobody is outside when nobody is in here. A call that a worker has taken is as good as started. */
    private long oldestWait(long now) {
        long oldest = 0;
        for (Lanes<R> lanes : roster.lanes()) {
            for (int lane = 0; lane < Turns.LANES; lane++) {
                Call<R, ?> first = firstPending(lanes, lane);
                if (first != null) {
                    oldest = Math.max(oldest, now - first.since());
                }
            }
        }
        return oldest;
    }

    List<InstanceStats> instances() {
        lockAndAdmit();
        try {
            long now = System.nanoTime();
            return roster.all().stream().map(station -> station.stats(now)).toList();
        } finally {
            unlockAndWake(null);
        }
    }

    int waitingCount() {
        return outside.count();
    }

    // ---- the monitor ----

    /**
     * Takes the monitor. Nobody holds it for more than a fraction of a microsecond, so to look again costs less than to park
     * and be woken; for the worker a hundred times less.
     */
    void lock() {
        for (int i = 0; i < SPINS; i++) {
            if (monitor.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        monitor.lock();
    }

    /** So whoever looks at the line sees everyone who came before. */
    void lockAndAdmit() {
        lock();
        admit();
    }

    /** Gives the monitor back and wakes whoever has something to learn, or leaves that to the waker. */
    void unlockAndWake(@Nullable Waker<R> waker) {
        Call<R, ?> withAPlace = placed;
        Call<R, ?> call = settled;
        Observation observed = ended;
        Thread worker = roused;
        placed = null;
        settled = null;
        ended = null;
        roused = null;
        monitor.unlock();
        LockSupport.unpark(worker);
        try {
            if (observed != null) {
                observers.ended(observed);
            }
        } finally {
            wake(withAPlace, call, waker);
        }
    }

    /** Whoever gives the monitor back wakes a worker then. Of several, those that came before wake at once. */
    void wakeAfterwards(Thread worker) {
        LockSupport.unpark(roused);
        roused = worker;
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
    void admit() {
        Call<R, ?> call = arrivals.takeAll();
        while (call != null) {
            Call<R, ?> others = call.next;
            call.next = null;
            if (state != TurnstileState.OPEN || (refusesWhileDown && roster.isDown())) {
                turnAway(call, CallState.REFUSED);
                settle(call);
            } else if (takePlace(call)) {
                accept(call);
            } else {
                stayOutside(call);
            }
            call = others;
        }
    }

    boolean hasArrivals() {
        return !arrivals.isEmpty();
    }

    /** Whether those who arrive may leave the rest to a worker: not while one sleeps, who might run their call at once. */
    void attend(boolean isBusy) {
        arrivals.setAttended(isBusy && !roster.isAnybodyIdle() && state == TurnstileState.OPEN);
    }

    /** Whoever arrives from here on puts the call into the queue, or is refused if the gate is no longer open, by its own thread. */
    void attendNoMore() {
        attend(false);
        admit();
    }

    /** Notes that an empty shell has been taken out of its queue. */
    void tookOutShell() {
        shells--;
    }

    boolean refusesWhileDown() {
        return refusesWhileDown;
    }

    boolean hasPlaced() {
        return placed != null;
    }

    boolean isOrdinary() {
        return ordinary;
    }

    Lanes<R> shared() {
        return shared;
    }

    private void stayOutside(Call<R, ?> call) {
        outside.add(call);
        call.moveTo(CallState.WAITING);
    }

    /** A call that never had a place ends. */
    private void turnAway(Call<R, ?> call, CallState end) {
        call.moveTo(end);
        ledger.turnedAway();
        note(call, end, 0);
    }

    /**
     * A call that had a place ends.
     *
     * @param since when it was started, if it was
     */
    void finish(Call<R, ?> call, CallState end, long since) {
        call.moveTo(end);
        ledger.ended(end);
        note(call, end, since);
    }

    private void note(Call<R, ?> call, CallState end, long since) {
        Observation observation = call.observation();
        if (observation != null) {
            long now = System.nanoTime();
            long startedAt = call.started() ? since : now;
            observation.ended(call, end, startedAt - call.since(), now - startedAt);
            observation.next = ended;
            ended = observation;
        }
    }

    /** A call is settled once, so it is in one chain only. */
    void settle(Call<R, ?> call) {
        call.next = settled;
        settled = call;
    }

    /** A call whose turn has come: says whether it is to run, and ends it if not. */
    boolean mayStart(Call<R, ?> call) {
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
            finish(call, end, 0);
            passPlaceOn(call);
            return false;
        }
        return true;
    }

    void started(Call<R, ?> call, long waited) {
        ledger.started(waited);
        passPlaceOn(call);
    }

    void returned(long ran) {
        ledger.returned(ran);
    }

    int pendingCount() {
        return capacity - places.availablePermits() - reservedPlaces.availablePermits();
    }

    /** Takes a free place for a call, if there is one for it. */
    private boolean takePlace(Call<R, ?> call) {
        if (call.lane() == CONTROL && reservedPlaces.tryAcquire()) {
            call.reserved = true;
            return true;
        }
        return places.tryAcquire();
    }

    private void releasePlace(Call<R, ?> call) {
        (call.reserved ? reservedPlaces : places).release();
    }

    /** Lets a call in for which a place was taken. */
    private void accept(Call<R, ?> call) {
        if (!enqueueOrFail(call)) {
            releasePlace(call);
        }
    }

    /** Puts a call that holds a place into its queue; that alone needs memory. */
    private void enqueue(Call<R, ?> call) {
        ordinary &= call.lane() == ORDINARY;
        roster.put(call);
        call.moveTo(CallState.PENDING);
        ledger.accepted();
    }

    /** The place of a call is free: the first caller outside who may have it gets it. */
    private void passPlaceOn(Call<R, ?> leaving) {
        Call<R, ?> next;
        while ((next = leaving.reserved ? outside.poll(CONTROL) : outside.poll()) != null) {
            next.reserved = leaving.reserved;
            if (enqueueOrFail(next)) {
                placed = next;
                return;
            }
        }
        releasePlace(leaving);
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

    /** Refuses a call that has a place. */
    void refuse(Call<R, ?> pending) {
        finish(pending, CallState.REFUSED, 0);
        ledger.refusedByClosing();
        releasePlace(pending);
        settle(pending);
    }

    /** Refuses everybody outside. */
    void refuseOutside() {
        Call<R, ?> call;
        while ((call = outside.poll()) != null) {
            turnAway(call, CallState.REFUSED);
            settle(call);
        }
    }

    /** @param since when it was started */
    void endAbandoned(Call<R, ?> call, long since) {
        call.dropResult();
        finish(call, call.endAfterReturn(), since);
    }

    /** Returns the first call of a lane; shells in front of it are taken out. */
    @Nullable
    Call<R, ?> firstPending(Lanes<R> lanes, int lane) {
        Call<R, ?> call = lanes.peek(lane);
        while (call != null && call.state() != CallState.PENDING) {
            lanes.poll(lane);
            tookOutShell();
            call = lanes.peek(lane);
        }
        return call;
    }

    private void sweep() {
        if (shells > pendingCount()) {
            if (roster.isPool()) {
                shared.removeIf(sweptOut);
            }
            for (Station<R> station : roster.all()) {
                station.own().removeIf(sweptOut);
            }
        }
    }

    private boolean sweepOut(Call<R, ?> call) {
        boolean shell = call.state() != CallState.PENDING;
        if (shell) {
            shells--;
        }
        return shell;
    }
}
