package dev.turnstile.comparison;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A contender in front of an open resource, used as its documentation would have one use it. */
public abstract class Gate {
    /** Waits for its turn and for the result. */
    public abstract <T> T call(Work<T> work) throws Exception;

    /** The same, for no longer than the limit, as far as the contender can limit it. */
    abstract <T> T call(Work<T> work, Duration limit) throws Exception;

    /** Never waits for its turn: throws if it would have to. Only if it {@link #hasTryCall}. */
    <T> T tryCall(Work<T> work) throws Exception {
        throw new UnsupportedOperationException("no call that does not wait");
    }

    /**
     * Returns a future; may wait for a place before. A contender without futures is used as one would on virtual threads: a
     * thread for each call, whose interrupt is the cancel.
     */
    <T> CompletableFuture<T> submit(Work<T> work) throws Exception {
        return Visitor.start(() -> call(work)).awaitStanding();
    }

    /** How many places or permits are missing now that nobody is there, as far as the contender can tell. */
    int leakedPlaces() {
        return 0;
    }

    boolean hasTryCall() {
        return false;
    }

    /** Has a listener that throws called for each call, if the contender has listeners. */
    void addFailingListener() {}

    /** Closes the gate, then the resource. Only if it {@link #isCloseable}. */
    void close() throws Exception {
        throw new UnsupportedOperationException("no close");
    }

    boolean isCloseable() {
        return false;
    }

    static final class ListenerFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ListenerFailure() {
            super("a listener that throws");
        }
    }
}
