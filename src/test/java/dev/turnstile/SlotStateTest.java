package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The legal moves of a slot, all of them; any other throws and changes nothing. */
class SlotStateTest {
    private static final Map<SlotState, Set<SlotState>> LEGAL = new EnumMap<>(Map.of(
            SlotState.VACANT,
            EnumSet.of(SlotState.AWAITED, SlotState.SERVING, SlotState.GONE),
            SlotState.AWAITED,
            EnumSet.of(SlotState.SERVING, SlotState.VACANT, SlotState.GONE),
            SlotState.SERVING,
            EnumSet.of(SlotState.LEAVING, SlotState.VACANT, SlotState.GONE),
            SlotState.LEAVING,
            EnumSet.of(SlotState.SERVING, SlotState.VACANT, SlotState.GONE)));

    private final Throwable loss = new IllegalStateException("as told");

    private final Line<String> line = new Line<>(1);
    private final Worker<String> worker = ManualWorker.idler(line);

    static Stream<Arguments> pairs() {
        return Stream.of(SlotState.values())
                .flatMap(from -> Stream.of(SlotState.values()).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void move_isAllowedIfAndOnlyIfItIsLegal(SlotState from, SlotState to) {
        boolean legal = LEGAL.getOrDefault(from, Set.of()).contains(to);
        assertEquals(legal, from.mayBecome(to));

        Slot<String> slot = slotIn(from);
        Worker<String> successor = slot.successor();
        if (legal) {
            move(slot, to);
            assertSame(to, slot.state());
        } else if (to == SlotState.LEAVING) {
            slot.leave(); // whoever is not here, or is leaving, need not be told
            assertSame(from, slot.state());
        } else {
            assertThrows(IllegalStateException.class, () -> move(slot, to));
            assertSame(from, slot.state());
            assertSame(successor, slot.successor());
            assertSame(loss, slot.lostBy());
        }
    }

    /** Every state can be reached by legal moves. */
    private Slot<String> slotIn(SlotState state) {
        RestartBudget restarts = new RestartBudget(RestartPolicy.never(), TimeSource.system());
        Slot<String> slot = new Slot<>(1, ManualWorker.of(line).slot().own(), restarts);
        if (state == SlotState.LEAVING) {
            slot.serve(worker);
        }
        if (state != SlotState.VACANT) {
            move(slot, state);
        }
        slot.lose(loss, true);
        return slot;
    }

    private void move(Slot<String> slot, SlotState next) {
        switch (next) {
            case VACANT -> slot.vacate();
            case AWAITED -> slot.await(worker);
            case SERVING -> slot.serve(worker);
            case LEAVING -> slot.leave();
            case GONE -> slot.go();
        }
    }

    /** What was known of the resource before is not true of the new one. */
    @Test
    void serve_knowsNothingOfWhatWasBefore() {
        Slot<String> slot = slotIn(SlotState.AWAITED);
        slot.suspect(loss);
        slot.serve(worker);
        assertNull(slot.successor());
        assertNull(slot.lostBy());
        assertFalse(slot.isSuspected());
    }

    /** The worker of before is a stranger by now, and one that has gone is nobody's. */
    @Test
    void isServed_byTheOneWhoBeganLast() {
        Slot<String> slot = slotIn(SlotState.LEAVING);
        assertTrue(slot.isServedBy(worker));
        Worker<String> next = ManualWorker.idler(line);
        slot.serve(next);
        assertTrue(slot.isServedBy(next));
        assertFalse(slot.isServedBy(worker));
        slot.vacate();
        assertFalse(slot.isServedBy(next));
    }

    /** Whoever was to leave and stays is at the same work. */
    @Test
    void stay_keepsWorkerAndLoss() {
        Slot<String> slot = slotIn(SlotState.LEAVING);
        slot.stay();
        assertSame(SlotState.SERVING, slot.state());
        assertTrue(slot.isServedBy(worker));
        assertSame(loss, slot.lostBy());
        assertThrows(IllegalStateException.class, slot::stay);
    }

    @Test
    void lost_isToBeReplaced_ifItMay_andTheSlotIsToStay() {
        Slot<String> slot = slotIn(SlotState.LEAVING);
        assertTrue(slot.isToBeReplaced());
        slot.lose(loss, false);
        assertFalse(slot.isToBeReplaced());
        slot.lose(loss, true);
        slot.retire();
        assertFalse(slot.isToBeReplaced());
    }

    /** It shows until another one is there. */
    @Test
    void vacate_keepsWhyTheResourceWasLost() {
        Slot<String> slot = slotIn(SlotState.LEAVING);
        slot.vacate();
        assertSame(loss, slot.lostBy());
        assertSame(loss, slot.stats(0).lostBy());
    }

    @Test
    void awaited_isOneWorker_untilItIsThereOrNobodyIs() {
        Slot<String> slot = slotIn(SlotState.AWAITED);
        assertTrue(slot.isAwaiting(worker));
        assertFalse(slot.isAwaiting(ManualWorker.idler(line)));
        slot.vacate();
        assertFalse(slot.isAwaiting(worker));
        slot.serve(worker);
        assertNull(slot.succeedBy(worker));
        assertFalse(slot.isAwaiting(worker), "it comes when the other one has left");
        assertSame(worker, slot.succeedBy(null));
    }

    @Test
    void state_showsWhetherSomebodyIsThere() {
        assertEquals(
                EnumSet.of(SlotState.SERVING, SlotState.LEAVING),
                EnumSet.copyOf(Stream.of(SlotState.values())
                        .filter(SlotState::hasWorker)
                        .toList()));
        assertSame(InstanceState.SERVING, slotIn(SlotState.SERVING).stats(0).state());
        assertSame(InstanceState.LEAVING, slotIn(SlotState.LEAVING).stats(0).state());
        assertSame(InstanceState.DOWN, slotIn(SlotState.AWAITED).stats(0).state());
        assertSame(InstanceState.DOWN, slotIn(SlotState.VACANT).stats(0).state());
    }
}
