package dev.turnstile;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One place where calls run, one after the other, on its one {@link Worker}. It holds the state, the successor of the worker, the running call and the
 * counts. Guarded by the {@link Monitor} unless it says otherwise. {@link Slots} has the workers come and go, {@link Dispatch} decides which calls run here,
 * {@link WorkerSteps} are the steps of the worker.
 */
final class Slot<R> {
    private final int number;
    private final LaneQueues<R> own;
    private final RestartBudget restarts;

    private SlotState state = SlotState.VACANT;
    private @Nullable Worker<R> worker;

    /** The worker that opens a resource for this slot while it is AWAITED, or that has opened one and waits for the current worker to leave. */
    private @Nullable Worker<R> successor;

    /** The slot goes with its worker. */
    private boolean retiring;

    /** Why the resource is lost; {@code null} if it is not. The slot still serves if no other would. */
    private @Nullable Throwable lostBy;

    private boolean canBeReplaced;

    /** What another slot has lost its resource by; the source must be asked whether the one here is lost as well. */
    private @Nullable Throwable suspectedBy;

    /** For {@link KeyShares}: how many shares this slot will own when all promises are kept. */
    int shares;

    /** For {@link KeyShares}: how many shares this slot has promised to others; mostly 0. */
    int promises;

    /** For {@link Dispatch}. */
    Occupation occupation = Occupation.AWAY;

    /** Whether the slot is still idle. The sleeping thread reads it without the monitor. */
    private volatile boolean asleep;

    /** The thread that sleeps here, or is about to, while the slot is idle. */
    private @Nullable Thread sleeper;

    private final Prefetch<R> prefetch = new Prefetch<>();
    private @Nullable Call<R, ?> running;

    /** When the running or last call was started, by {@link System#nanoTime()}. */
    private long runningSince;

    private boolean isCountedAsAbandoned;
    private long returned;
    private long runNanos;
    private long restarted;

    /** What the worker of a slot does, as far as waiting calls are concerned. */
    enum Occupation {
        /** Takes no call: there is no worker, or it is leaving. */
        AWAY,
        /** Looks for a call, or has been woken to look. */
        LOOKING,
        /** Has nothing to do until it is woken. */
        IDLE,
        /** Runs a call or does other work, and looks for a call after that. */
        BUSY
    }

    /** @param own the calls that run only here; without a pool, all calls */
    Slot(int number, LaneQueues<R> own, RestartBudget restarts) {
        this.number = number;
        this.own = own;
        this.restarts = restarts;
    }

    int number() {
        return number;
    }

    LaneQueues<R> own() {
        return own;
    }

    /** Only for the slot's workers, without the monitor. */
    RestartBudget restarts() {
        return restarts;
    }

    // ---- its life ----

    SlotState state() {
        return state;
    }

    private void moveTo(SlotState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("A slot cannot go from " + state + " to " + next);
        }
        state = next;
    }

    @Nullable
    Worker<R> successor() {
        return successor;
    }

    boolean isRetiring() {
        return retiring;
    }

    /** Says whether a worker takes calls here, or is ready to when the current one has left. */
    boolean hasWorkerForMore() {
        return state == SlotState.SERVING || (state == SlotState.LEAVING && successor != null);
    }

    boolean isGone() {
        return state == SlotState.GONE;
    }

    /** A worker begins here: there was none, or the one before leaves at the same moment. */
    void serve(Worker<R> next) {
        moveTo(SlotState.SERVING);
        worker = next;
        canBeReplaced = false;
        successor = null;
        lostBy = null;
        suspectedBy = null;
    }

    boolean isServedBy(Worker<R> one) {
        return worker == one;
    }

    /** A worker is on its way to this slot, which has none. */
    void await(Worker<R> next) {
        moveTo(SlotState.AWAITED);
        successor = next;
    }

    boolean isAwaiting(Worker<R> next) {
        return state == SlotState.AWAITED && successor == next;
    }

    /** The worker is to leave when its call has returned. */
    void leave() {
        if (state == SlotState.SERVING) {
            moveTo(SlotState.LEAVING);
        }
    }

    /** The worker that was to leave stays. */
    void stay() {
        moveTo(SlotState.SERVING);
    }

    /** Sets the successor of the worker; returns the one set before. */
    @Nullable
    Worker<R> succeedBy(@Nullable Worker<R> next) {
        Worker<R> before = successor;
        successor = next;
        return before;
    }

    void retire() {
        retiring = true;
    }

    /** The worker has left, and none has come. */
    void vacate() {
        moveTo(SlotState.VACANT);
        worker = null;
        successor = null;
    }

    void go() {
        moveTo(SlotState.GONE);
        worker = null;
        successor = null;
    }

    void lose(Throwable cause, boolean mayBeReplaced) {
        lostBy = cause;
        canBeReplaced = mayBeReplaced;
        suspectedBy = null;
    }

    /** Says whether the worker that has lost its resource is to be replaced when it has left. */
    boolean isToBeReplaced() {
        return lostBy != null && canBeReplaced && !retiring;
    }

    @Nullable
    Throwable lostBy() {
        return lostBy;
    }

    void suspect(Throwable cause) {
        suspectedBy = cause;
    }

    /** Returns the suspicion, which the caller now checks, and clears it. */
    @Nullable
    Throwable takeSuspicion() {
        Throwable cause = state == SlotState.SERVING ? suspectedBy : null;
        suspectedBy = null;
        return cause;
    }

    boolean isSuspected() {
        return suspectedBy != null && state == SlotState.SERVING;
    }

    void restarted() {
        restarted++;
    }

    // ---- sleep ----

    /** May be asked without the monitor. */
    boolean isIdle() {
        return asleep;
    }

    /** Marks the slot as idle, or as looking again. */
    void setIdle(boolean idle) {
        occupation = idle ? Occupation.IDLE : Occupation.LOOKING;
        asleep = idle;
    }

    /** The thread is about to sleep here. */
    void fallAsleep(Thread thread) {
        sleeper = thread;
    }

    @Nullable
    Thread sleeper() {
        return sleeper;
    }

    // ---- the call ----

    Prefetch<R> prefetch() {
        return prefetch;
    }

    @Nullable
    Call<R, ?> running() {
        return running;
    }

    boolean isRunning() {
        return running != null;
    }

    /** A call is in the worker's hand. */
    void take(Call<R, ?> call) {
        running = call;
        isCountedAsAbandoned = false;
    }

    /** The call in the worker's hand does not run. */
    void putDown() {
        running = null;
    }

    void started(long since) {
        runningSince = since;
    }

    /** The call has returned; returns how long it ran. */
    long returned(long now) {
        long ran = now - runningSince;
        running = null;
        returned++;
        runNanos += ran;
        return ran;
    }

    long runningSince() {
        return runningSince;
    }

    long inFlightNanos(long now) {
        return running == null ? 0 : now - runningSince;
    }

    /** The limit for closing has passed: returns true once if a call still runs. */
    boolean countAsAbandoned() {
        boolean isNew = running != null && !isCountedAsAbandoned;
        isCountedAsAbandoned |= isNew;
        return isNew;
    }

    /** Returns the process that the resource here runs in; empty if it is this one, or if there is none. */
    OptionalLong pid() {
        Worker<R> current = worker;
        return current == null || lostBy != null ? OptionalLong.empty() : current.pid();
    }

    InstanceStats stats(long now) {
        return new InstanceStats(new InstanceStats.Values(
                number,
                state.shown(),
                isRunning() ? 1 : 0,
                own.count(),
                Duration.ofNanos(inFlightNanos(now)),
                returned,
                Duration.ofNanos(runNanos),
                restarted,
                lostBy,
                Optional.empty()));
    }

    @Override
    public String toString() {
        return "Slot[" + number + ", " + state + ", " + occupation + "]";
    }
}
