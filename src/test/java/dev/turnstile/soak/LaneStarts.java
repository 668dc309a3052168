package dev.turnstile.soak;

import dev.turnstile.Lane;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many calls of each lane have started, in one instance or in all of a gate. Any thread may ask. */
final class LaneStarts {
    private static final int LANES = Lane.values().length;

    private final AtomicLongArray starts = new AtomicLongArray(LANES);

    /** For each lane, what the others had started when a call of it started last. */
    private final AtomicLongArray othersBefore = new AtomicLongArray(LANES);

    @SuppressWarnings("EnumOrdinal") // an index into arrays, here alone
    private static int index(Lane lane) {
        return lane.ordinal();
    }

    /** Returns how many calls of other lanes have started: no fewer than when this is called. */
    long others(Lane lane) {
        return others(lane, snapshot());
    }

    static long others(Lane lane, long[] snapshot) {
        long others = -snapshot[index(lane)];
        for (long started : snapshot) {
            others += started;
        }
        return others;
    }

    long[] snapshot() {
        long[] snapshot = new long[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            snapshot[lane] = starts.get(lane);
        }
        return snapshot;
    }

    /** Returns what the others had started when a call of the lane started last; 0 if none has. */
    long othersBefore(Lane lane) {
        return othersBefore.get(index(lane));
    }

    void starts(Lane lane) {
        othersBefore.accumulateAndGet(index(lane), others(lane), Math::max);
        starts.incrementAndGet(index(lane));
    }
}
