package dev.turnstile;

import java.util.stream.IntStream;

/**
 * The calls that come to the {@link Line} of a pool, each once, by their owners' names. They are in lanes, have keys, are for one slot, or are forks of a block.
 */
public enum PoolCaller {
    ANN(Way.ENTERS, Lane.NORMAL, -1, 0),
    BOB(Way.ARRIVES, Lane.NORMAL, -1, 0),
    CAT(Way.TRIES, Lane.NORMAL, -1, 0),
    DAN(Way.ENTERS, Lane.HIGH, -1, 0),
    EVE(Way.ARRIVES, Lane.LOW, -1, 0),
    FAY(Way.ENTERS, Lane.NORMAL, 0, 0),
    GUS(Way.ARRIVES, Lane.NORMAL, 0, 0),
    HAL(Way.ENTERS, Lane.HIGH, 1, 0),
    IDA(Way.ARRIVES, Lane.NORMAL, 2, 0),
    JIM(Way.ENTERS, Lane.NORMAL, -1, 1),
    KIM(Way.ENTERS, Lane.NORMAL, -1, 2),
    LEO(Way.ENTERS, Lane.NORMAL, -1, 0),
    MIA(Way.ENTERS, Lane.NORMAL, 0, 0),
    NED(Way.ENTERS, Lane.CONTROL, -1, 0),
    OLA(Way.TRIES, Lane.CONTROL, -1, 2),
    PAT(Way.ARRIVES, Lane.NORMAL, -1, 0);

    final Way way;
    final Lane lane;
    private final int key;

    /** The slot that it is for, 0 for any. */
    final int slot;

    PoolCaller(Way way, Lane lane, int key, int slot) {
        this.way = way;
        this.lane = lane;
        this.key = key;
        this.slot = slot;
    }

    boolean isFork() {
        return this == LEO || this == MIA;
    }

    Action<Object, Object, RuntimeException> action() {
        Action<Object, Object, RuntimeException> inLane = DescribedAction.inLane(lane, resource -> resource);
        return key < 0 ? inLane : DescribedAction.keyed(Keys.ALL[key], inLane);
    }

    /** How a call comes. */
    enum Way {
        /** And may wait for a place. */
        ENTERS,
        TRIES,
        /** And waits for its end alone. */
        ARRIVES
    }

    /** Two keys of the first slot, of which the third slot gets one when it comes, and one of the second slot. */
    private static final class Keys {
        private static final Object[] ALL = keys();

        private static Object[] keys() {
            Slot<Object>[] slots = PoolModelSlots.ofNoLine();
            KeyShares<Object> shares = new KeyShares<>();
            shares.add(slots[1], 0);
            shares.add(slots[2], 1);
            shares.give(slots[1]);
            int[] before = IntStream.range(0, 100)
                    .map(key -> shares.of(KeyShares.share(key)).number())
                    .toArray();
            shares.add(slots[3], 2);
            shares.give(slots[1]);
            shares.give(slots[2]);
            return new Object[] {key(shares, before, 1, 3), key(shares, before, 1, 1), key(shares, before, 2, 2)};
        }

        private static int key(KeyShares<Object> shares, int[] before, int slot, int slotAfter) {
            return IntStream.range(0, before.length)
                    .filter(key -> before[key] == slot
                            && shares.of(KeyShares.share(key)).number() == slotAfter)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
