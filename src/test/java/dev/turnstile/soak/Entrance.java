package dev.turnstile.soak;

import dev.turnstile.CloseReport;
import dev.turnstile.Fork;
import dev.turnstile.InstanceStats;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Probe;
import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A gate with the six ways in, for calls of the traffic. */
interface Entrance {
    Object call(TrackedCall call) throws Exception;

    Object call(TrackedCall call, Duration limit) throws Exception;

    Object tryCall(TrackedCall call) throws Exception;

    CompletableFuture<?> submit(TrackedCall call) throws Exception;

    CompletableFuture<?> submit(TrackedCall call, Duration limit) throws Exception;

    CompletableFuture<?> trySubmit(TrackedCall call) throws Exception;

    /** Opens a block for calls with a route, which the current thread owns; without a limit if that is {@code null}. */
    Block fanOut(JoinPolicy policy, Duration limit, Route route);

    /** A block that forks calls. */
    interface Block extends AutoCloseable {
        Fork<?> fork(TrackedCall call);

        void join() throws Exception;

        @Override
        void close();
    }

    /** Has each instance run something; returns the answers, if they do not come to somebody else. */
    List<CompletableFuture<Integer>> submitToEach(EachCall call) throws InterruptedException;

    /** Looks at the gate without its lock. */
    Probe probe();

    /** Says whether this is the result of that call and of no other. */
    boolean answers(TrackedCall call, Object result);

    /** Whether the resource tells each call that it runs. */
    boolean isWatched();

    /** How many resources are open. Only watched ones know; 0 for others. */
    int openResources();

    /** Whether this is what a plugin answers that is dead and was not replaced, for which there is a reason. */
    boolean isAnswerOfTheDead(Throwable thrown);

    /** Changes how many instances there are; only for a pool. */
    void resize(int instances) throws InterruptedException;

    /** Replaces what is behind the gate. */
    SwapReport swap(Duration limit) throws SwapException, InterruptedException;

    void shutdown();

    CloseReport close(Duration limit);

    TurnstileState state();

    TurnstileStats stats();

    List<InstanceStats> instances();
}
