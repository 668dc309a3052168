package dev.turnstile;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a swap did. */
public final class SwapReport {
    private final Values values;

    SwapReport(int switched, int waiting, Duration elapsed) {
        this.values = new Values(switched, waiting, elapsed);
    }

    record Values(int switched, int waiting, Duration elapsed) {}

    /** {@return how many instances were replaced} */
    public int switched() {
        return values.switched();
    }

    /** {@return how many instances were still in a call when the limit passed; an open replacement takes over when the call returns} */
    public int waiting() {
        return values.waiting();
    }

    /** {@return the time since the swap was ordered} */
    public Duration elapsed() {
        return values.elapsed();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SwapReport that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "SwapReport" + values.toString().substring("Values".length());
    }
}
