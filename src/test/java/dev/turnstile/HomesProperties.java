package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
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
        }
        stations.forEach(homes::give);
        for (Station<String> station : stations) {
            long shares = owners(homes).stream().filter(station::equals).count();
            assertEquals(station.shares, shares);
            assertTrue(shares > 0, "everybody has some");
        }
    }

    private static List<Station<String>> owners(Homes<String> homes) {
        List<Station<String>> owners = new ArrayList<>();
        for (int share = 0; share < Homes.SHARES; share++) {
            owners.add(homes.of(share));
        }
        return owners;
    }
}
