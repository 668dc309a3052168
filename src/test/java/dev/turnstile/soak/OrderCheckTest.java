package dev.turnstile.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The soak's check of the order, with orders that are as they should be and orders that are not. */
class OrderCheckTest {
    private final Findings findings =
            new Findings(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    private final OrderCheck order = new OrderCheck(new AtomicLong(), findings);
    private long number;

    private TrackedCall begun() {
        TrackedCall call = new TrackedCall(
                ++number, TrackedCall.Verb.SUBMIT, Deed.NOTHING, TrackedCall.Form.TEXT, false, Route.ORDINARY);
        order.begins(call);
        return call;
    }

    private TrackedCall inLine() {
        TrackedCall call = begun();
        order.isInLine(call);
        return call;
    }

    private long outOfOrder() {
        return findings.count(Breach.OUT_OF_ORDER);
    }

    @Test
    void calls_thatRunAsTheyCame_areInOrder() {
        TrackedCall first = inLine();
        TrackedCall second = inLine();
        TrackedCall third = begun();

        order.runs(first);
        order.runs(second);
        order.runs(third);

        assertEquals(0, outOfOrder());
    }

    @Test
    void call_thatRunsAfterOneThatBeganWhenItWasInTheLine_wasOvertaken() {
        TrackedCall first = inLine();
        TrackedCall second = begun();

        order.runs(second);
        assertEquals(0, outOfOrder());
        order.runs(first);
        assertEquals(1, outOfOrder());
    }

    /** Also one that came in between does not hide it. */
    @Test
    void call_thatManyOvertook_isFoundOnce() {
        TrackedCall first = inLine();
        TrackedCall second = inLine();
        TrackedCall third = inLine();
        TrackedCall fourth = inLine();

        order.runs(second);
        order.runs(third);
        order.runs(first);
        order.runs(fourth);

        assertEquals(1, outOfOrder());
    }

    @Test
    void calls_thatWereOnTheirWayTogether_mayRunInAnyOrder() {
        TrackedCall first = begun();
        TrackedCall second = begun();
        order.isInLine(second);
        order.isInLine(first);

        order.runs(second);
        order.runs(first);

        assertEquals(0, outOfOrder());
    }

    @Test
    void call_thatNobodySawInTheLine_mayRunLate() {
        TrackedCall first = begun();
        TrackedCall second = begun();

        order.runs(second);
        order.runs(first);

        assertEquals(0, outOfOrder());
    }

    /** Two may tell: the submitter, and one who saw it wait. The later one knows no more. */
    @Test
    void call_thatIsSeenInTheLineAgain_isThereSinceTheFirstTime() {
        TrackedCall first = inLine();
        TrackedCall second = begun();
        first.isInLine(second.began() + 1);

        order.runs(second);
        order.runs(first);

        assertEquals(1, outOfOrder());
    }
}
