package dev.turnstile.soak;

/** What must never happen; each is a number at the end, and must be 0. */
enum Breach {
    /** Calls that were begun and have no end. */
    LOST,
    /** Calls that nobody was going to serve, though there was a place for them, or a worker that slept. */
    STRANDED,
    /** Calls that ran twice, ran after their caller was told that they never would, or got two ends. */
    DUPLICATED,
    /**
     * Uses of a resource that met another one, came from another thread than its worker, or came after its closing; calls of one key that met;
     * and uses of two resources at once where there is no pool.
     */
    OVERLAPS,
    /** Calls that ran after one of their lane, or their key, that began when they were in the line already. */
    OUT_OF_ORDER,
    /** Calls that were passed over by more calls of other lanes than is promised. */
    BEYOND_THE_BOUND,
    /** Carriers that were held by a waiting virtual thread, in the library's code. */
    PINNED,
    /** Places, resources, native buffers and instances, threads, files, descriptors and heap that were not given back. */
    LEAKED,
    /**
     * Answers of another call, ends that nothing gave a reason for, a swap or a resize least of all, calls that came to a resource that was lost or
     * swapped, and closings, swaps and resizes that did not do what they said.
     */
    WRONG,
    /** Gates whose own counts are not those of their callers. */
    MISCOUNTED;

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
