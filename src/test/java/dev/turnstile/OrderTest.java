package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promise 2: first come, first served, also outside the line and for callers who do not wait or wait with a limit. */
class OrderTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final ConcurrentLinkedQueue<Integer> ran = new ConcurrentLinkedQueue<>();

    private Action<Witness, Integer, RuntimeException> number(int number) {
        return resource -> {
            ran.add(number);
            return number;
        };
    }

    private static List<Integer> upTo(int end) {
        return IntStream.range(0, end).boxed().toList();
    }

    @Test
    void submitted_runInTheOrderInWhichSubmitReturned() throws Exception {
        HeldGate held = HeldGate.open(audit, 1000);
        for (int i = 0; i < 1000; i++) {
            audit.watch(held.gate().submit(number(i)));
        }
        held.release();
        held.gate().close(Audit.PATIENCE);

        assertEquals(upTo(1000), List.copyOf(ran));
    }

    /** Each caller is seen pending before the next one comes. */
    @Test
    void pending_runInTheOrderInWhichTheyWereSeen_byEveryEntryPoint() {
        HeldGate held = HeldGate.open(audit, 60);
        for (int i = 0; i < 60; i++) {
            EntryPoint.inTurn(i).start(held.gate(), number(i));
            held.awaitPending(i + 1);
        }
        held.release();
        held.gate().close(Audit.PATIENCE);

        assertEquals(upTo(60), List.copyOf(ran));
    }

    /**
     * A fair semaphore hands out permits in order, but two callers who wake one after the other can enqueue the other way
     * round. Each caller here is seen outside before the next one comes, and many places become free at once.
     */
    @Test
    void waitingOutside_runInTheOrderInWhichTheyCame() {
        EntryPoint[] waiting = {EntryPoint.CALL, EntryPoint.SUBMIT, EntryPoint.TIMED_CALL, EntryPoint.TIMED_SUBMIT};
        for (int round = 0; round < 20; round++) {
            ran.clear();
            HeldGate held = HeldGate.open(audit, 4);
            held.fill();
            for (int i = 0; i < 100; i++) {
                waiting[i % 4].start(held.gate(), number(i));
                held.awaitWaiting(i + 1);
            }
            held.release();
            List<Caller<Integer>> late = List.of(Caller.start(() -> held.gate().call(number(100))));
            late.forEach(Caller::result);
            held.gate().close(Audit.PATIENCE);

            assertEquals(upTo(101), List.copyOf(ran));
        }
    }

    /** {@code Semaphore.tryAcquire()} overtakes even on a fair semaphore. */
    @Test
    void tryCall_whileOthersWait_doesNotOvertakeThem() throws Exception {
        HeldGate held = HeldGate.open(audit, 1);
        held.fill();
        List<Caller<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(Caller.start(() -> held.gate().call(number(1))));
        }
        held.awaitWaiting(50);

        assertThrows(TurnstileFullException.class, () -> held.gate().tryCall(number(2)));
        held.release();
        int tried = 0;
        while (waiting.stream().anyMatch(caller -> !caller.isDone())) {
            try {
                if (held.gate().waitingCount() > 0) {
                    held.gate().tryCall(number(2));
                    tried++;
                }
            } catch (TurnstileFullException refused) {
                Thread.onSpinWait();
            }
        }
        List<Integer> order = List.copyOf(ran);
        // One that got in came when nobody waited any more: everybody had a place, at most one of them still ran ahead
        // of it.
        assertEquals(tried, order.stream().filter(n -> n == 2).count());
        int firstTried = order.indexOf(2);
        if (firstTried >= 0) {
            assertEquals(
                    50,
                    order.subList(0, firstTried).stream().filter(n -> n == 1).count());
        }
    }

    @Test
    void waitingWithALimit_isServedBeforeALaterCallerWithout() {
        HeldGate held = HeldGate.open(audit, 1);
        held.fill();
        Caller<Integer> limited = Caller.start(() -> held.gate().call(number(0), Duration.ofHours(1)));
        held.awaitWaiting(1);
        Caller<Integer> patient = Caller.start(() -> held.gate().call(number(1)));
        held.awaitWaiting(2);
        held.release();
        limited.result();
        patient.result();

        assertEquals(List.of(0, 1), List.copyOf(ran));
    }

    /** The one in the middle gives up; the others keep their order. */
    @Test
    void waitingOutside_oneInterrupted_theOthersKeepTheirOrder() {
        HeldGate held = HeldGate.open(audit, 1);
        held.fill();
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            int number = i;
            callers.add(Caller.start(() -> held.gate().call(number(number))));
            held.awaitWaiting(i + 1);
        }
        for (int i = 1; i < 9; i += 2) {
            callers.get(i).interrupt();
            callers.get(i).failure();
        }
        held.awaitWaiting(5);
        held.release();
        for (int i = 0; i < 9; i += 2) {
            callers.get(i).result();
        }

        assertEquals(List.of(0, 2, 4, 6, 8), List.copyOf(ran));
    }
}
