package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Each share of the keys has one home, everybody about as many, and none moves while its home is in a call. */
class KeySharesProperties {
    private final LaneQueues<String> queues = new LaneQueues<>(new LinkedBlockingQueue<>(), 1);

    private Slot<String> slot(int number) {
        return new Slot<>(number, queues, new RestartBudget(RestartPolicy.never(), TimeSource.system()));
    }

    /** Positive numbers add one, 0 has one go later, the others take one away; every second time nobody comes between two calls meanwhile. */
    @Property
    void shares_areSpreadEvenly_andMoveOnlyBetweenCalls(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = -20, max = 20) Integer> steps) {
        KeyShares<String> keys = new KeyShares<>();
        List<Slot<String>> slots = new ArrayList<>(List.of(slot(1)));
        keys.add(slots.getFirst(), 0);
        List<Slot<String>> staying = new ArrayList<>(slots);
        int made = 1;
        for (int step : steps) {
            List<Slot<String>> before = owners(keys);
            if (step > 0) {
                Slot<String> added = slot(++made);
                keys.add(added, staying.size());
                slots.add(added);
                staying.add(added);
                assertEquals(before, owners(keys), "nothing moves before its home is between two calls");
            } else if (step == 0 && staying.size() > 1) {
                Slot<String> retired = staying.remove(made % staying.size());
                retired.retire();
                keys.promiseAllOf(retired, slots);
                assertEquals(before, owners(keys), "nothing moves before its home is between two calls");
            } else if (step < 0 && slots.size() > 1) {
                Slot<String> removed = slots.remove(Math.floorMod(step, slots.size()));
                staying.remove(removed);
                keys.promiseAllOf(removed, slots);
                keys.give(removed);
                List<Slot<String>> after = owners(keys);
                for (int share = 0; share < KeyShares.SHARES; share++) {
                    assertTrue(
                            before.get(share).equals(removed)
                                    || before.get(share).equals(after.get(share)),
                            "those of others stay");
                }
            }
            if (step % 2 == 0) {
                slots.forEach(slot -> give(keys, slot));
            } else if (step % 3 == 0) {
                give(keys, slots.get(Math.floorMod(step, slots.size()))); // the others are in their calls
            }
            assertTrue(slots.containsAll(owners(keys)), "each has a home that is there");
            assertEven(staying.isEmpty() ? slots : staying);
        }
        slots.forEach(keys::give);
        for (Slot<String> slot : slots) {
            long shares = owners(keys).stream().filter(slot::equals).count();
            assertEquals(slot.shares, shares);
            assertEquals(
                    staying.isEmpty() || staying.contains(slot),
                    shares > 0,
                    "everybody has some, but for those that go");
            assertEquals(0, slot.promises);
            assertFalse(keys.give(slot), "nothing is given twice");
        }
    }

    /** What a slot gives is what it has promised, and nobody else gives anything. */
    private static void give(KeyShares<String> keys, Slot<String> giver) {
        List<Slot<String>> before = owners(keys);
        int promised = giver.promises;
        assertEquals(promised > 0, keys.give(giver));
        List<Slot<String>> after = owners(keys);
        long given = IntStream.range(0, KeyShares.SHARES)
                .filter(share -> !before.get(share).equals(after.get(share)))
                .peek(share -> assertEquals(giver, before.get(share)))
                .count();
        assertTrue(given <= promised, "it may have been promised to the giver itself");
        assertEquals(0, giver.promises);
    }

    private static void assertEven(List<Slot<String>> slots) {
        IntSummaryStatistics shares =
                slots.stream().mapToInt(slot -> slot.shares).summaryStatistics();
        assertEquals(KeyShares.SHARES, shares.getSum());
        assertTrue(shares.getMax() - shares.getMin() <= 1, shares::toString);
    }

    @Property
    void keys_thatAreCounted_areSpread(@ForAll int first, @ForAll @IntRange(max = 20) int shift) {
        long shares = IntStream.range(0, 4 * KeyShares.SHARES)
                .map(i -> KeyShares.share(first + (i << shift)))
                .peek(share -> assertEquals(share, Objects.checkIndex(share, KeyShares.SHARES)))
                .distinct()
                .count();
        assertTrue(shares > 0.9 * KeyShares.SHARES, () -> shares + " shares have a key");
    }

    private static List<Slot<String>> owners(KeyShares<String> keys) {
        List<Slot<String>> owners = new ArrayList<>();
        for (int share = 0; share < KeyShares.SHARES; share++) {
            owners.add(keys.of(share));
        }
        return owners;
    }
}
