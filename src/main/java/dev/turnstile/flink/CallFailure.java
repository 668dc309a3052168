package dev.turnstile.flink;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.plugin.CodecException;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginLostException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What becomes of a record whose call has failed. */
final class CallFailure {
    static final String NO_RESPONSE = "The response is null, and Flink has no such records: if that is meant, have the"
            + " type of the response be one that can say it, such as a JsonNode";

    private CallFailure() {}

    /** Returns what a future's stage got, without its wrapping. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
        return cause == null ? failure : cause;
    }

    /** Returns the dead letter, or {@code null} if the job is to fail. Whether the plugin can run calls at all is asked elsewhere. */
    static <I> @Nullable DeadLetter<I> letter(I record, Throwable failure, ErrorPolicy policy) {
        if (failure instanceof PluginLostException lost) {
            // What did not begin is not to blame, and has not been done.
            return lost.started() ? letter(record, DeadLetter.Reason.CRASH, lost, Optional.empty()) : null;
        }
        if (isPanic(failure)) {
            return letter(record, DeadLetter.Reason.PANIC, failure, Optional.of(ErrorCode.INTERNAL));
        }
        if (policy == ErrorPolicy.FAIL_JOB) {
            return null;
        }
        if (failure instanceof PluginException error) {
            return letter(record, DeadLetter.Reason.PLUGIN_ERROR, error, Optional.of(error.errorCode()));
        } else if (failure instanceof CodecException) {
            return letter(record, DeadLetter.Reason.CODEC, failure, Optional.empty());
        } else if (failure instanceof CallTimeoutException) {
            return letter(record, DeadLetter.Reason.LIMIT, failure, Optional.empty());
        }
        return null;
    }

    static <I> DeadLetter<I> noResponse(I record) {
        return DeadLetter.of(record, DeadLetter.Reason.NO_RESPONSE, NO_RESPONSE, Optional.empty());
    }

    /** A panic is answered with this code, which costs the instance. */
    static boolean isPanic(Throwable failure) {
        return failure instanceof PluginException error && error.errorCode().equals(ErrorCode.INTERNAL);
    }

    /** An instance that is dead answers each call with this code. */
    static boolean isOfTheDead(Throwable failure) {
        return failure instanceof PluginException error && error.errorCode().equals(ErrorCode.INVALID_STATE);
    }

    private static <I> DeadLetter<I> letter(
            I record, DeadLetter.Reason reason, Throwable failure, Optional<ErrorCode> code) {
        String message = failure.getMessage();
        return DeadLetter.of(record, reason, message == null ? failure.toString() : message, code);
    }
}
