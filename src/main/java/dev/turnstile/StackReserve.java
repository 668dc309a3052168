package dev.turnstile;

/**
 * Ensures that the current thread's stack has room for what the gate is about to do.
 *
 * <p>A recursion that calls the gate on each level overflows in the gate, which is deeper than its caller. In the bookkeeping of
 * the {@link Line}, or while a lock is released, that would stop the gate for all callers (and in a class initialiser, break that
 * class until the JVM ends). The JDK protects its own locks with an annotation that only the JDK may use. So the gate first
 * descends as deep as it will ever need, before it changes anything. Loading a class takes more than that: see {@link Rehearsal}.
 */
final class StackReserve {
    /** At least twice what was needed (8 to 16) with this method compiled and what follows interpreted. */
    private static final int LEVELS = 32;

    /** For streams under the monitor, which descend some 40 levels. */
    private static final int MANY_LEVELS = 4 * LEVELS;

    private static volatile long filler = 1;

    private StackReserve() {}

    /** Throws {@link StackOverflowError} before anything has happened, if there is no room for what follows. */
    static void require() {
        descend(LEVELS);
    }

    /** The same for rare operations that go deeper. */
    static void requireMuch() {
        descend(MANY_LEVELS);
    }

    /** The many variables make each level large, compiled or not, and cost nothing on the way down. */
    private static long descend(int levels) {
        if (levels > 0) {
            return descend(levels - 1) + 1;
        }
        long a0 = filler;
        long a1 = filler;
        long a2 = filler;
        long a3 = filler;
        long a4 = filler;
        long a5 = filler;
        long a6 = filler;
        long a7 = filler;
        long a8 = filler;
        long a9 = filler;
        long a10 = filler;
        long a11 = filler;
        long a12 = filler;
        long a13 = filler;
        long a14 = filler;
        long a15 = filler;
        long a16 = filler;
        long a17 = filler;
        long a18 = filler;
        long a19 = filler;
        long a20 = filler;
        long a21 = filler;
        long a22 = filler;
        long a23 = filler;
        long a24 = filler;
        long a25 = filler;
        long a26 = filler;
        long a27 = filler;
        long a28 = filler;
        long a29 = filler;
        long a30 = filler;
        long a31 = filler;
        // In reverse order, so that all of them are live at once.
        return a31 + a30 + a29 + a28 + a27 + a26 + a25 + a24 + a23 + a22 + a21 + a20 + a19 + a18 + a17 + a16 + a15 + a14
                + a13 + a12 + a11 + a10 + a9 + a8 + a7 + a6 + a5 + a4 + a3 + a2 + a1 + a0;
    }
}
