package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The times of the stats lie between the moments that a test can take itself, before and after. */
class TimesTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    private static void assertBetween(Duration least, Duration time, Duration most) {
        assertTrue(
                least.compareTo(time) <= 0 && time.compareTo(most) <= 0,
                () -> time + " is at least " + least + " and at most " + most);
    }

    @Test
    void gateAtRest_hasNothingInFlight_andNobodyWaits() throws Exception {
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(Witness::new));

        assertEquals(MadeStats.NO_TIMES, gate.stats().times());
        gate.call(resource -> resource.use(1));
        assertEquals(Duration.ZERO, gate.stats().times().inFlight());
        assertEquals(Duration.ZERO, gate.stats().times().oldestWait());
    }

    @Test
    void callInTheResource_isInFlight_fromItsStart() {
        long before = System.nanoTime();
        HeldGate held = HeldGate.open(audit, 2);
        long entered = System.nanoTime();

        Duration least = since(entered);
        TurnstileTimes times = held.gate().stats().times();

        assertBetween(least, times.inFlight(), since(before));
        assertEquals(1, times.started());
        assertEquals(0, times.returned());
        assertEquals(Duration.ZERO, times.totalRun(), "counted when it has returned");
        held.release();
    }

    @Test
    void oldestWaiter_isTheFirstInTheLine_notTheFirstOutside_norOneThatHasLeft() {
        HeldGate held = HeldGate.open(audit, 2);
        List<CompletableFuture<Integer>> futures = held.fill();
        long bothCame = System.nanoTime();
        Caller<Integer> outside = Caller.start(() -> held.gate().call(resource -> resource.use(1)));
        held.awaitWaiting(1);
        long allCame = System.nanoTime();

        Duration least = since(bothCame);
        assertTrue(held.gate().stats().times().oldestWait().compareTo(least) >= 0, "the first one");

        futures.get(0).cancel(false);
        futures.get(1).cancel(false);
        held.awaitPending(1);
        assertBetween(since(allCame), held.gate().stats().times().oldestWait(), since(bothCame));

        outside.interrupt();
        outside.failure();
        assertEquals(Duration.ZERO, held.gate().stats().times().oldestWait());
        held.release();
    }

    @Test
    void totals_areThoseOfTheCallsThatWereStarted() {
        long before = System.nanoTime();
        HeldGate held = HeldGate.open(audit, 3);
        long entered = System.nanoTime();
        List<CompletableFuture<Integer>> futures = held.fill();
        long filled = System.nanoTime();
        futures.get(1).cancel(false);

        Duration leastRun = since(entered);
        Duration leastWait = since(filled);
        held.release();
        held.held().join();
        futures.get(0).join();
        futures.get(2).join();
        held.gate().close();
        Duration most = since(before);

        TurnstileTimes times = held.gate().stats().times();
        assertEquals(3, times.started());
        assertEquals(3, times.returned());
        assertBetween(leastRun, times.totalRun(), most);
        assertBetween(leastWait.multipliedBy(2), times.totalWait(), most.multipliedBy(3));
    }

    @Test
    void callGivenUpWhileItRan_countsItsWholeRun() {
        HeldGate held = HeldGate.open(audit, 1);
        long entered = System.nanoTime();
        held.held().cancel(true);
        Duration least = since(entered);
        held.release();
        held.gate().close();

        TurnstileTimes times = held.gate().stats().times();
        assertEquals(1, times.returned());
        assertTrue(times.totalRun().compareTo(least) >= 0, () -> times.totalRun() + " is at least " + least);
    }

    @Test
    void failedAction_ranToo() throws Exception {
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(Witness::new));
        assertThrows(
                IllegalStateException.class,
                () -> gate.call(resource -> {
                    throw new IllegalStateException();
                }));
        assertEquals(1, gate.stats().times().started());
        assertEquals(1, gate.stats().times().returned());
    }

    /** Others overtake the one that has waited longest, who was not seen outside. */
    @Test
    void oldestWaiter_isOutsideInALaterLane_whileOthersOvertakeIt() {
        HeldGate held = HeldGate.open(audit, 1);
        CompletableFuture<Integer> pending = held.fill().getFirst();
        Caller<Integer> first =
                Caller.start(() -> held.gate().call(DescribedAction.inLane(Lane.LOW, resource -> resource.use(1))));
        held.awaitWaiting(1);
        long firstCame = System.nanoTime();
        Caller<Integer> second =
                Caller.start(() -> held.gate().call(DescribedAction.inLane(Lane.HIGH, resource -> resource.use(2))));
        held.awaitWaiting(2);
        Duration least = since(firstCame);
        pending.cancel(false);
        held.awaitPending(1);

        Duration oldest = held.gate().stats().times().oldestWait();
        assertTrue(oldest.compareTo(least) >= 0, oldest::toString);
        held.release();
        first.result();
        second.result();
    }
}
