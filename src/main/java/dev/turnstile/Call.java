package dev.turnstile;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One call: what to do, where it is in its life, and what came of it.
 *
 * <p>The state moves only under the monitor of the {@link Line}; it may be read by anyone. Result and failure are written
 * by the worker before the state that announces them. The owner (a thread that waits, or a future) is told of a change
 * by {@link #wake()}, always outside the monitor.
 */
abstract class Call<R, T extends @Nullable Object> {
    private final Action<? super R, ? extends T, ?> action;
    private final @Nullable Map<String, String> context = MDC.getCopyOfContextMap();
    private final byte lane;
    private final short share;
    private short stationNumber;

    /** Whether its place is, or was, a reserved one. Under the monitor. */
    boolean reserved;

    /** Neighbours {@link Outside}; {@code next} also chains calls that are to be woken. */
    @Nullable
    Call<R, ?> previous;

    @Nullable
    Call<R, ?> next;

    private volatile CallState state = CallState.NEW;
    private long since;
    private @Nullable Observation observation;
    private boolean accepted;
    private boolean started;
    private CallState endAfterReturn = CallState.REFUSED;
    private @Nullable T result;
    private @Nullable Throwable failure;

    Call(Action<? super R, ? extends T, ?> action) {
        this.action = action;
        this.lane = (byte) action.lane().index();
        this.share = (short) Homes.share(action.key());
    }

    /** Returns the number of its {@link Lane}. */
    final int lane() {
        return lane;
    }

    /** Returns the share of its key, see {@link Homes}. */
    final int share() {
        return share;
    }

    /** Has it run at one station and nowhere else. */
    final void meantFor(int number) {
        stationNumber = (short) number;
    }

    /** Returns the number of the station that it is meant for, 0 for none. */
    final int stationNumber() {
        return stationNumber;
    }

    /** Notes when the call comes to the line, and what else somebody who looks on wants to know. On the caller's thread. */
    final void comes(Observers observers) {
        observation = observers.begin(action, context);
        since = System.nanoTime();
    }

    /** Returns when the call came, by {@link System#nanoTime()}. */
    final long since() {
        return since;
    }

    final @Nullable Observation observation() {
        return observation;
    }

    final @Nullable String tag() {
        return action.tag();
    }

    /** Tells the owner that its call moved on. Never runs user code on the calling thread, never throws. */
    abstract void wake();

    /** Says whether the owner is to be woken when its call gets the place for which it stood outside. */
    boolean wakesForPlace() {
        return true;
    }

    /** Tells the owner, on the worker, how the action ended, before the call has and before another one starts. */
    void ran(CallState end) {}

    /** How the call ends if it is not to run although its turn has come; {@code null} if it is to run. Asked under the monitor. */
    @Nullable
    CallState endInsteadOfRunning() {
        return null;
    }

    /** Says whether the owner's thread has to go on waiting. */
    boolean isAwaited() {
        return !state.isSettled();
    }

    /** Says whether it is a virtual thread that {@link #wake()} schedules. */
    abstract boolean isOwnedByVirtualThread();

    final CallState state() {
        return state;
    }

    /** Says whether the call ever had a place. */
    final boolean accepted() {
        return accepted;
    }

    /** Says whether the resource ever began the call. */
    final boolean started() {
        return started;
    }

    final void moveTo(CallState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("A call cannot go from " + state + " to " + next);
        }
        accepted |= next == CallState.PENDING;
        started |= next == CallState.RUNNING;
        state = next;
    }

    /** The caller goes while the call runs; {@code end} is what it will count as when it has returned. */
    final void abandon(CallState end) {
        endAfterReturn = end;
        moveTo(CallState.ABANDONED);
    }

    final CallState endAfterReturn() {
        return endAfterReturn;
    }

    /** Runs the action on the worker. Whatever it throws is the call's failure and harms nobody else. */
    final CallState run(R resource) {
        CallState end;
        try {
            runInContext(resource);
            end = CallState.COMPLETED;
        } catch (Throwable thrown) {
            failure = thrown;
            end = CallState.FAILED;
        } finally {
            // An action that interrupts its own thread must not disturb the next call.
            Thread.interrupted();
        }
        ran(end);
        return end;
    }

    private void runInContext(R resource) throws Exception {
        if (context != null) {
            MDC.setContextMap(context);
        }
        try {
            T returned = action.run(resource);
            if (observation != null) {
                observation.returned(returned);
            }
            result = returned;
        } finally {
            MDC.clear(); // what the action put there, too
        }
    }

    /** There was no memory to queue it. */
    final void fail(Throwable cause) {
        failure = cause;
    }

    /** Drops what nobody will fetch. */
    final void dropResult() {
        result = null;
        failure = null;
    }

    /** Returns the result of a call that completed. */
    @SuppressWarnings("NullAway") // null only if the action returned null, which T then allows
    final T result() {
        return result;
    }

    /** Returns what a call that failed threw. */
    final Throwable failure() {
        return Objects.requireNonNull(failure);
    }

    /**
     * Waits on the current thread for as long as the call {@linkplain #isAwaited() is awaited}, and leaves the line on
     * an interrupt or when the deadline has passed. If the end and the giving up meet, the end wins.
     */
    final void await(Line<R> line, Deadline deadline) throws CallInterruptedException, CallTimeoutException {
        while (isAwaited()) {
            if (Thread.interrupted()) {
                if (!line.leave(this, CallState.CANCELLED)) {
                    Thread.currentThread().interrupt();
                    return;
                }
                throw new CallInterruptedException(started);
            }
            if (deadline.hasPassed()) {
                if (!line.leave(this, CallState.EXPIRED)) {
                    return;
                }
                throw new CallTimeoutException(started);
            }
            deadline.park(this);
        }
    }
}
