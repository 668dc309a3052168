package dev.turnstile.faults;

/** What may go wrong, the worst first. */
public enum Harm {
    /** A caller, a future, closing or the gate as a whole never comes to an end. */
    HANGS,
    /** Places are lost, or the counts do not add up. */
    LOSES,
    /** A resource stays open, is used by two at once, or a thread is left over. */
    LEAVES,
    /** A caller is told what is not so, or the gate says that it is well when it is not. */
    LIES,
    /** A class of the gate cannot be used any more, by any gate of the process: its initialisation failed when it was first needed. */
    BREAKS,
    /** Somebody who only looks on, or one caller's own trouble, does harm to others; the gate gives up what it could mend. */
    SPREADS,
    /** The caller's context is seen by another one's call. */
    STAINS
}
