package dev.turnstile;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The line in front of the workers: which callers have a place, which wait outside for one, whether the gate is open, and the moves of each {@link Call}.
 *
 * <p>The protocol. Everything is decided under the one short {@link Monitor}: here the places and the ends of calls; in {@link Dispatch} which pending call
 * is next, where, and which worker is woken; in {@link Slots} which workers come and go. A permit of {@code places} is a free place; a pending call holds one
 * from the moment it is in its queue until it starts or leaves. When no place is free, a caller stands outside, among the {@link Waiters}, and parks. The thread
 * that frees a place (because a call starts, leaves or is refused) {@linkplain Places#passOn hands it} to the first caller outside: it puts that caller's call
 * into the queue at once. So no place is free while a caller stands outside, calls run in the order of arrival, only a {@link Lane} lets a call overtake, and no
 * place stays empty until a woken thread gets a processor. (Callers parked in {@code Semaphore.acquire} get permits in order, but enqueue in the order in which
 * they wake.)
 *
 * <p>A caller that waits for the end of its call need not know whether there is a place. It adds its call to {@code arrivals} and takes no lock. The next thread
 * that takes the monitor {@linkplain #admit admits} these calls first, so no thread looks at the line, or enters it, without the calls that came before. A worker
 * admits them when its queues are empty, and before each call if other lanes or a pool make the new calls matter. While a worker sleeps, or the gate is not open,
 * callers see that no worker polls, and take the monitor after all. A caller that wants to know at once whether there is a place arrives in the same way, if the thread
 * that held the monitor last has left {@linkplain #offerRoom room}.
 *
 * <p>Memory may run out anywhere. So what needs memory comes first under the monitor, and what follows needs none: a call is never left halfway between two
 * states with no thread to wake its caller.
 *
 * <p>Once the gate is closing, no call is accepted, and a worker that finds no more calls ends.
 */
final class Line<R> implements Dispatch.Effects<R> {
    private final Monitor<R> monitor;
    private final Dispatch<R> dispatch;
    private final Slots<R> slots;
    private final Inbox<R> arrivals = new Inbox<>();
    private final CallEnds<R> ends;
    private final Completions completions = new Completions();
    private final CallerSpin callerSpin;
    private final Places<R> places;
    private final boolean refusesWhileDown;

    /** Created early: the first use of a lambda takes a deep stack. */
    private final Consumer<Call<R, ?>> refuser = this::refuseAsClosed;

    private final CallCounts counts = new CallCounts();
    private final RefusalReasons refusals = new RefusalReasons();
    private volatile TurnstileState state = TurnstileState.OPEN;
    private Deadline drainLimit = Deadline.NEVER;

    /** Lately somebody came who wanted to know whether there is a place. */
    private boolean isRoomWanted;

    /** Makes a line without observers. */
    Line(int capacity) {
        this(TurnstileOptions.defaults().withCapacity(capacity), Observers.NOBODY);
    }

    Line(TurnstileOptions options, Observers observers) {
        this(options, observers, new LinkedBlockingQueue<>());
    }

    Line(TurnstileOptions options, Observers observers, LinkedBlockingQueue<Call<R, ?>> queue) {
        this.refusesWhileDown = options.restarts().refusesWhileDown();
        this.monitor = new Monitor<>(observers);
        this.callerSpin = new CallerSpin(!options.idleSpin().isZero());
        this.dispatch = new Dispatch<>(queue, options.isPool(), options.overtakes(), this);
        this.slots = new Slots<>(this, dispatch, options);
        this.ends = new CallEnds<>(monitor, counts);
        this.places = new Places<>(monitor, dispatch, ends, counts, options);
    }

    /** What became of a call that came to the line. */
    enum Admission {
        ACCEPTED,
        OUTSIDE,
        FULL,
        REFUSED
    }

    // ---- callers ----

    /** Enters a call whose owner waits for its end, not for a place; the call itself tells what became of it. */
    void arrive(Call<R, ?> call) {
        if (!arrivals.add(call)
                || call.lane() != Lane.NORMAL.index()) { // a worker would see it only when its queues are empty
            lockAndAdmit();
            unlock();
        }
    }

    /** Looks for the end of a call that has arrived, for a moment, if that is likely to pay. */
    void spin(Call<R, ?> call) {
        if (call.cameToNobody()) {
            callerSpin.look(call, places);
        }
    }

    /** Enters a call whose owner wants to know at once whether there is a place. */
    Admission enter(Call<R, ?> call, boolean mayWait) {
        if (call.lane() == Lane.NORMAL.index() && call.slotNumber() == 0 && arrivals.addToRoom(call)) {
            if (!arrivals.isPolled()) {
                lockAndAdmit();
                unlock();
            }
            return Admission.ACCEPTED;
        }
        lockAndAdmit();
        try {
            Admission admission = enterNext(call, mayWait);
            isRoomWanted = true;
            offerRoom();
            return admission;
        } finally {
            unlock();
        }
    }

    private Admission enterNext(Call<R, ?> call, boolean mayWait) {
        Refusal why = refusalOfNewcomers();
        if (why != null) {
            call.refuse(why);
            ends.turnAway(call, CallState.REFUSED);
            return Admission.REFUSED;
        }
        dispatch.announce(call);
        if (places.take(call)) {
            return Admission.ACCEPTED;
        }
        if (mayWait) {
            places.waiters().add(call);
            call.moveTo(CallState.WAITING);
            return Admission.OUTSIDE;
        }
        ends.turnAway(call, CallState.REFUSED);
        return Admission.FULL;
    }

    private @Nullable Refusal refusalOfNewcomers() {
        if (state != TurnstileState.OPEN) {
            return Refusal.CLOSED;
        }
        return refusesWhileDown && slots.isDown() ? Refusal.DOWN : null;
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
                places.waiters().remove(call);
                ends.turnAway(call, end);
            } else if (state == CallState.PENDING && !call.takeBack()) {
                startEarly(call);
                call.abandon(end);
            } else if (state == CallState.PENDING) {
                ends.finish(call, end);
                dispatch.leave(call);
                places.passOn(call);
                slots.departures().callsMayBeOver();
            } else if (state == CallState.RUNNING) {
                call.abandon(end);
            } else {
                return false;
            }
        } finally {
            unlock();
        }
        return true;
    }

    /** The resource was handed a pending call before its turn, and has begun it. */
    private void startEarly(Call<R, ?> call) {
        call.moveTo(CallState.RUNNING);
        counts.started(Math.max(0, System.nanoTime() - call.since()));
        dispatch.slots().get(0).prefetch().startedEarly(); // there is one
        dispatch.leave(call);
        places.passOn(call);
        slots.departures().callsMayBeOver();
    }

    /** Takes back what the resource of a slot was handed before its turn; tells the callers of what it has begun not to wait. */
    void abandonPrefetched(Slot<R> slot, Refusal why) {
        slot.prefetch().recall();
        Call<R, ?> call;
        while ((call = slot.prefetch().awaited()) != null) {
            if (call.takeBack()) { // it had expired before one that has begun
                continue;
            }
            startEarly(call);
            ends.abandon(call, why);
            if (state != TurnstileState.OPEN) {
                counts.abandonedByClosing();
            }
        }
    }

    // ---- closing ----

    /** Refuses new callers and those outside; the calls in the line are run until {@code limit}. */
    void close(Deadline limit) {
        lockAndAdmit();
        try {
            drainLimit = drainLimit.orEarlier(limit);
            if (state == TurnstileState.OPEN) {
                state = TurnstileState.DRAINING;
                counts.closingBegins();
                places.refuseWaiters(Refusal.CLOSED);
                pollNoMore();
                slots.close();
            }
        } finally {
            unlock();
        }
    }

    /** The limit has passed: refuses the calls in the line and tells the callers of running calls not to wait. */
    void refuseRest() {
        lockAndAdmit();
        try {
            if (state == TurnstileState.CLOSED) {
                return;
            }
            state = TurnstileState.REFUSING;
            refuseQueued();
            for (int i = 0; i < dispatch.slots().size(); i++) {
                Slot<R> slot = dispatch.slots().get(i);
                if (slot.countAsAbandoned()) {
                    counts.abandonedByClosing();
                }
                Call<R, ?> call = slot.running();
                if (call != null && call.state() == CallState.RUNNING) {
                    ends.abandon(call, Refusal.CLOSED);
                }
            }
            slots.departures().callsMayBeOver();
        } finally {
            unlock();
        }
    }

    /** The last worker has ended, and the resources are closed. */
    void ended(@Nullable Throwable failureToClose) {
        lockAndAdmit();
        try {
            counts.closeFailed(failureToClose);
            state = TurnstileState.CLOSED;
        } finally {
            unlock();
        }
    }

    CloseReport report() {
        lockAndAdmit();
        try {
            return counts.closeReport(state == TurnstileState.CLOSED);
        } finally {
            unlock();
        }
    }

    // ---- looking ----

    TurnstileState state() {
        return state;
    }

    /** Returns the exceptions for refused callers. */
    RefusalReasons refusals() {
        return refusals;
    }

    boolean isOpen() {
        return state == TurnstileState.OPEN;
    }

    Slots<R> slots() {
        return slots;
    }

    TurnstileStats stats() {
        lockAndAdmit();
        try {
            long now = System.nanoTime();
            return counts.stats(
                    places.capacity(),
                    waitingCount(),
                    pendingCount(),
                    slots.runningCount(),
                    slots.longestInFlightNanos(now),
                    Math.max(
                            now - dispatch.oldestSince(now),
                            now - places.waiters().oldestSince(now)));
        } finally {
            unlock();
        }
    }

    /** Under the monitor. */
    int waitingCount() {
        return places.waiters().count();
    }

    int pendingCount() {
        return places.taken();
    }

    // ---- the monitor ----

    void lock() {
        monitor.lock();
    }

    /** Locks and admits, so that this thread sees every call that came before. */
    void lockAndAdmit() {
        monitor.lock();
        boolean isDone = false;
        try {
            admit();
            isDone = true;
        } finally {
            if (!isDone) {
                monitor.unlock();
            }
        }
    }

    void unlock() {
        monitor.unlock();
    }

    void unlock(@Nullable Waker<R> waker) {
        monitor.unlock(waker);
    }

    /** Enters the calls that have arrived, as {@link #enter} does. Throws nothing. */
    void admit() {
        Call<R, ?> call = arrivals.takeAll();
        if (call != null) {
            isRoomWanted = false;
        }
        while (call != null) {
            Call<R, ?> others = call.next;
            call.next = null;
            isRoomWanted |= call.accepted();
            if (enterNext(call, true) == Admission.REFUSED) {
                monitor.settle(call);
            }
            call = others;
        }
    }

    // ---- workers, under the monitor ----

    Dispatch<R> dispatch() {
        return dispatch;
    }

    /** Says whether it is worth looking for a call. May be asked without the monitor. */
    boolean mayHaveCallFor(Slot<R> slot) {
        return !arrivals.isEmpty() || dispatch.hasCallFor(slot);
    }

    /** From here on, arriving callers take the monitor themselves: they put their calls into the queue, or are refused if the gate is no longer open. */
    void pollNoMore() {
        arrivals.setPolled(false);
        admit();
    }

    /** Lets arriving callers leave their calls to the worker that starts one now; not while any worker sleeps: it could run the call at once. */
    void poll() {
        arrivals.setPolled(state == TurnstileState.OPEN && !dispatch.isAnybodyIdle());
    }

    /** Lets the next callers who want to know at once whether there is a place take the free ones without the monitor, if there are such callers. */
    void offerRoom() {
        if (isRoomWanted && refusalOfNewcomers() == null) {
            arrivals.offerRoom(places.free());
        }
    }

    /** Says whether the calls in the line are to be refused by now. */
    boolean isRefusing() {
        if (state == TurnstileState.DRAINING && drainLimit.hasSurelyPassed()) {
            state = TurnstileState.REFUSING;
        }
        return state == TurnstileState.REFUSING;
    }

    Completions completions() {
        return completions;
    }

    CallerSpin callerSpin() {
        return callerSpin;
    }

    CallCounts counts() {
        return counts;
    }

    CallEnds<R> ends() {
        return ends;
    }

    Places<R> places() {
        return places;
    }

    /** No worker will run a call again. */
    void endAll(@Nullable Throwable cause) {
        refusals.lastWorkerIsGone(cause);
        if (state == TurnstileState.OPEN) {
            counts.closingBegins();
        }
        state = TurnstileState.REFUSING;
        places.refuseWaiters(Refusal.CLOSED);
        refuseQueued();
    }

    void refuseQueued() {
        for (int i = 0; i < dispatch.slots().size(); i++) {
            abandonPrefetched(dispatch.slots().get(i), Refusal.CLOSED);
        }
        dispatch.drain(refuser);
    }

    /** A worker has gone. If none is left at the moment and the policy refuses callers meanwhile, those outside are refused, too. */
    void refuseOutsideIfDown() {
        if (state == TurnstileState.OPEN && refusesWhileDown && slots.isDown()) {
            places.refuseWaiters(Refusal.DOWN);
        }
    }

    // ---- carrying out decisions, under the monitor ----

    @Override
    public void rouse(Slot<R> slot) {
        monitor.rouse(slot.sleeper());
    }

    @Override
    public void drop(Call<R, ?> call) {
        if (call.hasFailed()) {
            ends.finishAndTell(call, CallState.FAILED);
            places.passOn(call);
        } else {
            refuse(call, Refusal.SLOT_GONE);
        }
    }

    // ---- ends ----

    /** Refuses a call that has a place and is in no queue any more. */
    void refuse(Call<R, ?> pending, Refusal why) {
        pending.refuse(why);
        ends.finishAndTell(pending, CallState.REFUSED);
        if (state != TurnstileState.OPEN) {
            counts.refusedByClosing();
        }
        places.passOn(pending);
    }

    void refuseAsClosed(Call<R, ?> pending) {
        refuse(pending, Refusal.CLOSED);
    }
}
