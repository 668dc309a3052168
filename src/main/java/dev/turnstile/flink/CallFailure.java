package dev.turnstile.flink;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileDownException;
import dev.turnstile.plugin.CodecException;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginLostException;
import java.util.Optional;

/** What becomes of a record whose call has failed. */
final class CallFailure {
    static final String NO_RESPONSE = "The response is null, and Flink has no such records: if that is meant, have the"
            + " type of the response be one that can say it, such as a JsonNode";

    private CallFailure() {}

    /** Returns the dead letter, or throws what the job is to fail with. */
    static <I> DeadLetter<I> letter(I record, Throwable failure, ErrorPolicy policy) throws Exception {
        if (isNotDone(failure)) {
            throw thrown(failure);
        } else if (failure instanceof PluginLostException) {
            return letter(record, DeadLetter.Reason.CRASH, failure, Optional.empty());
        } else if (isPanic(failure)) {
            return letter(record, DeadLetter.Reason.PANIC, failure, Optional.of(ErrorCode.INTERNAL));
        } else if (policy == ErrorPolicy.FAIL_JOB) {
            throw thrown(failure);
        } else if (failure instanceof PluginException error) {
            return letter(record, DeadLetter.Reason.PLUGIN_ERROR, error, Optional.of(error.errorCode()));
        } else if (failure instanceof CodecException) {
            return letter(record, DeadLetter.Reason.CODEC, failure, Optional.empty());
        } else if (failure instanceof CallTimeoutException) {
            return letter(record, DeadLetter.Reason.LIMIT, failure, Optional.empty());
        }
        return letter(record, DeadLetter.Reason.PLUGIN_ERROR, failure, Optional.empty()); // of a plugin in Java
    }

    /** What no plugin has done is not the record's fault: it is to be called for in a further attempt. Errors are the JVM's. */
    private static boolean isNotDone(Throwable failure) {
        return switch (failure) {
            case Error ofTheJvm -> true;
            case PluginLostException lost -> !lost.started();
            case PluginException error -> error.errorCode().equals(ErrorCode.INVALID_STATE);
            case TurnstileClosedException closed -> true;
            case TurnstileDownException down -> true;
            case CallCancelledException cancelled -> true;
            default -> false;
        };
    }

    static Exception thrown(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof Exception exception ? exception : new IllegalStateException(failure);
    }

    static <I> DeadLetter<I> noResponse(I record, ErrorPolicy policy) {
        if (policy == ErrorPolicy.FAIL_JOB) {
            throw new IllegalStateException(NO_RESPONSE);
        }
        return DeadLetter.of(record, DeadLetter.Reason.NO_RESPONSE, NO_RESPONSE, Optional.empty());
    }

    /** A panic is answered with this code, which costs the instance. */
    static boolean isPanic(Throwable failure) {
        return failure instanceof PluginException error && error.errorCode().equals(ErrorCode.INTERNAL);
    }

    private static <I> DeadLetter<I> letter(
            I record, DeadLetter.Reason reason, Throwable failure, Optional<ErrorCode> code) {
        String message = failure.getMessage();
        return DeadLetter.of(record, reason, message == null ? failure.toString() : message, code);
    }
}
