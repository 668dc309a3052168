package dev.turnstile;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a gate can do its work, for a readiness probe. */
public final class Health {
    /** The condition of a gate. */
    public enum Status {
        /** Calls are run. */
        UP,
        /** Calls are run, by fewer instances than there should be. */
        DEGRADED,
        /** No call succeeds: the gate is closed, its resource was lost, or each instance has been in one call for too long. */
        DOWN
    }

    private final Values values;

    Health(Status status, String reason) {
        this.values = new Values(status, reason);
    }

    record Values(Status status, String reason) {
        Values {
            Objects.requireNonNull(status, "status");
            Objects.requireNonNull(reason, "reason");
        }
    }

    /** {@return the condition of the gate} */
    public Status status() {
        return values.status();
    }

    /** {@return why, in a sentence for people} */
    public String reason() {
        return values.reason();
    }

    /**
     * Says whether calls are run.
     *
     * @return {@code true} if the gate is up or degraded
     */
    public boolean isReady() {
        return status() != Status.DOWN;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Health that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "Health" + values.toString().substring("Values".length());
    }
}
