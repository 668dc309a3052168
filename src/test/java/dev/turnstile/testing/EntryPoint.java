package dev.turnstile.testing;

import dev.turnstile.Action;
import dev.turnstile.Turnstile;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The six ways to use a gate, made alike: what is behind a future is waited for. */
public enum EntryPoint {
    CALL(true, false),
    TIMED_CALL(true, false),
    TRY_CALL(false, false),
    SUBMIT(true, true),
    TIMED_SUBMIT(true, true),
    TRY_SUBMIT(false, true);

    private static final List<EntryPoint> ALL = List.of(values());
    private static final Duration LONG = Duration.ofHours(1);

    private final boolean waitsForPlace;
    private final boolean hasFuture;

    EntryPoint(boolean waitsForPlace, boolean hasFuture) {
        this.waitsForPlace = waitsForPlace;
        this.hasFuture = hasFuture;
    }

    /** All of them in turn, again and again. */
    public static EntryPoint inTurn(int i) {
        return ALL.get(i % ALL.size());
    }

    public boolean waitsForPlace() {
        return waitsForPlace;
    }

    public boolean hasFuture() {
        return hasFuture;
    }

    /** Makes a call and waits for its outcome; throws what the caller, or the future's owner, gets. */
    public <R, T> T run(Turnstile<R> gate, Action<? super R, ? extends T, ?> action) throws Throwable {
        return run(gate, action, LONG);
    }

    /** Makes a call with the limit, where there is one. */
    public <R, T> T run(Turnstile<R> gate, Action<? super R, ? extends T, ?> action, Duration limit) throws Throwable {
        @SuppressWarnings("unchecked") // it is what it was, with the lane and key that it has
        Action<R, T, Exception> same = (Action<R, T, Exception>) action;
        return switch (this) {
            case CALL -> gate.call(same);
            case TIMED_CALL -> gate.call(same, limit);
            case TRY_CALL -> gate.tryCall(same);
            case SUBMIT, TIMED_SUBMIT, TRY_SUBMIT -> CallEnd.outcome(submit(gate, same, limit));
        };
    }

    /** Makes a call that has a future. */
    public <R, T> CompletableFuture<T> submit(
            Turnstile<R> gate, Action<? super R, ? extends T, ?> action, Duration limit) throws Throwable {
        return switch (this) {
            case SUBMIT -> gate.submit(action);
            case TIMED_SUBMIT -> gate.submit(action, limit);
            case TRY_SUBMIT -> gate.trySubmit(action);
            case CALL, TIMED_CALL, TRY_CALL -> throw new IllegalStateException(this + " has no future");
        };
    }

    /** Starts {@link #run} on a virtual thread. */
    public <R, T> Caller<T> start(Turnstile<R> gate, Action<? super R, ? extends T, ?> action) {
        return Caller.start(() -> {
            try {
                return run(gate, action);
            } catch (Exception | Error thrown) {
                throw thrown;
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        });
    }
}
