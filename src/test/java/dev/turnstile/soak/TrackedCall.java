package dev.turnstile.soak;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One call of the traffic, from its beginning to its one end.
 *
 * <p>The worker and the caller each leave a mark and look at the other's, in one atomic step: whoever comes second sees that
 * a call ran although its caller was told that it never would, or that something happened twice.
 */
final class TrackedCall {
    private static final VarHandle MARKS;
    private static final VarHandle IN_LINE_SINCE;
    private static final VarHandle MARK;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MARKS = lookup.findVarHandle(TrackedCall.class, "marks", int.class);
            IN_LINE_SINCE = lookup.findVarHandle(TrackedCall.class, "inLineSince", long.class);
            MARK = lookup.findVarHandle(TrackedCall.class, "mark", AgeingCheck.Mark.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final int RAN = 1;
    private static final int ENDED = 2;
    private static final int NEVER_STARTED = 4;

    /** What is passed to the plugin, and what comes back. */
    enum Form {
        TEXT,
        TYPED,
        RAW
    }

    /** Which of the six ways in. */
    enum Verb {
        CALL,
        TIMED_CALL,
        TRY_CALL,
        SUBMIT,
        TIMED_SUBMIT,
        TRY_SUBMIT,
        /** Not one of the six: a fork of a block. */
        FORK
    }

    private final long number;
    private final Verb verb;
    private final Deed deed;
    private final Form form;
    private final boolean overridden;
    private final Route route;
    private volatile long began;

    @SuppressWarnings("unused") // through its handle
    private volatile long inLineSince;

    @SuppressWarnings("unused") // through its handle
    private volatile AgeingCheck.Mark mark;

    @SuppressWarnings("unused") // through its handle
    private volatile int marks;

    TrackedCall(long number, Verb verb, Deed deed, Form form, boolean overridden, Route route) {
        this.number = number;
        this.verb = verb;
        this.deed = deed;
        this.form = form;
        this.overridden = overridden;
        this.route = route;
    }

    long number() {
        return number;
    }

    Verb verb() {
        return verb;
    }

    Deed deed() {
        return deed;
    }

    Form form() {
        return form;
    }

    boolean hasLimit() {
        return verb == Verb.TIMED_CALL || verb == Verb.TIMED_SUBMIT;
    }

    boolean waitsForPlace() {
        return verb != Verb.TRY_CALL && verb != Verb.TRY_SUBMIT;
    }

    /** Whether its owner may complete its future by hand or by {@code orTimeout}. */
    boolean isOverridden() {
        return overridden;
    }

    Route route() {
        return route;
    }

    // ---- the order ----

    void begins(long time) {
        began = time;
    }

    long began() {
        return began;
    }

    /** Somebody knows that it is in the line, at this time. The first to say so counts. */
    void isInLine(long time) {
        IN_LINE_SINCE.compareAndSet(this, 0L, time);
    }

    /** When it was known to be in the line; 0 if it is not known yet. */
    long inLineSince() {
        return inLineSince;
    }

    /** Somebody knows that it has a place, and what had started by then. The first to say so counts. */
    void mark(AgeingCheck.Mark pending) {
        MARK.compareAndSet(this, null, pending);
    }

    /** Returns {@code null} if nobody knew that it has a place. */
    AgeingCheck.Mark mark() {
        return mark;
    }

    // ---- once, and not after the end ----

    /** The resource begins it. */
    void runs(Findings findings) {
        int before = (int) MARKS.getAndBitwiseOr(this, RAN);
        if ((before & RAN) != 0) {
            findings.add(Breach.DUPLICATED, () -> this + " ran twice");
        }
        if ((before & NEVER_STARTED) != 0) {
            findings.add(Breach.DUPLICATED, () -> this + " ran after its caller was told that it never would");
        }
    }

    /**
     * Its caller has its end.
     *
     * @param watched whether {@link #runs} is told of every run of this call
     * @return whether this is its first end
     */
    boolean ends(Outcome outcome, boolean watched, Findings findings) {
        boolean never = outcome.started() == Outcome.Started.NO;
        int before = (int) MARKS.getAndBitwiseOr(this, never ? ENDED | NEVER_STARTED : ENDED);
        if ((before & ENDED) != 0) {
            findings.add(Breach.DUPLICATED, () -> this + " ended twice, now as " + outcome);
            return false;
        }
        boolean ran = (before & RAN) != 0;
        if (ran && never) {
            findings.add(Breach.DUPLICATED, () -> this + " ran, and ended as " + outcome);
        }
        // A caller may leave a call that the gate has started a moment before its action begins.
        boolean mustHaveRun = outcome.end() == End.RETURNED || outcome.end() == End.FAILED;
        if (watched && !ran && mustHaveRun) {
            findings.add(Breach.WRONG, () -> this + " never ran, and ended as " + outcome);
        }
        return true;
    }

    @Override
    public String toString() {
        return "call " + number + " (" + verb + ", " + deed + ", " + form + ", " + route + ")";
    }
}
