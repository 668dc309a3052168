package dev.turnstile;

import java.util.Objects;

/**
 * Whether a gate can do its work, for a readiness probe.
 *
 * @param status how it is
 * @param reason why, in a sentence for a person
 */
public record Health(Status status, String reason) {
    /** How a gate is. */
    public enum Status {
        /** Calls are run. */
        UP,
        /** Calls are run, by fewer instances than there should be. */
        DEGRADED,
        /** No call is run: the gate is closed, its resource was lost, or each instance has been in one call for too long. */
        DOWN
    }

    /** Checks that nothing is missing. */
    public Health {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * Says whether calls are run.
     *
     * @return {@code true} if the gate is up, if only in part
     */
    public boolean isReady() {
        return status != Status.DOWN;
    }
}
