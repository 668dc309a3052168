package dev.turnstile;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Slot}s of a gate: which workers come and relieve others, how many slots there are, and what happens to them on closing. {@link Departures}
 * decides how workers leave; {@link Workers} has the threads. Each decision is one method, which takes the {@link Monitor} unless it says otherwise.
 */
final class Slots<R> {
    private final Line<R> line;
    private final Dispatch<R> dispatch;
    private final TurnstileOptions options;
    private final Departures<R> departures;
    private int made;

    Slots(Line<R> line, Dispatch<R> dispatch, TurnstileOptions options) {
        this.line = line;
        this.dispatch = dispatch;
        this.options = options;
        this.departures = new Departures<>(line, dispatch, this);
    }

    Departures<R> departures() {
        return departures;
    }

    // ---- orders of users ----

    /** Makes a slot for each of these workers, whose resources are open; they begin when all slots are there. */
    void add(List<Worker<R>> workers) {
        line.lockAndAdmit();
        try {
            List<Slot<R>> added = new ArrayList<>();
            for (int i = 0; i < workers.size(); i++) {
                RestartBudget restarts = new RestartBudget(options.restarts(), options.timeSource());
                added.add(new Slot<>(made + added.size() + 1, dispatch.queuesOfSlot(), restarts));
            }
            dispatch.add(added);
            made += added.size();
            for (int i = 0; i < workers.size(); i++) {
                begin(added.get(i), workers.get(i));
            }
        } finally {
            line.unlock();
        }
    }

    /** A worker begins at a slot that has none, or whose worker has just left. Under the monitor. */
    void begin(Slot<R> slot, Worker<R> worker) {
        slot.serve(worker);
        dispatch.serves(slot);
        worker.assign(slot);
    }

    /** Returns the slots that do not retire. */
    List<Slot<R>> staying() {
        line.lock();
        try {
            List<Slot<R>> staying = new ArrayList<>();
            for (Slot<R> slot : dispatch.slots()) {
                if (!slot.isRetiring()) {
                    staying.add(slot);
                }
            }
            return staying;
        } finally {
            line.unlock();
        }
    }

    /** Returns how many slots were ever made; the next one has the number after that. */
    int made() {
        line.lock();
        try {
            return made;
        } finally {
            line.unlock();
        }
    }

    /** Retires slots until {@code count} stay: first those without a resource, then those with a lost resource, then the last ones. */
    void shrinkTo(int count) {
        line.lockAndAdmit();
        try {
            for (int excess = dispatch.stayingCount() - count; excess > 0; excess--) {
                Slot<R> slot = leastUseful();
                if (slot != null) {
                    retire(slot);
                }
            }
            line.refuseOutsideIfDown();
        } finally {
            line.unlock();
        }
    }

    private @Nullable Slot<R> leastUseful() {
        Slot<R> least = null;
        List<Slot<R>> slots = dispatch.slots();
        for (int i = 0; i < slots.size(); i++) {
            Slot<R> slot = slots.get(i);
            if (!slot.isRetiring() && (least == null || use(slot) <= use(least))) {
                least = slot;
            }
        }
        return least;
    }

    private static int use(Slot<?> slot) {
        if (!slot.state().hasWorker()) {
            return 0;
        }
        return slot.lostBy() != null ? 1 : 2;
    }

    /** Retires a slot; it goes when the call that runs there has returned. */
    private void retire(Slot<R> slot) {
        slot.retire();
        dispatch.retires(slot);
        withdraw(slot.succeedBy(null));
        if (slot.state().hasWorker()) {
            slot.leave();
            dispatch.leaves(slot);
        } else {
            remove(slot);
        }
    }

    private static void withdraw(@Nullable Worker<?> worker) {
        if (worker != null) {
            worker.withdraw();
        }
    }

    /**
     * Has a worker relieve the one of a slot between two calls, or begin there if there is none.
     *
     * @param isReplacement true for a replacement of a lost resource: it withdraws unless it is still awaited
     * @return {@code false} if it had to withdraw
     */
    boolean relieve(Slot<R> slot, Worker<R> next, boolean isReplacement) {
        line.lockAndAdmit();
        try {
            if (!line.isOpen() || slot.isGone() || slot.isRetiring() || (isReplacement && !slot.isAwaiting(next))) {
                next.withdraw();
                return false;
            }
            if (slot.state().hasWorker()) {
                withdraw(slot.succeedBy(next));
                slot.leave();
                dispatch.leaves(slot);
            } else { // a replacement that is on its way sees that it is no longer awaited
                if (isReplacement) {
                    slot.restarted();
                } else {
                    withdraw(slot.succeedBy(null));
                }
                begin(slot, next);
            }
            return true;
        } finally {
            line.unlock();
        }
    }

    /**
     * Has a worker relieve the one of a slot between two calls because the resource there is worn out; not if the gate closes, or the slot has another worker by now, or
     * is about to have one, or none.
     */
    void renew(Slot<R> slot, Worker<R> before, Worker<R> next) {
        line.lockAndAdmit();
        try {
            boolean isAsItWas = slot.state() == SlotState.SERVING && slot.isServedBy(before);
            if (line.isOpen() && isAsItWas && !slot.isRetiring()) {
                withdraw(slot.succeedBy(next)); // there is none: who has a successor is leaving
                slot.leave();
                dispatch.leaves(slot);
            } else {
                next.withdraw();
            }
        } finally {
            line.unlock();
        }
    }

    // ---- looking ----

    /** With the processes of the instances, which the system is asked for without the monitor. */
    List<InstanceStats> instancesWithProcesses() {
        List<OptionalLong> pids = new ArrayList<>();
        List<InstanceStats> instances = instances(false, pids);
        for (int i = 0; i < pids.size(); i++) {
            if (pids.get(i).isPresent()) {
                instances.set(i, instances.get(i).inProcess(pids.get(i).getAsLong()));
            }
        }
        return instances;
    }

    /** @param toStay only slots that do not retire */
    List<InstanceStats> instances(boolean toStay) {
        return instances(toStay, new ArrayList<>());
    }

    /** @param pids gets one for each instance */
    private List<InstanceStats> instances(boolean toStay, List<OptionalLong> pids) {
        line.lockAndAdmit();
        try {
            long now = System.nanoTime();
            List<InstanceStats> instances = new ArrayList<>();
            for (Slot<R> slot : dispatch.slots()) {
                if (!toStay || !slot.isRetiring()) {
                    instances.add(slot.stats(now));
                    pids.add(slot.pid());
                }
            }
            return instances;
        } finally {
            line.unlock();
        }
    }

    /** Says whether a call is in the resource of a slot. */
    boolean isRunning(Slot<R> slot) {
        line.lock();
        try {
            return slot.isRunning();
        } finally {
            line.unlock();
        }
    }

    /** Under the monitor, as are all methods below. */
    int runningCount() {
        int count = 0;
        for (Slot<R> slot : dispatch.slots()) {
            count += (slot.isRunning() ? 1 : 0) + slot.prefetch().early();
        }
        return count;
    }

    long longestInFlightNanos(long now) {
        long longest = 0;
        for (Slot<R> slot : dispatch.slots()) {
            longest = Math.max(longest, slot.inFlightNanos(now));
        }
        return longest;
    }

    // ---- under the monitor ----

    /** Says whether no worker takes calls at the moment. */
    boolean isDown() {
        List<Slot<R>> slots = dispatch.slots();
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).hasWorkerForMore()) {
                return false;
            }
        }
        return true;
    }

    /**
     * The gate closes: no worker comes any more; a worker that was to be relieved stays; sleeping workers wake; calls that wait at a slot without a worker go
     * to other slots.
     */
    void close() {
        List<Slot<R>> slots = dispatch.slots();
        for (int i = 0; i < slots.size(); i++) {
            Slot<R> slot = slots.get(i);
            withdraw(slot.succeedBy(null));
            if (slot.state() == SlotState.LEAVING && slot.lostBy() == null) {
                slot.stay();
                dispatch.stays(slot);
            }
            dispatch.rouse(slot);
        }
        for (int i = slots.size() - 1; i >= 0; i--) {
            Slot<R> slot = slots.get(i);
            if (!slot.state().hasWorker()) {
                departures.goForGood(slot, false);
            }
        }
    }

    /** Removes a slot without a worker; the last slot stays, so that it can be looked at. */
    void remove(Slot<R> slot) {
        if (dispatch.slots().size() > 1) {
            slot.go();
            dispatch.remove(slot);
        } else if (slot.state() != SlotState.VACANT) {
            slot.vacate();
        }
    }
}
