package dev.turnstile;

import dev.turnstile.internal.Decoder;
import org.jspecify.annotations.Nullable;

/** A call whose owner is a {@link FanOut}. No thread waits for this call alone, so it needs none. */
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

    /** Another fork may decide that it must not run. */
    @Override
    @Nullable
    Deadline prefetchLimit() {
        return null;
    }

    @Override
    boolean wakesForPlace() {
        return false;
    }

    /** Only counts the fork. */
    @Override
    void wake() {
        block.ended(this);
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

    /** Why it is {@code FAILED}, as its owner sees it. */
    Throwable cause() {
        Throwable cause = state() == CallState.FAILED ? failure() : block.refusal(this);
        Decoder<Object, T> decoder = decoder();
        return decoder == null ? cause : decoder.decodeFailure(cause);
    }

    private T value() {
        Decoder<Object, T> decoder = decoder();
        return decoder == null ? result() : decoder.decode(result());
    }

    @Override
    public String toString() {
        String tag = tagOrNull();
        return "Fork " + number + (tag == null ? "" : " (" + tag + ")");
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
                return value();
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
