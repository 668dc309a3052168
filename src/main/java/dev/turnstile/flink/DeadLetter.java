package dev.turnstile.flink;

import dev.turnstile.plugin.ErrorCode;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record that the plugin gave no result for, and why; immutable.
 *
 * @param <I> the records
 */
public final class DeadLetter<I> {
    /** Why there is no result. */
    public enum Reason {
        /** The plugin answered with an error. */
        PLUGIN_ERROR,
        /** The request could not be written, or the response could not be read. */
        CODEC,
        /** The limit of the call passed. The plugin may be at it still. */
        LIMIT,
        /** The response is {@code null}, which is no record. */
        NO_RESPONSE,
        /** The plugin panicked, which cost its instance. */
        PANIC,
        /** The plugin crashed, or was killed since the call took too long, which cost its process. */
        CRASH
    }

    private final Values values;

    private DeadLetter(Values values) {
        this.values = values;
    }

    record Values(Object record, Reason reason, String message, Optional<ErrorCode> errorCode) {
        Values {
            Objects.requireNonNull(record, "record");
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(errorCode, "errorCode");
        }
    }

    static <I> DeadLetter<I> of(I record, Reason reason, String message, Optional<ErrorCode> errorCode) {
        return new DeadLetter<>(new Values(record, reason, message, errorCode));
    }

    /** {@return the record} */
    @SuppressWarnings("unchecked") // it was made with one
    public I record() {
        return (I) values.record();
    }

    /** {@return why there is no result} */
    public Reason reason() {
        return values.reason();
    }

    /** {@return what happened, for people} */
    public String message() {
        return values.message();
    }

    /** {@return the code that the plugin answered with, if it answered} */
    public Optional<ErrorCode> errorCode() {
        return values.errorCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeadLetter<?> that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "DeadLetter" + values.toString().substring("Values".length());
    }
}
