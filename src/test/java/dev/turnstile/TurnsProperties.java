package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Nobody starves: a lane that waits is passed over as often as is stated, and no more. */
class TurnsProperties {
    @Property
    void laneThatWaits_isPassedOverNoMoreThanStated(
            @ForAll @IntRange(min = 1, max = 20) int overtakes,
            @ForAll @Size(min = 1, max = 400) List<@IntRange(min = 1, max = 15) Integer> waiting) {
        Turns turns = new Turns(overtakes);
        int[] passedOver = new int[Turns.LANES];
        for (int lanes : waiting) {
            int next = turns.next(lanes);
            assertTrue((lanes & 1 << next) != 0, "somebody waits there");
            turns.taken(next, lanes);
            for (int lane = 0; lane < Turns.LANES; lane++) {
                boolean waits = lane != next && (lanes & 1 << lane) != 0;
                passedOver[lane] = waits ? passedOver[lane] + 1 : 0;
                assertTrue(passedOver[lane] <= overtakes + Turns.LANES - 1, "lane " + lane);
            }
        }
    }

    @Example
    void firstLane_hasItsTurn_untilAnotherIsDue() {
        Turns turns = new Turns(2);
        int highAndLow = 1 << Lane.HIGH.index() | 1 << Lane.LOW.index();
        StringBuilder served = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            int next = turns.next(highAndLow);
            turns.taken(next, highAndLow);
            served.append(next == Lane.HIGH.index() ? 'H' : 'L');
        }
        assertEquals("HHLHHLHHL", served.toString());
    }
}
