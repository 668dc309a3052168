package dev.turnstile.soak;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileDownException;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.plugin.PluginException;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;

/**
 * One end of a call as its caller saw it.
 *
 * @param end which
 * @param started whether the resource had begun the call, as the caller was told
 * @param accepted whether the call is known to have had a place
 * @param cameToTheGate whether the gate counts it: a caller who has given up before is not let in
 */
record Outcome(End end, Started started, boolean accepted, boolean cameToTheGate) {
    enum Started {
        YES,
        NO,
        /** Nobody said. */
        UNKNOWN
    }

    /** How a message begins that a call asked for; the number of the call follows. */
    static final String PLANNED = "planned ";

    /** An owner who completes a future by hand does it with this message. */
    static final String BY_HAND = "completed by hand";

    static Outcome returned() {
        return new Outcome(End.RETURNED, Started.YES, true, true);
    }

    /** The future was completed by its owner. */
    static Outcome overridden() {
        return new Outcome(End.OVERRIDDEN, Started.UNKNOWN, true, true);
    }

    /** A fork that its block gave up. */
    static Outcome left() {
        return new Outcome(End.LEFT, Started.UNKNOWN, false, true);
    }

    /**
     * Reads what a caller got instead of a result.
     *
     * @param throughFuture whether it came through a future, so that the call had a place
     * @throws IllegalArgumentException if nothing that this call did or met explains it
     */
    static Outcome of(TrackedCall call, Throwable thrown, boolean throughFuture) {
        return switch (thrown) {
            case Unprintable planned when planned.number() == call.number() -> failed();
            case Unprintable other ->
                throw new IllegalArgumentException(call + " ended with what call " + other.number() + " threw");
            case CallInterruptedException gaveUp -> givenUp(End.CANCELLED, gaveUp.started(), throughFuture, gaveUp);
            case CallCancelledException gaveUp -> givenUp(End.CANCELLED, gaveUp.started(), throughFuture, gaveUp);
            case CallTimeoutException gaveUp
            when call.hasLimit() -> givenUp(End.EXPIRED, gaveUp.started(), throughFuture, gaveUp);
            case TurnstileClosedException closed -> givenUp(End.REFUSED, closed.started(), throughFuture, closed);
            case TurnstileDownException down when !throughFuture -> new Outcome(End.DOWN, Started.NO, false, true);
            case TurnstileFullException full
            when !throughFuture && !call.waitsForPlace() -> new Outcome(End.FULL, Started.NO, false, true);
            case TimeoutException overridden when throughFuture && call.isOverridden() -> overridden();
            case PluginException error when call.deed() == Deed.PLUGIN_ERROR || call.deed() == Deed.POISON -> failed();
            case Throwable planned when (PLANNED + call.number()).equals(planned.getMessage()) -> failed();
            case Throwable byHand
            when throughFuture && call.isOverridden() && BY_HAND.equals(byHand.getMessage()) -> overridden();
            default -> throw new IllegalArgumentException(call + " ended with " + thrown, thrown);
        };
    }

    /** The action threw, or the plugin answered with an error. */
    static Outcome failed() {
        return new Outcome(End.FAILED, Started.YES, true, true);
    }

    private static Outcome givenUp(End end, boolean started, boolean throughFuture, Throwable thrown) {
        boolean accepted = started || throughFuture;
        return new Outcome(end, started ? Started.YES : Started.NO, accepted, accepted || !wasTurnedBack(thrown));
    }

    /** Says that the caller had given up before it came to the line. Only the exception's own stack tells. */
    private static boolean wasTurnedBack(Throwable thrown) {
        return Arrays.stream(thrown.getStackTrace())
                .limit(2) // the call makes the one for a passed limit
                .anyMatch(frame -> frame.getMethodName().equals("refuseGivenUp"));
    }
}
