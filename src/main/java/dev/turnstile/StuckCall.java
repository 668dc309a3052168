package dev.turnstile;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A call that has been in the resource for longer than {@link TurnstileOptions#stuckAfter()}. It may still return. */
public final class StuckCall {
    private final Values values;

    StuckCall(Values values) {
        this.values = values;
    }

    record Values(
            @Nullable String tag, Duration running, int pending, int waiting, List<StackTraceElement> workerStack) {
        Values {
            workerStack = List.copyOf(workerStack);
        }
    }

    /** {@return the {@link Action#tag()}; {@code null} if there is none} */
    public @Nullable String tag() {
        return values.tag();
    }

    /** {@return how long it has been in the resource} */
    public Duration running() {
        return values.running();
    }

    /** {@return how many calls in the line wait behind it} */
    public int pending() {
        return values.pending();
    }

    /** {@return how many callers outside wait for a place} */
    public int waiting() {
        return values.waiting();
    }

    /** {@return the stack of the worker, innermost frame first, without native frames} */
    public List<StackTraceElement> workerStack() {
        return values.workerStack();
    }

    /** Returns the stack as a printed stack trace, one line for each frame. */
    String stackTrace() {
        return workerStack().stream().map(frame -> "\n\tat " + frame).collect(Collectors.joining());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StuckCall that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "StuckCall" + values.toString().substring("Values".length());
    }
}
