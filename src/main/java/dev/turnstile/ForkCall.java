package dev.turnstile;

import org.jspecify.annotations.Nullable;

/** A call whose owner is a {@link FanOut}. Nobody waits for it alone, so it needs no thread. */
final class ForkCall<R, T extends @Nullable Object> extends Call<R, T> {
    private final FanOut<R, ?> block;
    private final int number;
    private final Fork<T> fork = new View();

    ForkCall(FanOut<R, ?> block, int number, Action<? super R, ? extends T, ?> action) {
        super(action);
        this.block = block;
        this.number = number;
    }

    Fork<T> fork() {
        return fork;
    }

    @Override
    void ran(CallState end) {
        block.decideBy(this, end);
    }

    @Override
    @Nullable
    CallState endInsteadOfRunning() {
        return block.endInsteadOfRunning();
    }

    @Override
    boolean wakesForPlace() {
        return false;
    }

    @Override
    void wake() {
        block.ended(this);
    }

    /** To count it is all there is to do. */
    @Override
    boolean isOwnedByVirtualThread() {
        return false;
    }

    Fork.State outcome() {
        CallState state = state();
        if (state == CallState.COMPLETED) {
            return Fork.State.SUCCESS;
        }
        if (state == CallState.FAILED || state == CallState.REFUSED) {
            return Fork.State.FAILED;
        }
        if (state == CallState.ABANDONED) {
            return endAfterReturn() == CallState.REFUSED ? Fork.State.FAILED : Fork.State.CANCELLED;
        }
        return state.isSettled() ? Fork.State.CANCELLED : Fork.State.UNAVAILABLE;
    }

    /** Why it is {@code FAILED}. */
    Throwable cause() {
        return state() == CallState.FAILED ? failure() : block.refusal(started());
    }

    @Override
    public String toString() {
        return "Fork " + number;
    }

    /** The fork as the user sees it. */
    private final class View implements Fork<T> {
        @Override
        public State state() {
            return outcome();
        }

        @Override
        public T get() {
            block.requireJoined();
            if (outcome() == State.SUCCESS) {
                return result();
            }
            throw new IllegalStateException(this + " has no result", outcome() == State.FAILED ? cause() : null);
        }

        @Override
        public Throwable failure() {
            block.requireJoined();
            if (outcome() != State.FAILED) {
                throw new IllegalStateException(this + " has no failure");
            }
            return cause();
        }

        @Override
        public String toString() {
            return ForkCall.this + ", " + outcome();
        }
    }
}
