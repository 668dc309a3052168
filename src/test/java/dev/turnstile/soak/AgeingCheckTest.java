package dev.turnstile.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.Lane;
import dev.turnstile.TurnstileOptions;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The soak's check of the bound, with calls that are passed over as often as may be, and more often. */
class AgeingCheckTest {
    private static final int OVERTAKES = 5;

    /** As promised, and one more that may have been chosen before. */
    private static final int MOST = OVERTAKES + 3 + 1;

    private final Findings findings =
            new Findings(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    private long number;

    private AgeingCheck check(int poolSize) {
        TurnstileOptions options =
                TurnstileOptions.defaults().withOvertakes(OVERTAKES).withPoolSize(poolSize);
        return new AgeingCheck(Setup.easy(true, false, options), findings);
    }

    private TrackedCall call(Lane lane, Integer key) {
        return new TrackedCall(
                ++number, TrackedCall.Verb.SUBMIT, Deed.NOTHING, TrackedCall.Form.TEXT, false, new Route(lane, key));
    }

    private TrackedCall pending(AgeingCheck check, Lane lane, Integer key) {
        TrackedCall call = call(lane, key);
        check.isPending(call);
        return call;
    }

    private void run(AgeingCheck.Course course, TrackedCall call) {
        course.starts(call);
        course.leaves();
    }

    private void run(AgeingCheck.Course course, Lane lane, int calls) {
        for (int i = 0; i < calls; i++) {
            run(course, call(lane, null));
        }
    }

    private long beyond() {
        return findings.count(Breach.BEYOND_THE_BOUND);
    }

    @Test
    void call_thatIsPassedOverAsOftenAsMayBe_isWithinTheBound() {
        AgeingCheck check = check(0);
        AgeingCheck.Course course = check.newCourse(1);
        TrackedCall low = pending(check, Lane.LOW, null);
        run(course, Lane.HIGH, MOST);
        run(course, low);
        assertEquals(0, beyond());
    }

    @Test
    void call_thatIsPassedOverOnceMore_isBeyondIt() {
        AgeingCheck check = check(0);
        AgeingCheck.Course course = check.newCourse(1);
        TrackedCall low = pending(check, Lane.LOW, null);
        run(course, Lane.HIGH, 3);
        run(course, Lane.CONTROL, MOST - 2);
        run(course, low);
        assertEquals(1, beyond());
    }

    /** Nobody knows since when it had a place. */
    @Test
    void call_thatWasNotSeenInTheLine_isNotCompared() {
        AgeingCheck.Course course = check(0).newCourse(1);
        run(course, Lane.HIGH, 10 * MOST);
        run(course, call(Lane.LOW, null));
        assertEquals(0, beyond());
    }

    /** A call of its lane has had the turn. */
    @Test
    void call_behindOthersOfItsLane_waitsForEachOfThem() {
        AgeingCheck check = check(0);
        AgeingCheck.Course course = check.newCourse(1);
        TrackedCall first = pending(check, Lane.LOW, null);
        TrackedCall second = pending(check, Lane.LOW, null);
        run(course, Lane.HIGH, MOST);
        run(course, first);
        run(course, Lane.HIGH, MOST);
        run(course, second);
        assertEquals(0, beyond());
    }

    /** Whoever came first is counted from then on, and not from when it was seen again. */
    @Test
    void call_thatIsSeenAgain_isCountedFromTheFirstTime() {
        AgeingCheck check = check(0);
        AgeingCheck.Course course = check.newCourse(1);
        TrackedCall low = pending(check, Lane.LOW, null);
        run(course, Lane.HIGH, MOST);
        check.isPending(low);
        run(course, Lane.HIGH, 1);
        run(course, low);
        assertEquals(1, beyond());
    }

    /** What others do after the worker has left its last call may come after its choice. */
    @Test
    void callOfAPool_isComparedWithWhatWasStartedWhenItsWorkerLeftTheOneBefore() {
        AgeingCheck check = check(2);
        AgeingCheck.Course first = check.newCourse(1);
        AgeingCheck.Course second = check.newCourse(2);
        run(first, Lane.HIGH, 1);
        TrackedCall low = pending(check, Lane.LOW, null);
        run(second, Lane.HIGH, 1_000);
        run(first, low);
        assertEquals(0, beyond());
    }

    @Test
    void callOfAPool_thatAllInstancesPassOver_isBeyondTheBound() {
        AgeingCheck check = check(2);
        AgeingCheck.Course first = check.newCourse(1);
        AgeingCheck.Course second = check.newCourse(2);
        TrackedCall low = pending(check, Lane.LOW, null);
        for (int i = 0; i < 100; i++) {
            run(first, Lane.HIGH, 1);
            run(second, Lane.HIGH, 1);
        }
        run(first, low);
        assertEquals(1, beyond());
    }

    @Test
    void callWithAKey_isComparedWithItsInstanceAlone() {
        AgeingCheck check = check(2);
        AgeingCheck.Course first = check.newCourse(1);
        AgeingCheck.Course second = check.newCourse(2);
        run(first, call(Lane.LOW, 7)); // that is its home
        TrackedCall low = pending(check, Lane.LOW, 7);
        run(second, Lane.HIGH, 1_000);
        run(first, Lane.HIGH, MOST);
        run(first, low);
        assertEquals(0, beyond());

        TrackedCall next = pending(check, Lane.LOW, 7);
        run(first, Lane.HIGH, 1_000);
        run(first, next);
        assertEquals(1, beyond());
    }

    /** It may have moved meanwhile. */
    @Test
    void callWithAKey_whileThePoolIsResized_isNotCompared() {
        AgeingCheck check = check(2);
        AgeingCheck.Course first = check.newCourse(1);
        run(first, call(Lane.LOW, 7));
        TrackedCall low = pending(check, Lane.LOW, 7);
        check.resizes();
        check.resizes();
        run(first, Lane.HIGH, 1_000);
        run(first, low);
        assertEquals(0, beyond());
    }

    /** It may wait at an instance that is to go, and has the key for as long as it runs something. */
    @Test
    void callWithAKey_afterAResizeAndBeforeTheKeyRanAnew_isNotCompared() {
        AgeingCheck check = check(2);
        AgeingCheck.Course first = check.newCourse(1);
        run(first, call(Lane.LOW, 7));
        check.resizes();
        check.resizes();
        TrackedCall elsewhere = pending(check, Lane.LOW, 7);
        run(first, Lane.HIGH, 1_000);
        run(first, elsewhere);
        assertEquals(0, beyond());

        TrackedCall here = pending(check, Lane.LOW, 7);
        run(first, Lane.HIGH, 1_000);
        run(first, here);
        assertEquals(1, beyond());
    }
}
