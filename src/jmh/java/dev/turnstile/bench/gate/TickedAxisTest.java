package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jfree.chart.axis.NumberTick;
import org.junit.jupiter.api.Test;

/** Where the axes of a plot begin and end, and what is written beside them. */
class TickedAxisTest {
    @Test
    void horizontalAxis_hasATickAtEachValueAndRoomBeyondTheLast() {
        TickedAxis axis = TickedAxis.at(new double[] {1_000, 1, 16, 16}, "callers", 0.2);
        assertEquals(List.of("1", "16", "1,000"), texts(axis));
        assertEquals(0.03, axis.share(1), 1e-9);
        assertEquals(0.77, axis.share(1_000), 1e-9);
        assertEquals(1_000, axis.at(0.77), 1e-6);
    }

    @Test
    void verticalAxis_isAsLongAsTheDataWithTicksAtRoundValues() {
        double[] data = {51_000, 2_238_000, 464_000};
        TickedAxis axis = TickedAxis.over(data, Unit.CALLS_PER_SECOND);
        assertEquals(List.of("0.1 M/s", "0.2 M/s", "0.5 M/s", "1 M/s", "2 M/s"), texts(axis));
        assertEnds(axis, 51_000, 2_238_000);
    }

    @Test
    void verticalAxis_overManyPowersOfTen_hasATickAtEach() {
        TickedAxis axis = TickedAxis.over(new double[] {451, 1_080_000}, Unit.NANOS);
        assertEquals(List.of("1 µs", "10 µs", "100 µs", "1 ms"), texts(axis));
        assertEnds(axis, 451, 1_080_000);
    }

    @Test
    void verticalAxis_withoutRoundValuesInItsData_goesToTheNextOnes() {
        TickedAxis axis = TickedAxis.over(new double[] {1_310, 1_630}, Unit.NANOS);
        assertEquals(List.of("1 µs", "2 µs"), texts(axis));
        assertEnds(axis, 1_000, 2_000);
        assertEquals(List.of("5 ms", "10 ms"), texts(TickedAxis.over(new double[] {5e6}, Unit.NANOS)));
        assertEquals(List.of("5 ms", "10 ms"), texts(TickedAxis.over(new double[] {9e6, 9e6}, Unit.NANOS)));
    }

    private static void assertEnds(TickedAxis axis, double least, double largest) {
        assertTrue(axis.getLowerBound() < least && axis.getLowerBound() > least / 2, axis.getRange()::toString);
        assertTrue(axis.getUpperBound() > largest && axis.getUpperBound() < largest * 2, axis.getRange()::toString);
    }

    private static List<String> texts(TickedAxis axis) {
        return axis.refreshTicks(null, null, null, null).stream()
                .map(NumberTick::getText)
                .toList();
    }
}
