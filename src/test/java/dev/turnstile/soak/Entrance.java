package dev.turnstile.soak;

import dev.turnstile.CloseReport;
import dev.turnstile.TurnstileStats;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A gate with the six ways in, for calls of the traffic. */
interface Entrance {
    Object call(TrackedCall call) throws Exception;

    Object call(TrackedCall call, Duration limit) throws Exception;

    Object tryCall(TrackedCall call) throws Exception;

    CompletableFuture<?> submit(TrackedCall call) throws Exception;

    CompletableFuture<?> submit(TrackedCall call, Duration limit) throws Exception;

    CompletableFuture<?> trySubmit(TrackedCall call) throws Exception;

    /** Says whether this is the result of that call and of no other. */
    boolean answers(TrackedCall call, Object result);

    /** Whether the resource tells each call that it runs. */
    boolean isWatched();

    /** Whether the resource was closed. Only a watched one knows. */
    boolean isResourceClosed();

    void shutdown();

    CloseReport close(Duration limit);

    TurnstileStats stats();
}
