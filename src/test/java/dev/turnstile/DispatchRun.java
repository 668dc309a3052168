package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.DispatchModel.Token;
import dev.turnstile.Slot.Occupation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A {@link DispatchPair} through steps that numbers choose: those that the gate may make, in any order. */
final class DispatchRun {
    private static final int MOST_SLOTS = 5;
    private static final int MOST_CALLS = 24;
    private static final int KEYS = 6;
    private static final int TO_RUN_OR_SLEEP = 4;
    private static final int[] SHARES =
            IntStream.range(0, KEYS).map(KeyShares::share).toArray();

    /** By lane, and 0 for no key or the key's number from 1. */
    private static final List<List<Action<Object, Object, RuntimeException>>> ACTIONS = actions();

    private final String kind;
    private final boolean isPool;
    private final int lanes;

    /** Calls come faster than they are run, and slots stay for longer. */
    private final boolean isBusy;

    private final DispatchPair pair;
    private final DispatchModel model;
    private final List<Slot<Object>> slots;

    /** What was done, if somebody wants to read it. */
    private final List<String> story;

    private int callsMade;

    /** Says what kind of gate it is by a number. */
    DispatchRun(long number, List<String> story) {
        this.story = story;
        this.isPool = (number & 3) != 0;
        int normal = 1 << Lane.NORMAL.index();
        this.lanes = (number >>> 4 & 7) == 0 ? normal : (int) (number >>> 7 & 15) | normal;
        this.isBusy = (number >>> 11 & 1) != 0;
        int overtakes = 1 + (int) (number >>> 2 & 3);
        this.kind = (isPool ? "a pool" : "one slot") + ", overtakes " + overtakes + ", lanes "
                + Integer.toBinaryString(lanes);
        this.pair = new DispatchPair(isPool, overtakes, SHARES, (number >>> 12 & 1) == 0 ? 0 : Integer.MAX_VALUE - 100);
        this.model = pair.model();
        this.slots = pair.slots();
        tell(kind);
        add(1, true);
        pair.check();
    }

    private static List<List<Action<Object, Object, RuntimeException>>> actions() {
        List<List<Action<Object, Object, RuntimeException>>> actions = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            actions.add(IntStream.rangeClosed(0, KEYS)
                    .mapToObj(key -> action(lane, key))
                    .toList());
        }
        return actions;
    }

    private static Action<Object, Object, RuntimeException> action(Lane lane, int key) {
        Action<Object, Object, RuntimeException> inLane = DescribedAction.inLane(lane, resource -> resource);
        return key == 0 ? inLane : DescribedAction.keyed(key - 1, inLane);
    }

    // ---- steps ----

    /** Makes a step that a number chooses, or an ordinary one if that cannot be made here; returns {@code false} if none can. */
    boolean step(long choice) {
        int what = (int) (choice & 127);
        if (isBusy && what > 97 && (choice >>> 40 & 7) != 0) {
            what &= 63;
        }
        int which = (int) (choice >>> 8 & 0xffff);
        int how = (int) (choice >>> 24 & 0xffff);
        boolean isMade = what < 36
                ? put(which, how)
                : what < 64 ? look(any(which, DispatchRun::mayLook), how) : act(what, which, how);
        isMade = isMade
                || end(any(which, Slot::isRunning), how)
                || look(any(which, DispatchRun::mayLook), how)
                || put(which, how)
                || begin(any(which, DispatchRun::isVacant))
                || left(any(which, DispatchRun::isToLeave), how);
        if (isMade) {
            pair.check();
        }
        return isMade;
    }

    private boolean act(int what, int which, int how) {
        if (what < 92) {
            return end(any(which, Slot::isRunning), how);
        } else if (what < 98) {
            return leave(which);
        } else if (what < 100) {
            return rouse(any(which, Slot::isIdle));
        } else if (what < 102) {
            return pause(any(which, DispatchRun::looks));
        } else if (what < 103) {
            return stay(any(which, DispatchRun::isLeaving));
        } else if (what < 110) {
            return begin(any(which, DispatchRun::isVacant));
        } else if (what < 114) {
            return takeNoMore(any(which, DispatchRun::serves));
        } else if (what < 120) {
            return left(any(which, DispatchRun::isToLeave), how);
        } else if (what < 121) {
            return die(any(which, slot -> slot.state().hasWorker()), how);
        } else if (what < 122) {
            return retire(any(which, slot -> slot.state().hasWorker() && !slot.isRetiring()));
        } else if (what < 124) {
            return add(1 + how % 2, (how & 16) == 0);
        } else if (what < 125) {
            return remove(any(which, DispatchRun::isVacant), how);
        } else if (what < 126) {
            pair.memoryFails(how % 3, 0);
            return tell("no memory for ", how % 3, " calls");
        }
        pair.memoryFails(0, how % 2);
        return tell("no memory for ", how % 2, " sweeps");
    }

    /** Returns one of those slots; if there is none, any. */
    private Slot<Object> any(int which, Predicate<Slot<Object>> those) {
        for (int i = 0; i < slots.size(); i++) {
            Slot<Object> slot = slots.get((which + i) % slots.size());
            if (those.test(slot)) {
                return slot;
            }
        }
        return slots.get(which % slots.size());
    }

    private static boolean looks(Slot<Object> slot) {
        return slot.occupation == Occupation.LOOKING;
    }

    /** The worker begins, or has something else to do than to look for calls. */
    private static boolean isCalledAway(Slot<Object> slot) {
        return slot.occupation == Occupation.BUSY && !slot.isRunning();
    }

    private static boolean mayLook(Slot<Object> slot) {
        return looks(slot) || isCalledAway(slot);
    }

    private static boolean isLeaving(Slot<Object> slot) {
        return slot.state() == SlotState.LEAVING;
    }

    private static boolean isVacant(Slot<Object> slot) {
        return slot.state() == SlotState.VACANT;
    }

    private static boolean serves(Slot<Object> slot) {
        return slot.state() == SlotState.SERVING;
    }

    private static boolean isToLeave(Slot<Object> slot) {
        return isLeaving(slot) && !slot.isRunning();
    }

    /** Strings and what they are about; put together only if somebody reads it. */
    private boolean tell(Object... what) {
        if (story != null) {
            story.add(Stream.of(what).map(String::valueOf).collect(Collectors.joining()));
        }
        return true;
    }

    private boolean put(int which, int how) {
        if (model.pending() >= MOST_CALLS) {
            return false;
        }
        Token call = call(which, how, (how & 28) == 4);
        if (call.slotNumber() > pair.slotsMade()) {
            pair.putForNobody(call);
            return tell("put for a slot that is not there");
        }
        pair.put(call);
        return tell("put ", call, ": it is ", call.state());
    }

    private Token call(int which, int how, boolean isMeant) {
        int lane = which & 3;
        while ((lanes & 1 << lane) == 0) {
            lane = lane + 1 & 3;
        }
        int key = (how & 3) == 0 ? 0 : 1 + (which >>> 2) % KEYS;
        int meantFor = 0;
        if (isMeant) {
            boolean isForNobody = (how & 0xfe0) == 0;
            meantFor = isForNobody
                    ? pair.slotsMade() + 1
                    : slots.get((how >>> 5) % slots.size()).number();
        }
        Token call = new Token(++callsMade, ACTIONS.get(lane).get(key), meantFor);
        call.comes(Observers.NOBODY, Surroundings.MDC_ALONE);
        return call;
    }

    /** Returns what may come in the place of a call that is dropped in this step. */
    private Token replacement(int how) {
        return model.pending() < MOST_CALLS ? call(how >>> 4, how >>> 2, false) : null;
    }

    private boolean look(Slot<Object> slot, int how) {
        boolean looks = looks(slot);
        if (isCalledAway(slot)) {
            pair.look(slot);
            return tell(slot, " is there");
        }
        Token call = pair.next(slot);
        if (call == null) {
            return looks && ((how & 3) == 0 ? sleep(slot) : tell("nothing for ", slot));
        }
        if ((how & 28) == 0) {
            call.moveTo(CallState.CANCELLED);
            return tell(slot, " does not run ", call);
        }
        pair.start(slot, call);
        return tell(slot, " starts ", call);
    }

    private boolean sleep(Slot<Object> slot) {
        pair.sleep(slot);
        return tell(slot, " sleeps");
    }

    private boolean end(Slot<Object> slot, int how) {
        if (!slot.isRunning()) {
            return false;
        }
        tell(slot, " has run ", slot.running());
        pair.end(slot, replacement(how));
        return true;
    }

    private boolean leave(int which) {
        if (model.pending() == 0) {
            return false;
        }
        Token call = model.pending(which % model.pending());
        pair.leave(call);
        return tell(call, " leaves");
    }

    private boolean rouse(Slot<Object> slot) {
        pair.rouse(slot);
        return tell(slot, " is roused");
    }

    private boolean pause(Slot<Object> slot) {
        if (!looks(slot)) {
            return false;
        }
        pair.pause(slot);
        return tell(slot, " has something else to do");
    }

    // ---- slots and workers ----

    private boolean add(int count, boolean begin) {
        if ((!isPool && !slots.isEmpty()) || slots.size() >= MOST_SLOTS) {
            return false;
        }
        List<Slot<Object>> added = pair.add(count);
        tell("here come ", added);
        return !begin || added.stream().allMatch(this::begin);
    }

    private boolean begin(Slot<Object> slot) {
        if (!isVacant(slot)) {
            return false;
        }
        pair.begin(slot);
        return tell("a worker begins at ", slot);
    }

    private boolean takeNoMore(Slot<Object> slot) {
        if (!serves(slot)) {
            return false;
        }
        pair.takeNoMore(slot);
        return tell(slot, " takes no more calls");
    }

    private boolean retire(Slot<Object> slot) {
        boolean isAnotherToStay = slots.stream().anyMatch(other -> other != slot && !other.isRetiring());
        if (!slot.state().hasWorker() || slot.isRetiring() || !isAnotherToStay) {
            return false;
        }
        pair.retire(slot);
        return tell(slot, " is to go");
    }

    private boolean stay(Slot<Object> slot) {
        if (!isLeaving(slot)) {
            return false;
        }
        pair.stay(slot);
        return tell(slot, " is to stay");
    }

    /** The worker leaves; somebody comes in the same moment, or later, or the slot goes. */
    private boolean left(Slot<Object> slot, int how) {
        if (!isToLeave(slot)) {
            return false;
        }
        if (((how & 3) == 1 || slot.isRetiring()) && slots.size() > 1) {
            pair.leftForGood(slot, replacement(how));
            return tell("the worker has left for good, and so ", slot);
        }
        return die(slot, how);
    }

    private boolean die(Slot<Object> slot, int how) {
        if (!slot.state().hasWorker()) {
            return false;
        }
        tell("the worker leaves ", slot);
        pair.left(slot, (how & 3) == 0);
        return tell("that is ", slot);
    }

    private boolean remove(Slot<Object> slot, int how) {
        if (!isVacant(slot) || slots.size() == 1) {
            return false;
        }
        pair.remove(slot, replacement(how));
        return tell("away goes ", slot);
    }

    /** Has all workers go on until each sleeps: then nothing is left that one of them could run. Those that have none keep what is theirs. */
    void comeToRest() {
        boolean isAtRest = false;
        while (!isAtRest) {
            isAtRest = true;
            for (Slot<Object> slot : List.copyOf(slots)) {
                isAtRest &= !end(slot, 0) && !look(slot, TO_RUN_OR_SLEEP);
                pair.check();
            }
        }
        boolean isAnybodyThere = false;
        for (Slot<Object> slot : slots) {
            isAnybodyThere |= serves(slot);
            assertTrue(!serves(slot) || model.calls(slot.number()).isEmpty(), () -> "nothing is left at " + slot);
        }
        assertTrue(!isAnybodyThere || model.calls(0).isEmpty(), "nothing is left");
    }

    DispatchPair pair() {
        return pair;
    }

    @Override
    public String toString() {
        return kind + ": " + model;
    }
}
