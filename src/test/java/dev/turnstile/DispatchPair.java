package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.DispatchModel.Token;
import dev.turnstile.Slot.Occupation;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

/**
 * A {@link Dispatch} and its {@link DispatchModel}: each step is made with both, as the gate makes it, and they have to agree on what comes next. After
 * it, {@link #check} looks whether they agree on who is roused, and on what waits where. Besides, and without the model: the calls of one key start in their
 * order and never two at once; those that may run anywhere start in the order of their lane.
 */
final class DispatchPair {
    /** Whoever it is: the dispatch knows no workers. */
    private static final Worker<Object> SOMEBODY = ManualWorker.idler(new Line<>(1));

    private final Dispatch<Object> dispatch;
    private final DispatchModel model;
    private final boolean isPool;
    private final int overtakes;
    private final int[] sharesInUse;
    private final LaneQueues<Object> shared;
    private final KeyShares<Object> keys;
    private final List<Slot<Object>> slots;
    private final List<Integer> roused = new ArrayList<>();
    private final List<Call<Object, ?>> unqueued = new ArrayList<>();
    private final List<Token> dropped = new ArrayList<>();
    private final List<Token> replacing = new ArrayList<>();
    private final Map<Integer, Integer> lastStarted = new HashMap<>();
    private int slotsMade;

    /** Is put when a call is dropped: its place is free. */
    private Token replacement;

    /** So many calls find no memory for a place in the queues of the lane {@code NORMAL}. */
    private int failures;

    /** And so many sweeps. */
    private int failingSweeps;

    /**
     * Makes both, without a slot.
     *
     * @param sharesInUse the shares of all keys that there are
     * @param putBefore how many calls have been put before; that many more and the count overflows
     */
    DispatchPair(boolean isPool, int overtakes, int[] sharesInUse, int putBefore) {
        this.isPool = isPool;
        this.overtakes = overtakes;
        this.sharesInUse = sharesInUse;
        this.dispatch = new Dispatch<>(new TightQueue(), isPool, overtakes, new Effects());
        this.model = new DispatchModel(isPool, overtakes);
        set(dispatch, "order", putBefore);
        this.shared = field(dispatch, "shared");
        this.keys = field(dispatch, "keys");
        this.slots = dispatch.slots();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what the field is, is seen where it is used
    private static <T> T field(Object of, String name) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return (T) field.get(of);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(of.getClass() + " is built otherwise", e);
        }
    }

    private static void set(Dispatch<Object> of, String name, int value) {
        try {
            Field field = Dispatch.class.getDeclaredField(name);
            field.setAccessible(true);
            field.setInt(of, value);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the dispatch is built otherwise", e);
        }
    }

    private final class TightQueue extends LinkedBlockingQueue<Call<Object, ?>> {
        private static final long serialVersionUID = 1;

        @Override
        public boolean add(Call<Object, ?> call) {
            if (failures > 0) {
                failures--;
                unqueued.add(call);
                throw new OutOfMemoryError("as told");
            }
            return super.add(call);
        }

        @Override
        public boolean removeIf(Predicate<? super Call<Object, ?>> which) {
            if (failingSweeps > 0) {
                failingSweeps--;
                throw new OutOfMemoryError("as told");
            }
            return super.removeIf(which);
        }
    }

    private final class Effects implements Dispatch.Effects<Object> {
        @Override
        public void rouse(Slot<Object> slot) {
            assertSame(Occupation.LOOKING, slot.occupation, "who is roused looks");
            roused.add(slot.number());
        }

        /** As the line does: the call ends, and its place is for another one. */
        @Override
        public void drop(Call<Object, ?> call) {
            assertSame(CallState.PENDING, call.state());
            call.moveTo(call.hasFailed() ? CallState.FAILED : CallState.REFUSED);
            dropped.add((Token) call);
            Token next = replacement;
            replacement = null;
            if (next != null && isPut(next)) {
                replacing.add(next);
            }
        }
    }

    /** So many calls, and sweeps, find no memory from now on. */
    void memoryFails(int calls, int sweeps) {
        failures = calls;
        failingSweeps = sweeps;
    }

    // ---- calls ----

    void put(Token call) {
        if (isPut(call)) {
            model.put(call);
        }
    }

    void putForNobody(Token call) {
        assertThrows(IllegalStateException.class, () -> dispatch.put(call));
    }

    private boolean isPut(Token call) {
        dispatch.announce(call);
        try {
            dispatch.put(call);
        } catch (OutOfMemoryError noMemory) {
            assertSame(call, unqueued.removeLast(), "that is the one for which there was none");
            return false;
        }
        call.moveTo(CallState.PENDING);
        return true;
    }

    /** Takes the next call of a slot out; {@code null} if there is none. */
    Token next(Slot<Object> slot) {
        Call<Object, ?> call = dispatch.next(slot);
        Token next = model.next(slot.number());
        assertSame(next, call, "what is next at slot " + slot.number());
        assertTrue(next == null || next.state() == CallState.PENDING, "no tombstone comes out");
        return next;
    }

    void start(Slot<Object> slot, Token call) {
        assertInOrder(call);
        call.moveTo(CallState.RUNNING);
        slot.take(call);
        dispatch.started(slot, call);
        model.started(slot.number(), call);
    }

    /** Without the model: calls with a key, calls for a slot and those for any have an order each, in each lane. */
    private void assertInOrder(Token call) {
        int group = -1;
        if (isPool) {
            group = call.slotNumber() != 0 ? KeyShares.SHARES + call.slotNumber() : call.share();
        }
        Integer before = lastStarted.put(group << 2 | call.lane(), call.number);
        assertTrue(before == null || before < call.number, () -> call + " comes after number " + before);
        for (Slot<Object> slot : slots) {
            if (group >= 0 && group < KeyShares.SHARES && slot.running() instanceof Token other) {
                assertTrue(
                        other.share() != group || other.slotNumber() != 0,
                        () -> call + " starts while " + other + " runs at " + slot);
            }
        }
    }

    /** A call has returned; a slot that gives shares away may do so now. */
    void end(Slot<Object> slot, Token replacementOfOneThatIsDropped) {
        Call<Object, ?> call = slot.running();
        slot.returned(0);
        call.moveTo(CallState.COMPLETED);
        returned(slot, replacementOfOneThatIsDropped);
    }

    private void returned(Slot<Object> slot, Token replacementOfOneThatIsDropped) {
        List<Integer> mayGet = whoMayGetCalls();
        replacement = replacementOfOneThatIsDropped;
        dispatch.looks(slot);
        model.looks(slot.number());
        List<Integer> receivers = callsMayHaveMoved();
        assertTrue(mayGet.containsAll(receivers), () -> "only these may get calls, it said: " + mayGet);
    }

    /** Those who are told that calls may come to them, while nobody comes to the line. */
    private List<Integer> whoMayGetCalls() {
        List<Integer> may = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            if (dispatch.mayGetCalls(slots.get(i))) {
                may.add(slots.get(i).number());
            }
        }
        return may;
    }

    void leave(Token call) {
        call.moveTo(CallState.CANCELLED);
        LaneQueues<Object> from = queuesOf(call);
        boolean isSwept = failingSweeps == 0;
        dispatch.leave(call);
        model.leave(call);
        LinkedBlockingQueue<Call<Object, ?>> queue = queues(from).get(call.lane());
        long calls = queue.stream()
                .filter(other -> other.state() == CallState.PENDING)
                .count();
        assertTrue(!isSwept || queue.size() <= 2 * calls, () -> queue.size() + " in the queue for " + calls + " calls");
    }

    private LaneQueues<Object> queuesOf(Token call) {
        if (!isPool || (call.share() < 0 && call.slotNumber() == 0)) {
            return shared;
        }
        int number = call.slotNumber() != 0
                ? call.slotNumber()
                : keys.of(call.share()).number();
        return slots.stream()
                .filter(slot -> slot.number() == number)
                .findFirst()
                .orElseThrow()
                .own();
    }

    private static List<LinkedBlockingQueue<Call<Object, ?>>> queues(LaneQueues<Object> of) {
        return field(of, "queues");
    }

    // ---- slots and workers ----

    List<Slot<Object>> add(int count) {
        List<Slot<Object>> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LaneQueues<Object> own = isPool ? new LaneQueues<>(new TightQueue(), overtakes) : dispatch.queuesOfSlot();
            added.add(new Slot<>(++slotsMade, own, new RestartBudget(RestartPolicy.never(), TimeSource.system())));
            model.come(slotsMade);
        }
        dispatch.add(added);
        callsMayHaveMoved();
        return added;
    }

    void begin(Slot<Object> slot) {
        slot.serve(SOMEBODY);
        dispatch.serves(slot);
        model.serves(slot.number());
    }

    void sleep(Slot<Object> slot) {
        dispatch.sleeps(slot);
        model.sleeps(slot.number());
    }

    void rouse(Slot<Object> slot) {
        dispatch.rouse(slot);
        model.rouse(slot.number());
    }

    /** The worker has begun, or has done what else there was to do, and looks for calls. */
    void look(Slot<Object> slot) {
        returned(slot, null);
    }

    /** The worker has something else to do for a while. */
    void pause(Slot<Object> slot) {
        dispatch.pauses(slot);
        model.pauses(slot.number());
    }

    void stay(Slot<Object> slot) {
        List<Integer> mayGet = whoMayGetCalls();
        slot.stay();
        dispatch.stays(slot);
        model.stays(slot.number());
        List<Integer> receivers = callsMayHaveMoved();
        assertTrue(mayGet.containsAll(receivers), () -> "only these may get calls, it said: " + mayGet);
    }

    void takeNoMore(Slot<Object> slot) {
        slot.leave();
        dispatch.leaves(slot);
        model.takesNoMore(slot.number());
    }

    /** A slot is to go when its worker has left: others get its keys, as soon as that may be. */
    void retire(Slot<Object> slot) {
        slot.retire();
        dispatch.retires(slot);
        callsMayHaveMoved();
        takeNoMore(slot);
        assertEquals(0, slot.shares, "no keys are to stay there");
    }

    /** The worker of a slot has left, with the call that it ran, if there is one; and in the same moment another one may begin. */
    void left(Slot<Object> slot, boolean hasSuccessor) {
        takeNoMore(slot);
        Call<Object, ?> call = slot.running();
        if (call != null) {
            call.moveTo(CallState.FAILED);
            slot.returned(0);
        }
        returned(slot, null);
        if (hasSuccessor) {
            begin(slot);
        } else {
            slot.vacate();
        }
    }

    /** The worker of a slot that was to leave has left, and the slot goes with it. */
    void leftForGood(Slot<Object> slot, Token replacementOfOneThatIsDropped) {
        List<Integer> mayGet = whoMayGetCalls();
        left(slot, false);
        List<Integer> receivers = remove(slot, replacementOfOneThatIsDropped);
        assertTrue(mayGet.containsAll(receivers), () -> "only these may get calls, it said: " + mayGet);
    }

    /** Returns the slots that have got calls. */
    List<Integer> remove(Slot<Object> slot, Token replacementOfOneThatIsDropped) {
        List<Token> meant = model.calls(slot.number()).stream()
                .filter(call -> call.slotNumber() != 0)
                .toList();
        replacement = replacementOfOneThatIsDropped;
        slot.go();
        dispatch.remove(slot);
        assertTrue(dropped.containsAll(meant), () -> "all that are meant for it are dropped: " + meant);
        List<Integer> receivers = callsMayHaveMoved();
        model.goes(slot.number());
        return receivers;
    }

    /** Shares may have changed hands: the model follows. Returns the slots that have got calls. */
    private List<Integer> callsMayHaveMoved() {
        for (Token call : dropped) {
            boolean isForSlotThatGoes = call.slotNumber() != 0 && call.state() == CallState.REFUSED;
            assertTrue(isForSlotThatGoes || unqueued.remove(call), () -> "there was no reason to drop " + call);
            model.drop(call);
        }
        assertTrue(unqueued.isEmpty(), () -> "there was no memory for these, and nobody knows: " + unqueued);
        List<Integer> receivers =
                model.moveShares(sharesInUse, share -> keys.of(share).number());
        replacing.forEach(model::put);
        dropped.clear();
        replacing.clear();
        replacement = null;
        return receivers;
    }

    // ---- looking ----

    List<Slot<Object>> slots() {
        return slots;
    }

    int slotsMade() {
        return slotsMade;
    }

    DispatchModel model() {
        return model;
    }

    void check() {
        model.assertRoused(roused);
        roused.clear();
        assertNull(dispatch.violation());
        assertQueues(shared, model.calls(0));
        boolean isAnybodyIdle = false;
        for (int i = 0; i < slots.size(); i++) {
            Slot<Object> slot = slots.get(i);
            int number = slot.number();
            assertSame(model.occupation(number), slot.occupation, "what the worker does");
            assertEquals(model.runs(number), slot.isRunning());
            assertTrue(slot.promises == 0 || slot.isRunning(), "who runs nothing has given what it promised");
            assertEquals(model.mayRunSomething(number), dispatch.hasCallFor(slot), "no tombstone is left alone");
            assertQueues(slot.own(), model.calls(number));
            isAnybodyIdle |= slot.isIdle();
        }
        assertEquals(isAnybodyIdle, dispatch.isAnybodyIdle());
    }

    private static void assertQueues(LaneQueues<Object> queues, List<Token> calls) {
        int lanes = 0;
        for (int i = 0; i < calls.size(); i++) {
            lanes |= 1 << calls.get(i).lane();
        }
        assertEquals(calls.size(), queues.count());
        assertEquals(lanes, queues.waiting());
    }

    /** Each call is in one queue, where the model has it. */
    void assertContents() {
        assertContents(shared, model.calls(0));
        for (Slot<Object> slot : slots) {
            assertContents(slot.own(), model.calls(slot.number()));
        }
        long now = System.nanoTime();
        assertEquals(model.oldestSince(now), dispatch.oldestSince(now));
    }

    private static void assertContents(LaneQueues<Object> queues, List<Token> calls) {
        List<LinkedBlockingQueue<Call<Object, ?>>> lanes = queues(queues);
        for (int i = 0; i < lanes.size(); i++) {
            int lane = i;
            assertEquals(
                    calls.stream().filter(call -> call.lane() == lane).toList(),
                    lanes.get(lane).stream()
                            .filter(call -> call.state() == CallState.PENDING)
                            .toList());
        }
    }

    /** Takes all calls out, in the order of each lane. */
    void drain() {
        List<Token> left = new ArrayList<>();
        dispatch.drain(call -> {
            call.moveTo(CallState.REFUSED);
            left.add((Token) call);
        });
        while (model.pending() > 0) {
            Token call = model.pending(0);
            assertTrue(left.remove(call), () -> call + " is lost");
            model.leave(call);
        }
        assertEquals(List.of(), left);
        check();
    }
}
