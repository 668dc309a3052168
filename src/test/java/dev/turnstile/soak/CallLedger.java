package dev.turnstile.soak;

import dev.turnstile.TurnstileStats;
import dev.turnstile.testing.Audit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts every call to one gate when it begins and when it ends, and holds that against what the gate and the plugin counted.
 *
 * <p>What a caller cannot see: whether a call that never started was given up, or refused, before or after it had a place. So
 * these are compared in sum, and each within its bounds. A future that its owner completed is an end of its own here, and may
 * be any of the gate's; so is a fork that its block gave up, which the gate counts as cancelled or expired.
 */
final class CallLedger {
    private final boolean watched;
    private final Findings findings;
    private final AtomicLong begun = new AtomicLong();
    private final LongAdder ended = new LongAdder();
    private final Map<End, LongAdder> ends = new EnumMap<>(End.class);
    private final Map<End, LongAdder> surelyAccepted = new EnumMap<>(End.class);
    private final Map<End, LongAdder> neverCame = new EnumMap<>(End.class);
    private final LongAdder startedAndLeft = new LongAdder();

    /** Calls that were for one instance each, whose owners have their answers. */
    private final LongAdder each = new LongAdder();

    private final LongAdder eachReturned = new LongAdder();
    private final LongAdder eachRefused = new LongAdder();

    /** The most there may be of such calls of which nothing is known. */
    private final LongAdder eachUnknown = new LongAdder();

    /** @param watched whether the resource tells each call that it runs */
    CallLedger(boolean watched, Findings findings) {
        this.watched = watched;
        this.findings = findings;
        for (End end : End.values()) {
            ends.put(end, new LongAdder());
            surelyAccepted.put(end, new LongAdder());
            neverCame.put(end, new LongAdder());
        }
    }

    /** Returns how many that makes. */
    long begins() {
        return begun.incrementAndGet();
    }

    void ends(TrackedCall call, Outcome outcome) {
        if (!call.ends(outcome, watched, findings)) {
            return;
        }
        End end = outcome.end();
        ends.get(end).increment();
        if (outcome.accepted()) {
            surelyAccepted.get(end).increment();
        }
        if (!outcome.cameToTheGate()) {
            neverCame.get(end).increment();
        }
        boolean ranToItsEnd = end == End.RETURNED || end == End.FAILED;
        if (outcome.started() == Outcome.Started.YES && !ranToItsEnd) {
            startedAndLeft.increment();
        }
        ended.increment();
    }

    /** So many instances were asked something, besides the calls that were begun. */
    void asksEach(int instances) {
        each.add(instances);
    }

    /** One of them has answered, or was refused. */
    void answersEach(End end) {
        (end == End.RETURNED ? eachReturned : eachRefused).increment();
    }

    /** Up to so many were, and what became of it is not known. */
    void mayHaveAskedEach(int instances) {
        eachUnknown.add(instances);
    }

    /** Nobody can say how it ended: it is told, and is not lost besides. */
    void endsUnexplained(IllegalArgumentException why) {
        findings.add(Breach.WRONG, why::getMessage);
        ended.increment();
    }

    long begun() {
        return begun.get();
    }

    long open() {
        return begun.get() - ended.sum();
    }

    long count(End end) {
        return ends.get(end).sum();
    }

    /** Compares with what the gate counted; to be called when every call has ended and the gate is closed. */
    void compare(TurnstileStats stats, String gate) {
        long unknown = eachUnknown.sum();
        long overridden = count(End.OVERRIDDEN);
        long came = came() + each.sum();
        long returned = count(End.RETURNED) + eachReturned.sum();
        within("calls that came", came, stats.accepted() + stats.notAdmitted(), came + unknown, gate);
        within("completed", returned, stats.completed(), returned + overridden + unknown, gate);
        within("failed", count(End.FAILED), stats.failed(), count(End.FAILED) + overridden, gate);
        given(End.CANCELLED, 0, stats.cancelled(), count(End.LEFT) + unknown, gate);
        given(End.EXPIRED, 0, stats.expired(), count(End.LEFT), gate);
        given(End.REFUSED, eachRefused.sum(), stats.refused(), eachRefused.sum() + unknown, gate);
        within("turned away", count(End.FULL) + count(End.DOWN), stats.notAdmitted(), Long.MAX_VALUE, gate);
        same("accepted, in sum", Audit.placesOfAccepted(stats), stats.accepted(), gate);
        same("returned to the gate", stats.times().started(), stats.times().returned(), gate);
    }

    private void given(End end, long surelyToo, long counted, long mayBeToo, String gate) {
        long most = count(end) - neverCame.get(end).sum() + count(End.OVERRIDDEN) + mayBeToo;
        within(end.label(), surelyAccepted.get(end).sum() + surelyToo, counted, most, gate);
    }

    private long came() {
        return Arrays.stream(End.values())
                .mapToLong(end -> count(end) - neverCame.get(end).sum())
                .sum();
    }

    /** Compares with how many calls the plugin saw, if each call that is started is one to it. */
    void comparePlugin(long calls, String gate) {
        long least = count(End.RETURNED) + count(End.FAILED) + startedAndLeft.sum();
        within("calls in the plugin", least, calls, least + count(End.OVERRIDDEN) + count(End.LEFT), gate);
    }

    private void same(String what, long seen, long counted, String gate) {
        within(what, seen, counted, seen, gate);
    }

    private void within(String what, long least, long counted, long most, String gate) {
        if (counted < least || counted > most) {
            findings.add(
                    Breach.MISCOUNTED,
                    () -> what + ": " + counted + ", and the callers saw " + least + " to " + most + ": " + this + ", "
                            + gate);
        }
    }

    @Override
    public String toString() {
        return begun() + " calls begun, ends " + ends;
    }
}
