package dev.turnstile;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is noted of a call that somebody looks at: a flight recording, or a {@link CallListener}. Made by its caller before it
 * comes to the line, completed under the line's monitor, reported by whoever gives that back.
 */
final class Observation {
    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);

    private final @Nullable CallEvent event = Observers.CAN_RECORD ? new CallEvent() : null;
    private final Action<?, ?, ?> action;
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

    /** Chains those that have ended under the monitor that is held. */
    @Nullable
    Observation next;

    /** @param context the caller's MDC */
    Observation(Action<?, ?, ?> action, @Nullable Map<String, String> context) {
        this.action = action;
        this.context = context;
        this.tag = action.tag();
        this.requestSize = action.requestSize();
        if (event != null) {
            event.begin();
        }
    }

    /** The action has returned. On the worker. Throws nothing. */
    @SuppressWarnings("unchecked") // it is the action's own result
    void returned(@Nullable Object result) {
        try {
            responseSize = ((Action<?, @Nullable Object, ?>) action).responseSize(result);
        } catch (Throwable thrown) {
            log.error("The action {} cannot tell the size of its result", action, thrown);
        }
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

    /** Writes it into the flight recording, if there is one and the call took as long as that wants. */
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

    CallReport report() {
        return new CallReport(
                tag,
                outcome,
                accepted,
                started,
                Duration.ofNanos(waitNanos),
                Duration.ofNanos(runNanos),
                requestSize,
                responseSize(),
                failure);
    }

    private long responseSize() {
        return outcome == CallOutcome.COMPLETED ? responseSize : -1;
    }
}
