package dev.turnstile.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How the soak reads what a caller gets: which end it is, and whether the gate has counted it. */
class OutcomeTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private static TrackedCall call(TrackedCall.Verb verb) {
        return new TrackedCall(17, verb, Deed.EXCEPTION, TrackedCall.Form.TEXT, false, Route.ORDINARY);
    }

    @Test
    void callerWhoHasGivenUpBefore_neverCameToTheGate() {
        HeldGate held = HeldGate.open(audit, 1);
        Throwable late = Caller.start(() -> held.gate().call(Witness::threads, Duration.ZERO))
                .failure();
        Throwable interrupted = Caller.start(() -> {
                    Thread.currentThread().interrupt();
                    return held.gate().call(Witness::threads);
                })
                .failure();
        held.release();

        Outcome expired = new Outcome(End.EXPIRED, Outcome.Started.NO, false, false);
        assertEquals(expired, Outcome.of(call(TrackedCall.Verb.TIMED_CALL), late, false));
        Outcome cancelled = new Outcome(End.CANCELLED, Outcome.Started.NO, false, false);
        assertEquals(cancelled, Outcome.of(call(TrackedCall.Verb.CALL), interrupted, false));
        assertEquals(0, held.gate().stats().notAdmitted());
    }

    @Test
    void callerWhoGivesUpOutside_cameToTheGate() {
        HeldGate held = HeldGate.open(audit, 1);
        held.fill();
        Caller<?> caller = Caller.start(() -> held.gate().call(Witness::threads));
        held.awaitWaiting(1);
        caller.interrupt();
        Throwable thrown = caller.failure();
        held.release();

        Outcome cancelled = new Outcome(End.CANCELLED, Outcome.Started.NO, false, true);
        assertEquals(cancelled, Outcome.of(call(TrackedCall.Verb.CALL), thrown, false));
        assertEquals(1, held.gate().stats().notAdmitted());
    }

    @Test
    void futureThatIsCancelled_hadAPlace() {
        HeldGate held = HeldGate.open(audit, 1);
        CompletableFuture<?> pending = held.fill().getFirst();
        pending.cancel(true);
        held.held().cancel(true);
        held.release();

        Outcome before = new Outcome(End.CANCELLED, Outcome.Started.NO, true, true);
        assertEquals(before, Outcome.of(call(TrackedCall.Verb.SUBMIT), Caller.failureOf(pending), true));
        Outcome running = new Outcome(End.CANCELLED, Outcome.Started.YES, true, true);
        assertEquals(running, Outcome.of(call(TrackedCall.Verb.SUBMIT), Caller.failureOf(held.held()), true));
    }

    @Test
    void whatTheCallPlanned_isItsFailure_andNobodyElses() {
        TrackedCall call = call(TrackedCall.Verb.CALL);

        assertEquals(
                End.FAILED,
                Outcome.of(call, new LinkageError("planned 17"), false).end());
        Exception ofAnother = new Exception("planned 18");
        assertThrows(IllegalArgumentException.class, () -> Outcome.of(call, ofAnother, false));
    }

    /** Nothing of it may be read but its number. */
    @Test
    void whatCannotBePrinted_isTheFailureOfItsCall_andNobodyElses() {
        TrackedCall call = call(TrackedCall.Verb.CALL);

        assertEquals(
                End.FAILED,
                Outcome.of(call, new Unprintable(call.number()), false).end());
        assertThrows(IllegalArgumentException.class, () -> Outcome.of(call, new Unprintable(18), false));
    }

    @Test
    void timeoutOfACallWithoutALimit_isUnexplained() {
        TrackedCall call = call(TrackedCall.Verb.SUBMIT);

        assertThrows(IllegalArgumentException.class, () -> Outcome.of(call, new TimeoutException(), true));
    }
}
