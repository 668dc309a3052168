package dev.turnstile;

import dev.turnstile.Slot.Occupation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides which pending call runs next, at which {@link Slot}, and which worker to wake for it. Guarded by the {@link Monitor}; it has no
 * thread, no lock and no clock of its own. On the path of a call only {@link #put} needs memory.
 *
 * <p>The rules.
 *
 * <ol>
 *   <li>A call waits in one place. A call meant for one slot waits there; a call with a key waits at the slot that owns the key's share; any other waits in the
 *       queues that all slots share, so that it is not stuck behind a slow call.
 *   <li>A slot takes from its own queues and the shared ones. {@link LaneAging} chooses the lane; in that lane the call that came first is next.
 *   <li>A lane has had its turn when one of its calls starts. A call that is taken but does not run costs no lane a turn.
 *   <li>A key share changes its slot only while that slot runs no call. Its pending calls move along, in their order, behind the calls that wait at the new
 *       slot. The shares of a retiring slot go to slots that stay.
 *   <li>No slot is idle while a call waits in its own queues. While any slot is idle, at least as many slots look for a call as calls wait in the
 *       shared queues. So when a slot stops looking (it takes a call, or leaves), another one is woken if calls are left.
 * </ol>
 *
 * <p>Calls are {@link #put} here when they become pending and taken out by {@link #next} or {@link #leave}. The workers of the slots come
 * ({@link #serves}), {@linkplain #looks look}, {@linkplain #started start} a call, {@linkplain #sleeps sleep}, and go ({@link #leaves}). Without a pool,
 * the one slot's own queues are the shared ones; until a call comes in another lane than the ordinary one, the next call is the first of one queue.
 */
final class Dispatch<R> {
    private final boolean isPool;
    private final int overtakes;
    private final Effects<R> effects;
    private final LaneQueues<R> shared;
    private final KeyShares<R> keys = new KeyShares<>();
    private final ArrayList<Slot<R>> slots = new ArrayList<>();

    /** Created early: it is used when memory may have run out. */
    private final Consumer<Call<R, ?>> mover = this::move;

    /** A chain of calls that could not be moved; they are in no queue any more. */
    private @Nullable Call<R, ?> unmoved;

    private int idle;
    private int looking;
    private int order;

    /** So far there is one slot and one lane. */
    private boolean isPlain;

    /** Carries out decisions. */
    interface Effects<R> {
        /** Wakes the worker of a slot. Does not call back. */
        void rouse(Slot<R> slot);

        /** Ends a pending call that is in no queue any more: its slot is gone, or there was no memory to move it (then that is its failure). */
        void drop(Call<R, ?> call);
    }

    /** @param queue holds the ordinary calls that any worker may run: in most gates all calls */
    Dispatch(LinkedBlockingQueue<Call<R, ?>> queue, boolean isPool, int overtakes, Effects<R> effects) {
        this.isPool = isPool;
        this.isPlain = !isPool;
        this.overtakes = overtakes;
        this.effects = effects;
        this.shared = new LaneQueues<>(queue, overtakes);
    }

    // ---- calls ----

    /** A call has come to the line, with or without a place: from now on its lane counts. */
    void announce(Call<R, ?> call) {
        isPlain &= call.lane() == Lane.NORMAL.index();
    }

    /** Says whether all calls are alike, so that a new call never goes before a pending one. */
    boolean isPlain() {
        return isPlain;
    }

    /**
     * A call becomes pending.
     *
     * @throws IllegalStateException if the slot that it is meant for is gone
     */
    void put(Call<R, ?> call) {
        call.order = ++order;
        enqueue(call);
    }

    private void enqueue(Call<R, ?> call) {
        Slot<R> home = homeOf(call);
        if (home == null && call.slotNumber() != 0) {
            throw new IllegalStateException("Instance " + call.slotNumber() + " has gone");
        }
        if (home == null) {
            shared.add(call);
            rouseForShared();
        } else {
            home.own().add(call);
            rouse(home);
        }
    }

    /** Returns the slot where a call must run; {@code null} if it may run anywhere, or if the slot that it is meant for is gone. */
    private @Nullable Slot<R> homeOf(Call<R, ?> call) {
        int number = call.slotNumber();
        if (number == 0) {
            return isPool && call.share() != KeyShares.ANYWHERE ? keys.of(call.share()) : null;
        }
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).number() == number) {
                return slots.get(i);
            }
        }
        return null;
    }

    /** Takes out the next call for a slot; {@code null} if there is none, or if the slot takes no more. Its lane has its turn when it has {@link #started}. */
    @Nullable
    Call<R, ?> next(Slot<R> slot) {
        if (slot.occupation != Occupation.LOOKING) {
            return null;
        }
        if (isPlain) {
            return shared.pollOrdinary();
        }
        LaneQueues<R> own = slot.own();
        if ((own.waiting() | shared.waiting()) == 0) {
            return null;
        }
        int lane = own.aging().next(own.waiting(), shared.aging(), shared.waiting());
        Call<R, ?> first = own.peek(lane);
        Call<R, ?> other = shared.peek(lane); // without a pool the same call
        if (first == null || (other != null && other.order - first.order < 0)) {
            return taken(shared, other);
        }
        return taken(own, first);
    }

    private static <R> @Nullable Call<R, ?> taken(LaneQueues<R> from, @Nullable Call<R, ?> first) {
        if (first != null) {
            from.remove(first);
        }
        return first;
    }

    /** Says whether one slot runs all calls, and none waits in another lane than the ordinary one. */
    boolean isNextOrdinary() {
        return !isPool && (shared.waiting() & ~(1 << Lane.NORMAL.index())) == 0;
    }

    /** Takes out a call that the resource of the slot was handed before its turn. */
    void takePrefetched(Call<R, ?> call) {
        shared.take(call);
    }

    /** Hands the resource of a slot, whose worker starts a call, those that will be next: only while all calls are alike, and one slot runs them. */
    void prefetch(Slot<R> slot, Call<R, ?> starting, R resource) {
        if (isNextOrdinary()) {
            slot.prefetch().fill(starting, shared.ordinary(), resource);
        }
    }

    /** A call that a slot has taken runs now: its lane has had its turn, and the slot stops looking. */
    void started(Slot<R> slot, Call<R, ?> call) {
        if (!isPlain) {
            LaneQueues<R> own = slot.own();
            own.aging().served(call.lane(), own.waiting());
            if (own != shared) {
                shared.aging().served(call.lane(), shared.waiting());
            }
        }
        pauses(slot);
    }

    /**
     * The worker of a slot has nothing in hand: its call, or other work, is done. It looks for a call now, unless it leaves. The slot hands over the key
     * shares that it has promised.
     */
    void looks(Slot<R> slot) {
        if (slot.occupation == Occupation.BUSY) {
            slot.occupation = Occupation.LOOKING;
            looking++;
        }
        give(slot);
    }

    /** A pending call has left the line. */
    void leave(Call<R, ?> call) {
        Slot<R> home = homeOf(call);
        (home == null ? shared : home.own()).leave(call);
    }

    /** Takes all calls out. */
    void drain(Consumer<Call<R, ?>> receiver) {
        for (int i = 0; i < slots.size(); i++) {
            slots.get(i).own().drain(receiver);
        }
        shared.drain(receiver);
    }

    // ---- slots ----

    /** Makes the queues for a new slot. */
    LaneQueues<R> queuesOfSlot() {
        return isPool ? new LaneQueues<>(new LinkedBlockingQueue<>(), overtakes) : shared;
    }

    /** Adds slots that have no worker yet. */
    void add(List<Slot<R>> added) {
        int staying = stayingCount();
        slots.addAll(added); // first: only this needs memory
        for (int i = 0; i < added.size(); i++) {
            keys.add(added.get(i), staying + i);
        }
        for (int i = 0; i < slots.size(); i++) {
            if (!slots.get(i).isRunning()) {
                give(slots.get(i));
            }
        }
    }

    /** A slot, not the only one, retires when its call has returned: its keys go to others. */
    void retires(Slot<R> slot) {
        keys.promiseAllOf(slot, slots);
        if (!slot.isRunning()) {
            give(slot);
        }
    }

    /** Removes a slot, not the only one, that has no worker any more: the calls that wait there go to others. */
    void remove(Slot<R> slot) {
        slots.remove(slot);
        keys.promiseAllOf(slot, slots);
        keys.give(slot);
        moveCallsOf(slot);
    }

    List<Slot<R>> slots() {
        return slots;
    }

    /** Returns how many slots are not to go as soon as their call has returned. */
    int stayingCount() {
        int staying = 0;
        for (int i = 0; i < slots.size(); i++) {
            staying += slots.get(i).isRetiring() ? 0 : 1;
        }
        return staying;
    }

    private void give(Slot<R> slot) {
        if (isPool && keys.give(slot)) {
            moveCallsOf(slot);
        }
    }

    /** Moves each call that waits at a slot to where it must run now. */
    private void moveCallsOf(Slot<R> slot) {
        slot.own().drain(mover);
        while (unmoved != null) { // last, when all others are in place: a dropped call may make room for a new one
            Call<R, ?> call = unmoved;
            unmoved = call.next;
            call.next = null;
            effects.drop(call);
        }
    }

    private void move(Call<R, ?> call) {
        boolean isMoved = false;
        try {
            if (homeOf(call) != null) { // but if it is meant for a slot that has gone
                enqueue(call);
                isMoved = true;
            }
        } catch (Throwable noMemory) {
            call.fail(noMemory);
        }
        if (!isMoved) {
            call.next = unmoved;
            unmoved = call;
        }
    }

    // ---- workers ----

    /** A worker begins at a slot; it does not look for a call yet. */
    void serves(Slot<R> slot) {
        slot.occupation = Occupation.BUSY;
    }

    /** The worker of a slot takes no more calls. If it sleeps, it is woken to see that. */
    void leaves(Slot<R> slot) {
        Occupation before = slot.occupation;
        rouse(slot);
        if (slot.occupation == Occupation.LOOKING) {
            looking--;
        }
        slot.occupation = Occupation.AWAY;
        if (before == Occupation.LOOKING) {
            rouseForShared();
        }
    }

    /** The worker of a slot that was to leave takes calls again. */
    void stays(Slot<R> slot) {
        slot.occupation = Occupation.BUSY;
        if (!slot.isRunning()) {
            looks(slot);
        }
    }

    /** The worker of a slot stops looking for calls for now. */
    void pauses(Slot<R> slot) {
        if (slot.occupation == Occupation.LOOKING) {
            slot.occupation = Occupation.BUSY;
            looking--;
            rouseForShared();
        }
    }

    /** The worker of a slot has found nothing and sleeps. */
    void sleeps(Slot<R> slot) {
        slot.setIdle(true);
        looking--;
        idle++;
    }

    /** Wakes the worker of a slot, if it sleeps, to look again. */
    void rouse(Slot<R> slot) {
        if (slot.occupation == Occupation.IDLE) {
            slot.setIdle(false);
            idle--;
            looking++;
            effects.rouse(slot);
        }
    }

    private void rouseForShared() {
        for (int i = 0; idle > 0 && looking < shared.count(); i++) {
            rouse(slots.get(i));
        }
    }

    /** Says whether calls that wait at another slot may move to this one. */
    boolean mayGetCalls(Slot<R> slot) {
        for (int i = 0; i < slots.size(); i++) {
            Slot<R> other = slots.get(i);
            boolean moves = other.promises > 0 || other.occupation == Occupation.AWAY;
            if (other != slot && isPool && moves && other.own().count() > 0) {
                return true;
            }
        }
        return false;
    }

    boolean isAnybodyIdle() {
        return idle > 0;
    }

    // ---- looking ----

    /** Says whether there may be a call for a slot. May be asked without the monitor. */
    boolean hasCallFor(Slot<R> slot) {
        return !slot.own().isEmpty() || (isPool && !shared.isEmpty());
    }

    /** Returns when the oldest pending call came; {@code now} if none is pending. */
    long oldestSince(long now) {
        long oldest = oldestSince(shared, now);
        for (int i = 0; isPool && i < slots.size(); i++) {
            oldest = Math.min(oldest, oldestSince(slots.get(i).own(), now));
        }
        return oldest;
    }

    private static <R> long oldestSince(LaneQueues<R> queues, long now) {
        long oldest = now;
        for (int lane = 0; lane < LaneAging.LANES; lane++) {
            Call<R, ?> first = queues.peek(lane);
            if (first != null && first.since() - oldest < 0) {
                oldest = first.since();
            }
        }
        return oldest;
    }

    /** Returns how rule 5 is violated, for tests; {@code null} if it is not. */
    @Nullable
    String violation() {
        int looks = 0;
        int sleeps = 0;
        for (Slot<R> slot : slots) {
            looks += slot.occupation == Occupation.LOOKING ? 1 : 0;
            sleeps += slot.isIdle() ? 1 : 0;
            if (slot.isIdle() && slot.own().count() > 0) {
                return slot + " is idle, and calls wait for it";
            }
        }
        if (looks != looking || sleeps != idle) {
            return looking + " look and " + idle + " are idle, it says; but see " + slots;
        }
        if (sleeps > 0 && looks < shared.count()) {
            return shared.count() + " calls wait for any slot, and too few look: " + slots;
        }
        return null;
    }
}
