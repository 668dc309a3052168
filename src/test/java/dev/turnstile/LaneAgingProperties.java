package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Nobody starves: a lane that waits is passed over as often as is stated, and no more. */
class LaneAgingProperties {
    @Property
    void laneThatWaits_isPassedOverNoMoreThanStated(
            @ForAll @IntRange(min = 1, max = 20) int overtakes,
            @ForAll @Size(min = 1, max = 400) List<@IntRange(min = 1, max = 15) Integer> waiting) {
        LaneAging aging = new LaneAging(overtakes);
        int[] passedOver = new int[LaneAging.LANES];
        for (int lanes : waiting) {
            int next = aging.next(lanes);
            assertTrue((lanes & 1 << next) != 0, "somebody waits there");
            aging.served(next, lanes);
            for (int lane = 0; lane < LaneAging.LANES; lane++) {
                boolean waits = lane != next && (lanes & 1 << lane) != 0;
                passedOver[lane] = waits ? passedOver[lane] + 1 : 0;
                assertTrue(passedOver[lane] <= overtakes + LaneAging.LANES - 1, "lane " + lane);
            }
        }
    }

    /** A slot's own queues and those that all share, which grow older by what others start, too. {@link DispatchModel} says why these are the bounds. */
    @Property
    void laneThatWaitsAtOneOfSeveralSlots_isPassedOverNoMoreThanStated(
            @ForAll @IntRange(min = 1, max = 20) int overtakes,
            @ForAll @IntRange(min = 1, max = 4) int slots,
            @ForAll @Size(min = 1, max = 400) List<@IntRange(max = 1023) Integer> steps) {
        LaneAging shared = new LaneAging(overtakes);
        List<LaneAging> own =
                Stream.generate(() -> new LaneAging(overtakes)).limit(slots).toList();
        int[] passedOver = new int[LaneAging.LANES];
        int[][] passedOverAt = new int[slots][LaneAging.LANES];
        for (int step : steps) {
            int slot = (step >>> 8) % slots;
            int waitingThere = step >>> 4 & 15;
            int waiting = (step & 15) | (waitingThere == 0 ? 1 : 0);
            int next = own.get(slot).next(waiting, shared, waitingThere);
            assertTrue(isIn(waiting | waitingThere, next), "somebody waits there");
            assertEquals(next, shared.next(waitingThere, own.get(slot), waiting), "whoever is asked");
            own.get(slot).served(next, waiting);
            shared.served(next, waitingThere);
            int bound = overtakes + 3 * slots;
            passOver(passedOver, next, waitingThere, bound);
            passOver(passedOverAt[slot], next, waiting, slots == 1 ? bound : bound + 3);
        }
    }

    private static void passOver(int[] passedOver, int next, int waiting, int bound) {
        for (int lane = 0; lane < LaneAging.LANES; lane++) {
            passedOver[lane] = lane != next && isIn(waiting, lane) ? passedOver[lane] + 1 : 0;
            assertTrue(passedOver[lane] <= bound, "lane " + lane);
        }
    }

    private static boolean isIn(int lanes, int lane) {
        return (lanes & 1 << lane) != 0;
    }

    /** Who is older is next, be it here or there; of two that are as old, and when nobody is due, the first lane. */
    @Example
    void next_ofTwoQueues_isTheOldestOfThoseThatAreDue() {
        LaneAging here = new LaneAging(2);
        LaneAging there = new LaneAging(2);
        int high = 1 << Lane.HIGH.index();
        int normal = 1 << Lane.NORMAL.index();
        int low = 1 << Lane.LOW.index();
        there.served(Lane.HIGH.index(), low);
        assertEquals(Lane.HIGH.index(), here.next(high, there, low), "nobody is due");
        assertEquals(Lane.LOW.index(), here.next(0, there, low), "nobody else is there");
        there.served(Lane.HIGH.index(), low);
        assertEquals(Lane.LOW.index(), here.next(high, there, low), "it is due");
        assertEquals(Lane.HIGH.index(), here.next(high | low, there, 0), "it is due there, where nobody waits by now");
        here.served(Lane.HIGH.index(), normal);
        here.served(Lane.HIGH.index(), normal);
        assertEquals(Lane.NORMAL.index(), here.next(normal, there, low), "as old, and before");
        there.served(Lane.HIGH.index(), low);
        assertEquals(Lane.LOW.index(), here.next(normal, there, low), "older");
    }

    @Example
    void firstLane_hasItsTurn_untilAnotherIsDue() {
        LaneAging aging = new LaneAging(2);
        int highAndLow = 1 << Lane.HIGH.index() | 1 << Lane.LOW.index();
        StringBuilder served = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            int next = aging.next(highAndLow);
            aging.served(next, highAndLow);
            served.append(next == Lane.HIGH.index() ? 'H' : 'L');
        }
        assertEquals("HHLHHLHHL", served.toString());
    }
}
