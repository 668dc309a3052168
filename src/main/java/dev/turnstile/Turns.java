package dev.turnstile;

/**
 * Says whose turn it is among the {@link Lane}s in which somebody waits: the first one's, unless a later one has been passed over as often as
 * may be. Used only under the monitor of the {@link Line}.
 *
 * <p>The bound. A lane that has been passed over {@code overtakes} times is due, and among those that are due the one that has been passed
 * over most often is next. One that is served begins at 0 again, and so is not before a lane that was due then. Thus the other lanes are
 * before it once each at most: it is passed over {@code overtakes} + (the number of the other lanes) times at most.
 */
final class Turns {
    static final int LANES = Lane.values().length;

    private final int overtakes;
    private final int[] passedOver = new int[LANES];

    Turns(int overtakes) {
        this.overtakes = overtakes;
    }

    /** @param waiting a bit for each lane, by its number, in which somebody waits; not 0 */
    int next(int waiting) {
        int next = Integer.numberOfTrailingZeros(waiting);
        if (waiting == 1 << next) {
            return next;
        }
        int most = overtakes - 1;
        for (int lane = next; lane < LANES; lane++) {
            if (isIn(waiting, lane) && passedOver[lane] > most) {
                most = passedOver[lane];
                next = lane;
            }
        }
        return next;
    }

    /** One of a lane has its turn, while others may go on waiting in the lanes that were said to {@link #next}. */
    void taken(int served, int waiting) {
        for (int lane = 0; lane < LANES; lane++) {
            passedOver[lane] = lane != served && isIn(waiting, lane) ? passedOver[lane] + 1 : 0;
        }
    }

    private static boolean isIn(int waiting, int lane) {
        return (waiting & 1 << lane) != 0;
    }
}
