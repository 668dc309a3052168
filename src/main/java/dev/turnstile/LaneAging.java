package dev.turnstile;

/**
 * Counts how often each {@link Lane} with a waiting call has been passed over, and chooses the next lane: the first one, unless a later one is due.
 * Guarded by the {@link Monitor}.
 *
 * <p>The bound. A lane that has been passed over {@code overtakes} times is due; of several due lanes, the one passed over most often is next. A lane
 * that is served starts again at 0, so it does not go before a lane that was due then. Thus each other lane goes before a due lane at most once: a lane
 * is passed over at most {@code overtakes} + (the number of the other lanes) times.
 */
final class LaneAging {
    static final int LANES = Lane.values().length;

    private final int overtakes;
    private final int[] passedOver = new int[LANES];

    LaneAging(int overtakes) {
        this.overtakes = overtakes;
    }

    /** @param waiting a bit for each lane, by its number, in which a call waits; not 0 */
    int next(int waiting) {
        return next(waiting, this, 0);
    }

    /**
     * Returns which lane is next among those with a call that waits here or in other queues, which have their own aging.
     *
     * @param waiting a bit for each lane, by its number, in which a call waits here
     * @param waitingThere the same for the other queues; at least one of both is not 0
     */
    int next(int waiting, LaneAging there, int waitingThere) {
        int all = waiting | waitingThere;
        int next = Integer.numberOfTrailingZeros(all);
        if (all == 1 << next) {
            return next;
        }
        int most = overtakes - 1;
        for (int lane = next; lane < LANES; lane++) {
            int age = Math.max(age(lane, waiting), there.age(lane, waitingThere));
            if (age > most) {
                most = age;
                next = lane;
            }
        }
        return next;
    }

    private int age(int lane, int waiting) {
        return isIn(waiting, lane) ? passedOver[lane] : -1;
    }

    /** A call of one lane is served; all other lanes with a waiting call are passed over. */
    void served(int served, int waiting) {
        for (int lane = 0; lane < LANES; lane++) {
            passedOver[lane] = lane != served && isIn(waiting, lane) ? passedOver[lane] + 1 : 0;
        }
    }

    private static boolean isIn(int waiting, int lane) {
        return (waiting & 1 << lane) != 0;
    }
}
