package dev.turnstile.soak;

import dev.turnstile.CloseReport;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
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

    /** Opens a block, which the current thread owns; without a limit if that is {@code null}. */
    Block fanOut(JoinPolicy policy, Duration limit);

    /** A block that forks calls. */
    interface Block extends AutoCloseable {
        Fork<?> fork(TrackedCall call);

        void join() throws Exception;

        @Override
        void close();
    }

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
