package dev.turnstile;

/**
 * The ends of calls: each is one move, one count, and one note of whom to tell. Guarded by the {@link Monitor}. {@link Places} deals with the place of a call
 * that had one.
 */
final class CallEnds<R> {
    private final Monitor<R> monitor;
    private final CallCounts counts;

    CallEnds(Monitor<R> monitor, CallCounts counts) {
        this.monitor = monitor;
        this.counts = counts;
    }

    /** A call that never had a place ends. */
    void turnAway(Call<R, ?> call, CallState end) {
        call.moveTo(end);
        counts.notAdmitted();
        report(call, end);
    }

    /** A call that never had a place is refused, or fails; its owner does not know that yet. */
    void turnAwayAndTell(Call<R, ?> call, CallState end) {
        turnAway(call, end);
        monitor.settle(call);
    }

    /** A call that has a place ends before it is started. */
    void finish(Call<R, ?> pending, CallState end) {
        pending.moveTo(end);
        counts.ended(end);
        report(pending, end);
    }

    /** Does {@link #finish(Call, CallState)}; the owner does not know that yet. */
    void finishAndTell(Call<R, ?> pending, CallState end) {
        finish(pending, end);
        monitor.settle(pending);
    }

    /** Tells the owner of a running call not to wait for it. */
    void abandon(Call<R, ?> running, Refusal why) {
        running.refuse(why);
        running.abandon(CallState.REFUSED);
        monitor.settle(running);
    }

    /**
     * A call has returned or thrown.
     *
     * @param instance the number of the one that ran it
     * @param since when it was started
     * @param now when it ended
     */
    void returned(Call<R, ?> call, CallState outcome, int instance, long since, long now) {
        if (call.state() == CallState.ABANDONED) {
            call.dropResult();
            finish(call, call.endAfterReturn(), instance, since, now);
        } else {
            finish(call, outcome, instance, since, now);
            monitor.settle(call);
        }
    }

    private void finish(Call<R, ?> call, CallState end, int instance, long since, long now) {
        call.moveTo(end);
        counts.ended(end);
        report(call, end, instance, since, now);
    }

    /** It was never started. */
    private void report(Call<R, ?> call, CallState end) {
        if (call.trace() != null) {
            long now = System.nanoTime();
            report(call, end, 0, now, now);
        }
    }

    private void report(Call<R, ?> call, CallState end, int instance, long since, long now) {
        CallTrace trace = call.trace();
        if (trace != null) {
            trace.ended(call, end, instance, since - call.since(), now - since);
            monitor.report(trace);
        }
    }
}
