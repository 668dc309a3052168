package dev.turnstile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How workers leave their {@link Slot}s (in order, by death, or because the resource was lost) and which workers replace them. Each decision is one method,
 * which takes the {@link Monitor} unless it says otherwise. None needs memory: a worker may leave because memory has run out.
 */
final class Departures<R> {
    private final Line<R> line;
    private final Dispatch<R> dispatch;
    private final Slots<R> slots;

    /** Why the slot that went last was lost. */
    private @Nullable Throwable lastLoss;

    Departures(Line<R> line, Dispatch<R> dispatch, Slots<R> slots) {
        this.line = line;
        this.dispatch = dispatch;
        this.slots = slots;
    }

    /**
     * Says whether the worker of a slot, which has found no call, is to leave. In a closing gate it leaves unless calls may move here from another slot. Under
     * the monitor, as is {@link #depart}.
     */
    boolean isToDepart(Slot<R> slot) {
        return slot.state() == SlotState.LEAVING || !(line.isOpen() || dispatch.mayGetCalls(slot));
    }

    /**
     * The worker of a slot has run its last call there. If a successor waits for that, it begins at the same moment.
     *
     * @return whether a replacement for a lost resource is to come
     */
    boolean depart(Slot<R> slot) {
        return leave(slot, null);
    }

    /**
     * The worker of a slot dies. Its call is given up.
     *
     * @param canBeReplaced whether a restart attempt is left
     * @return whether a replacement is to come
     */
    boolean die(Slot<R> slot, Worker<R> worker, Throwable death, boolean canBeReplaced) {
        line.lock();
        try {
            line.pollNoMore();
            if (!slot.isServedBy(worker)) {
                return false;
            }
            slot.lose(death, canBeReplaced);
            return leave(slot, death);
        } finally {
            line.unlock();
        }
    }

    private boolean leave(Slot<R> slot, @Nullable Throwable death) {
        slot.leave();
        dispatch.leaves(slot);
        Worker<R> next = slot.successor();
        boolean comesBack = next == null && slot.isToBeReplaced() && line.isOpen();
        boolean isLast = next == null && !comesBack && isLast(slot);
        if (death != null) {
            abortCalls(slot, death, !isLast);
        }
        dispatch.looks(slot);
        if (next != null) {
            slots.begin(slot, next);
        } else if (comesBack) {
            slot.vacate();
            line.refuseOutsideIfDown();
        } else {
            goForGood(slot, death != null);
        }
        return comesBack;
    }

    /** Removes a slot for good. If it is the last one, no call in the line is run any more. Under the monitor. */
    void goForGood(Slot<R> slot, boolean isDeath) {
        boolean isLast = isLast(slot);
        lastLoss = slot.lostBy() == null ? lastLoss : slot.lostBy();
        if (isLast && (isDeath || line.isOpen())) {
            line.endAll(lastLoss);
        } else if (isLast) {
            line.refuseQueued(); // calls meant for slots that went before
        }
        slots.remove(slot);
        line.refuseOutsideIfDown();
        callsMayBeOver();
    }

    /** Pending calls or a slot have gone. In a closing gate, wakes sleeping workers: they look whether calls may still come to them. Under the monitor. */
    void callsMayBeOver() {
        if (!line.isOpen() && dispatch.isAnybodyIdle()) {
            List<Slot<R>> all = dispatch.slots();
            for (int i = 0; i < all.size(); i++) {
                dispatch.rouse(all.get(i));
            }
        }
    }

    /** Gives up the call in the worker's hand, and what its resource has begun besides. */
    private void abortCalls(Slot<R> slot, Throwable death, boolean gateGoesOn) {
        line.refusals().workerDied(death);
        Refusal why = gateGoesOn ? Refusal.WORKER_DIED : Refusal.CLOSED;
        if (slot.running() != null) {
            abortCall(slot, slot.running(), why);
        }
        line.abandonPrefetched(slot, why);
        Call<R, ?> begun;
        while ((begun = slot.prefetch().next()) != null) {
            long now = System.nanoTime();
            line.counts().returned(0);
            line.ends().returned(begun, CallState.REFUSED, slot.number(), now, now);
        }
    }

    private void abortCall(Slot<R> slot, Call<R, ?> call, Refusal why) {
        if (call.state() == CallState.PENDING) {
            slot.putDown();
            line.refuse(call, why);
            return;
        }
        long now = System.nanoTime();
        line.counts().returned(slot.returned(now));
        if (call.state() == CallState.RUNNING) {
            line.ends().abandon(call, why);
        }
        line.ends().returned(call, CallState.REFUSED, slot.number(), slot.runningSince(), now);
    }

    /** Says whether no other slot will run a call after this one has gone. */
    private boolean isLast(Slot<R> leaving) {
        List<Slot<R>> all = dispatch.slots();
        for (int i = 0; i < all.size(); i++) {
            Slot<R> slot = all.get(i);
            if (slot != leaving && (slot.state() == SlotState.SERVING || line.isOpen())) {
                return false;
            }
        }
        return true;
    }

    /**
     * The resource of a slot is lost. If it can be replaced, or other slots take its calls, its worker leaves; otherwise it goes on and answers as it can.
     * The other slots check whether theirs are lost as well.
     *
     * @param canBeReplaced whether a restart attempt is left
     * @return whether the loss is new
     */
    boolean lose(Slot<R> slot, Throwable cause, boolean canBeReplaced) {
        line.lockAndAdmit();
        try {
            Throwable before = slot.lostBy();
            boolean isNews = before == null;
            slot.lose(before == null ? cause : before, canBeReplaced); // first cause stays: the others follow from it
            boolean isServed = canBeReplaced;
            List<Slot<R>> all = dispatch.slots();
            for (int i = 0; i < all.size(); i++) {
                Slot<R> other = all.get(i);
                if (other != slot && other.state() == SlotState.SERVING) {
                    isServed = true;
                    if (isNews && other.lostBy() == null) {
                        other.suspect(cause);
                        dispatch.rouse(other);
                    }
                }
            }
            if (isServed && line.isOpen()) {
                slot.leave();
                dispatch.leaves(slot);
                line.refuseOutsideIfDown();
            }
            return isNews;
        } finally {
            line.unlock();
        }
    }

    /** A replacement is on its way to a slot that lost its resource; {@code false} if it is not needed there. */
    boolean expect(Slot<R> slot, Worker<R> next) {
        line.lock();
        try {
            boolean isNeeded = line.isOpen() && slot.state() == SlotState.VACANT;
            if (isNeeded) {
                slot.await(next);
            }
            return isNeeded;
        } finally {
            line.unlock();
        }
    }

    boolean isAwaited(Slot<R> slot, Worker<R> worker) {
        line.lock();
        try {
            return line.isOpen() && slot.isAwaiting(worker);
        } finally {
            line.unlock();
        }
    }

    /**
     * No worker will come to a slot again.
     *
     * @param last the worker that was awaited there; {@code null} if none could be made
     */
    void giveUp(Slot<R> slot, @Nullable Worker<R> last, @Nullable Throwable cause) {
        line.lockAndAdmit();
        try {
            boolean isVacant = last == null ? slot.state() == SlotState.VACANT : slot.isAwaiting(last);
            if (isVacant && line.isOpen()) {
                if (cause != null) {
                    slot.lose(cause, false);
                }
                goForGood(slot, true);
            }
        } finally {
            line.unlock();
        }
    }
}
