package dev.turnstile;

/** Why the gate refused a call; recorded at the moment of refusal. */
enum Refusal {
    /** The gate is closing or closed, or its last worker has died. */
    CLOSED,
    /** There is no resource at the moment, and the policy refuses callers meanwhile. */
    DOWN,
    /** The worker that ran the call died; the gate goes on. */
    WORKER_DIED,
    /** The slot that the call was meant for is gone. */
    SLOT_GONE
}
