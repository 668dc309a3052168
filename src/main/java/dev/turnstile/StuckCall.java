package dev.turnstile;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A call that has been in the resource for longer than {@link TurnstileOptions#stuckAfter()}. It may still return.
 *
 * @param tag what was called, as {@link Action#tag()} says; {@code null} if that says nothing
 * @param running how long it has been in the resource
 * @param pending how many calls in the line wait behind it
 * @param waiting how many callers outside wait for a place
 * @param workerStack where the worker was, the innermost frame first; native frames are not in it
 */
public record StuckCall(
        @Nullable String tag, Duration running, int pending, int waiting, List<StackTraceElement> workerStack) {
    /** Makes it of all it says. */
    public StuckCall {
        workerStack = List.copyOf(workerStack);
    }

    /** Returns the stack as a stack trace is printed, a line for each frame. */
    String stackTrace() {
        return workerStack.stream().map(frame -> "\n\tat " + frame).collect(Collectors.joining());
    }
}
