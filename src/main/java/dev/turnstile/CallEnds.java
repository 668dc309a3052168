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
        report(call, end, 0);
    }

    /** A call that never had a place is refused, or fails; its owner does not know that yet. */
    void turnAwayAndTell(Call<R, ?> call, CallState end) {
        turnAway(call, end);
        monitor.settle(call);
    }

    /** A call that has a place ends before it is started. */
    void finish(Call<R, ?> pending, CallState end) {
        finish(pending, end, 0);
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
     * @param since when it was started
     */
    void returned(Call<R, ?> call, CallState outcome, long since) {
        if (call.state() == CallState.ABANDONED) {
            call.dropResult();
            finish(call, call.endAfterReturn(), since);
        } else {
            finish(call, outcome, since);
            monitor.settle(call);
        }
    }

    private void finish(Call<R, ?> call, CallState end, long since) {
        call.moveTo(end);
        counts.ended(end);
        report(call, end, since);
    }

    private void report(Call<R, ?> call, CallState end, long since) {
        CallTrace trace = call.trace();
        if (trace != null) {
            long now = System.nanoTime();
            long startedAt = call.started() ? since : now;
            trace.ended(call, end, startedAt - call.since(), now - startedAt);
            monitor.report(trace);
        }
    }
}
