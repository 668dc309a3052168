package dev.turnstile;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a call for a flight recording or a {@link CallListener}. Made by the caller before the call comes to the
 * line, completed under the {@link Monitor}, reported by the thread that releases the monitor.
 */
final class CallTrace implements Consumer<CallListener> {
    private final @Nullable CallEvent event;
    private final @Nullable String tag;
    private final long requestSize;
    private final @Nullable Map<String, String> context;

    private long responseSize = -1;
    private CallOutcome outcome = CallOutcome.REFUSED;
    private boolean accepted;
    private boolean started;
    private long waitNanos;
    private long runNanos;
    private @Nullable Throwable failure;

    /** Chains the calls that have ended while the monitor is held. */
    @Nullable
    CallTrace next;

    /**
     * @param context the caller's MDC
     * @param isRecorded whether there is a flight recording
     */
    CallTrace(Action<?, ?, ?> action, @Nullable Map<String, String> context, boolean isRecorded) {
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
    void ended(Call<?, ?> call, CallState end, long waitNanos, long runNanos) {
        this.outcome = CallOutcome.of(end);
        this.accepted = call.accepted();
        this.started = call.started();
        this.waitNanos = waitNanos;
        this.runNanos = runNanos;
        this.failure = end == CallState.FAILED ? call.failure() : null;
    }

    @Nullable
    Map<String, String> context() {
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
                Duration.ofNanos(waitNanos),
                Duration.ofNanos(runNanos),
                requestSize,
                responseSize(),
                failure));
    }

    private long responseSize() {
        return outcome == CallOutcome.COMPLETED ? responseSize : -1;
    }
}
