package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Each share of the keys has one home, everybody about as many, and none moves while its home is in a call. */
class HomesProperties {
    private final Line<String> line = new Line<>(1);

    private Station<String> station(int number) {
        return new Station<>(line, number, line.shared(), TurnstileOptions.defaults());
    }

    /** Positive numbers add one, the others take one away; every second time nobody comes between two calls meanwhile. */
    @Property
    void shares_areSpreadEvenly_andMoveOnlyBetweenCalls(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = -20, max = 20) Integer> steps) {
        Homes<String> homes = new Homes<>();
        List<Station<String>> stations = new ArrayList<>(List.of(station(1)));
        homes.add(stations.getFirst(), List.of());
        int made = 1;
        for (int step : steps) {
            List<Station<String>> before = owners(homes);
            if (step > 0) {
                Station<String> added = station(++made);
                homes.add(added, stations);
                stations.add(added);
                assertEquals(before, owners(homes), "nothing moves before its home is between two calls");
            } else if (stations.size() > 1) {
                Station<String> removed = stations.remove(Math.floorMod(step, stations.size()));
                homes.remove(removed, stations);
                List<Station<String>> after = owners(homes);
                for (int share = 0; share < Homes.SHARES; share++) {
                    assertTrue(
                            before.get(share).equals(removed)
                                    || before.get(share).equals(after.get(share)),
                            "those of others stay");
                }
            }
            if (step % 2 == 0) {
                stations.forEach(homes::give);
            }
            assertTrue(stations.containsAll(owners(homes)), "each has a home that is there");
            assertEven(stations);
        }
        stations.forEach(homes::give);
        for (Station<String> station : stations) {
            long shares = owners(homes).stream().filter(station::equals).count();
            assertEquals(station.shares, shares);
            assertTrue(shares > 0, "everybody has some");
            assertEquals(0, station.promises);
            assertFalse(homes.give(station), "nothing is given twice");
        }
    }

    private static void assertEven(List<Station<String>> stations) {
        IntSummaryStatistics shares =
                stations.stream().mapToInt(station -> station.shares).summaryStatistics();
        assertEquals(Homes.SHARES, shares.getSum());
        assertTrue(shares.getMax() - shares.getMin() <= 1, shares::toString);
    }

    @Property
    void keys_thatAreCounted_areSpread(@ForAll int first, @ForAll @IntRange(max = 20) int shift) {
        long shares = IntStream.range(0, 4 * Homes.SHARES)
                .map(i -> Homes.share(first + (i << shift)))
                .peek(share -> assertEquals(share, Objects.checkIndex(share, Homes.SHARES)))
                .distinct()
                .count();
        assertTrue(shares > 0.9 * Homes.SHARES, () -> shares + " shares have a key");
    }

    private static List<Station<String>> owners(Homes<String> homes) {
        List<Station<String>> owners = new ArrayList<>();
        for (int share = 0; share < Homes.SHARES; share++) {
            owners.add(homes.of(share));
        }
        return owners;
    }
}
