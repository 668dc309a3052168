package dev.turnstile.process;

/**
 * Says whether to look for a message for a moment before sleeping. That pays if the other side has a processor of its own, and then it saves most of the time that a
 * call takes. Where it does not pay, it is tried ever less often.
 */
final class AdaptiveSpin {
    /** Longer than the other side needs to be woken. */
    static final long NANOS = 20_000;

    private static final int MOST_MISSES = 8;
    private static final int SHORTEST_PAUSE = 64;
    private static final int LONGEST_PAUSE = 4096;

    private static final boolean IS_ALONE = Runtime.getRuntime().availableProcessors() == 1;

    private int misses;
    private int pause;
    private int nextPause = SHORTEST_PAUSE;

    boolean allows() {
        if (IS_ALONE) {
            return false;
        }
        if (pause > 0) {
            pause--;
            return false;
        }
        return true;
    }

    void paid() {
        misses = 0;
        nextPause = SHORTEST_PAUSE;
    }

    void didNotPay() {
        misses++;
        if (misses == MOST_MISSES) {
            misses = 0;
            pause = nextPause;
            nextPause = Math.min(2 * nextPause, LONGEST_PAUSE);
        }
    }
}
