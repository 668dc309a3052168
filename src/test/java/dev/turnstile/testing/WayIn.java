package dev.turnstile.testing;

import dev.turnstile.Action;
import dev.turnstile.FanOut;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Turnstile;

/** The six ways to use a gate, and a fork of a block. */
public enum WayIn {
    CALL,
    TIMED_CALL,
    TRY_CALL,
    SUBMIT,
    TIMED_SUBMIT,
    TRY_SUBMIT,
    FORK;

    public boolean waitsForPlace() {
        return this == FORK || EntryPoint.valueOf(name()).waitsForPlace();
    }

    /** Has a thread of its own make a call, and wait for its outcome. */
    public <R, T> Caller<T> start(Turnstile<R> gate, Action<? super R, ? extends T, ?> action) {
        return this == FORK
                ? Caller.start(() -> fork(gate, action))
                : EntryPoint.valueOf(name()).start(gate, action);
    }

    private static <R, T> T fork(Turnstile<R> gate, Action<? super R, ? extends T, ?> action) throws Exception {
        try (FanOut<R, T> block = gate.fanOut(JoinPolicy.ALL_OUTCOMES)) {
            Fork<T> fork = block.fork(action);
            block.join();
            if (fork.state() == Fork.State.SUCCESS) {
                return fork.get();
            }
            throw (Exception) fork.failure();
        }
    }
}
