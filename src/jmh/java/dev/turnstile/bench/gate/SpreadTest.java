package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** The arithmetic on which every verdict stands. */
class SpreadTest {
    @Test
    void spread_ofAnOddNumber_hasTheMiddleOne() {
        assertEquals(new Spread(3, 1, 9, 3), Spread.of(9, 1, 3));
    }

    @Test
    void spread_ofAnEvenNumber_hasTheMeanOfTheTwoInTheMiddle() {
        assertEquals(new Spread(4, 1, 100, 4), Spread.of(100, 5, 3, 1));
    }

    @Test
    void spread_ofOne_isThatOne() {
        assertEquals(new Spread(7, 7, 7, 1), Spread.of(7));
    }

    @Test
    void spread_ofNothingOrNoNumber_isRefused() {
        assertThrows(IllegalArgumentException.class, Spread::of);
        assertThrows(IllegalArgumentException.class, () -> Spread.of(1, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Spread.of(1, Double.POSITIVE_INFINITY));
        assertThrows(IllegalArgumentException.class, () -> Spread.of(Double.NEGATIVE_INFINITY, 1));
    }

    @Test
    void spread_ofFigures_leavesTheirOrderAlone() {
        double[] figures = {3, 1, 2};
        Spread.of(figures);
        assertEquals(3, figures[0]);
    }

    @Test
    void map_ofASpread_changesAllButTheCount() {
        assertEquals(new Spread(2, 0, 4, 3), Spread.of(1, 3, 5).map(value -> value - 1));
    }
}
