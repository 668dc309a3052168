package dev.turnstile;

import dev.turnstile.internal.CarriedContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a call for a flight recording or a {@link CallListener}. Made by the caller before the call comes to the
 * line, completed under the {@link Monitor}, reported by the thread that releases the monitor.
 */
final class CallTrace implements Consumer<CallListener> {
    /** No updater: that would load the classes of all fields, and those for recordings may be missing. */
    private static final VarHandle ARRIVED_AT;

    static {
        try {
            ARRIVED_AT = MethodHandles.lookup().findVarHandle(CallTrace.class, "arrivedAt", Instant.class);
        } catch (ReflectiveOperationException missing) {
            throw new ExceptionInInitializerError(missing);
        }
    }

    private final @Nullable CallEvent event;
    private final @Nullable String tag;
    private final long requestSize;
    private final @Nullable CarriedContext context;

    private long responseSize = -1;
    private CallOutcome outcome = CallOutcome.REFUSED;
    private boolean accepted;
    private boolean started;
    private int instance;
    private long since;
    private long waitNanos;
    private long runNanos;
    private @Nullable Throwable failure;

    /** By the clock; worked out when the first listener wants it. Reached through {@link #ARRIVED_AT}. */
    private volatile @Nullable Instant arrivedAt;

    /** Chains the calls that have ended while the monitor is held. */
    @Nullable
    CallTrace next;

    /**
     * @param context what surrounds the caller
     * @param isRecorded whether there is a flight recording
     */
    CallTrace(Action<?, ?, ?> action, @Nullable CarriedContext context, boolean isRecorded) {
        this.context = context;
        this.tag = action.tag();
        this.requestSize = action.requestSize();
        this.event = isRecorded ? new CallEvent() : null;
        if (event != null) {
            event.begin();
        }
    }

    /** The action has returned. On the worker. */
    void returned(long size) {
        responseSize = size;
    }

    /** The call has ended. Needs no memory. */
    void ended(Call<?, ?> call, CallState end, int instance, long waitNanos, long runNanos) {
        this.outcome = CallOutcome.of(end);
        this.accepted = call.accepted();
        this.started = call.started();
        this.instance = instance;
        this.since = call.since();
        this.waitNanos = waitNanos;
        this.runNanos = runNanos;
        this.failure = end == CallState.FAILED ? call.failure() : null;
    }

    @Nullable
    CarriedContext context() {
        return context;
    }

    /** Writes it into the flight recording, if there is one and the call reached its threshold. */
    void record(String gate) {
        if (event == null) {
            return;
        }
        event.end();
        if (event.shouldCommit()) {
            event.gate = gate;
            event.tag = tag;
            event.outcome = outcome.name();
            event.accepted = accepted;
            event.started = started;
            event.waitTime = waitNanos;
            event.runTime = runNanos;
            event.requestSize = requestSize;
            event.responseSize = responseSize();
            event.commit();
        }
    }

    @Override
    public void accept(CallListener listener) {
        listener.onEnd(report());
    }

    CallReport report() {
        return new CallReport(new CallReport.Values(
                tag,
                outcome,
                accepted,
                started,
                arrivedAt(),
                instance,
                Duration.ofNanos(waitNanos),
                Duration.ofNanos(runNanos),
                requestSize,
                responseSize(),
                failure));
    }

    /** Worked out by the thread of a listener, so that calls need not; all listeners get the same. */
    private Instant arrivedAt() {
        Instant known = arrivedAt;
        if (known == null) {
            ARRIVED_AT.compareAndSet(this, null, WallClock.at(since, since + waitNanos + runNanos));
            known = Objects.requireNonNull(arrivedAt);
        }
        return known;
    }

    private long responseSize() {
        return outcome == CallOutcome.COMPLETED ? responseSize : -1;
    }
}
