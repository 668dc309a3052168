package dev.turnstile;

/**
 * The state of a {@link Slot}. The moves are data, so that a test can walk them all:
 *
 * <pre>
 * VACANT ──► AWAITED ──► SERVING ◄──► LEAVING
 *   │  └────────│───────────▲│           │
 *   └───────────┴────────────┴───────────┴──► VACANT, GONE
 * </pre>
 */
enum SlotState {
    /** No worker is here, and none is on its way. */
    VACANT,
    /** No worker is here; one that opens a replacement for a lost resource is on its way. */
    AWAITED,
    /** A worker is here and runs calls. */
    SERVING,
    /** A worker is here and takes no more calls. */
    LEAVING,
    /** The slot has been removed. */
    GONE;

    /** No switch: its table would be another class, and a thread without memory might have to load it. */
    boolean mayBecome(SlotState next) {
        if (this == VACANT) {
            return next == AWAITED || next == SERVING || next == GONE;
        }
        if (this == AWAITED) {
            return next == SERVING || next == VACANT || next == GONE;
        }
        if (this == SERVING) {
            return next == LEAVING || next == VACANT || next == GONE;
        }
        return this == LEAVING && (next == SERVING || next == VACANT || next == GONE);
    }

    boolean hasWorker() {
        return this == SERVING || this == LEAVING;
    }

    InstanceState shown() {
        if (this == SERVING) {
            return InstanceState.SERVING;
        }
        return this == LEAVING ? InstanceState.LEAVING : InstanceState.DOWN;
    }
}
