package dev.turnstile;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one call. A call that was given up while it ran is reported when it has returned, as it is counted.
 *
 * @param tag what was called, as {@link Action#tag()} says; {@code null} if that says nothing
 * @param outcome how it ended
 * @param accepted whether it ever had a place; if not, {@link TurnstileStats#turnedAway()} counts it
 * @param started whether the resource ever began it
 * @param waited from its coming until it was started, or until it ended without
 * @param ran how long it was in the resource; zero if it never was
 * @param requestSize how large the request was, as {@link Action#requestSize()} says, in bytes; -1 if that says nothing
 * @param responseSize how large the result was, as {@link Action#responseSize} says, in bytes; -1 if that says nothing, or
 *     there was no result
 * @param failure what the caller got, if the call {@linkplain CallOutcome#FAILED failed}; otherwise {@code null}
 */
public record CallReport(
        @Nullable String tag,
        CallOutcome outcome,
        boolean accepted,
        boolean started,
        Duration waited,
        Duration ran,
        long requestSize,
        long responseSize,
        @Nullable Throwable failure) {

    /**
     * Says the same of a call whose failure is put in other words.
     *
     * @param other what its caller got
     * @return the changed report
     */
    public CallReport withFailure(Throwable other) {
        return new CallReport(tag, outcome, accepted, started, waited, ran, requestSize, responseSize, other);
    }
}
