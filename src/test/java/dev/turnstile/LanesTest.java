package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LaneQueues: who starts before whom, how long the last one waits at the most, and who gets into a full line. */
class LanesTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final List<String> started = Collections.synchronizedList(new ArrayList<>());
    private HeldGate held;

    private void open(TurnstileOptions options) {
        held = HeldGate.open(audit, options);
    }

    @AfterEach
    void release() {
        held.release();
    }

    private CompletableFuture<?> submit(Lane lane, String name) throws InterruptedException {
        return audit.watch(held.gate().submit(call(lane, name)));
    }

    private Action<Witness, String, RuntimeException> call(Lane lane, String name) {
        return DescribedAction.inLane(lane, resource -> {
            started.add(name);
            return resource.use(name);
        });
    }

    /** In the order of their coming, each on a thread of its own that waits outside. */
    private void comeOutside(Lane lane, String name) {
        int before = held.gate().waitingCount();
        Caller<String> unused = Caller.start(() -> held.gate().call(call(lane, name)));
        Eventually.isTrue(name + " is outside", () -> held.gate().waitingCount() == before + 1);
    }

    private void awaitStarts(int count) {
        held.release();
        Eventually.isTrue(() -> "all have started: " + started, () -> started.size() == count);
    }

    @Test
    void earlierLane_startsFirst_andEachLaneKeepsItsOrder() throws Exception {
        open(TurnstileOptions.defaults());
        submit(Lane.LOW, "l1");
        submit(Lane.NORMAL, "n1");
        submit(Lane.HIGH, "h1");
        submit(Lane.NORMAL, "n2");
        submit(Lane.CONTROL, "c1");
        submit(Lane.HIGH, "h2");
        submit(Lane.LOW, "l2");
        awaitStarts(7);
        assertEquals(List.of("c1", "h1", "h2", "n1", "n2", "l1", "l2"), started);
    }

    /** The bound that is stated: of any {@code overtakes} + 4 that start, one is of the lane that waits. */
    @Test
    void lastLane_underAFlood_startsWithinTheBound() throws Exception {
        int overtakes = 5;
        open(TurnstileOptions.defaults().withCapacity(300).withOvertakes(overtakes));
        for (int i = 0; i < 3; i++) {
            submit(Lane.LOW, "low");
        }
        for (int i = 0; i < 60; i++) {
            submit(Lane.HIGH, "high");
            submit(Lane.NORMAL, "normal");
            submit(Lane.CONTROL, "control");
        }
        awaitStarts(183);
        int last = -1;
        for (int i = 0; i < 3; i++) {
            int next = last + 1 + started.subList(last + 1, started.size()).indexOf("low");
            assertTrue(next - last <= overtakes + 4, started::toString);
            last = next;
        }
    }

    @Test
    void whoWaitsOutside_hasAPlaceByItsLane_andNobodyStarvesThere() throws Exception {
        open(TurnstileOptions.defaults().withCapacity(1).withOvertakes(2));
        submit(Lane.NORMAL, "first");
        comeOutside(Lane.LOW, "low");
        for (int i = 0; i < 4; i++) {
            comeOutside(Lane.HIGH, "high" + i);
        }
        awaitStarts(6);
        assertEquals(List.of("first", "high0", "high1", "low", "high2", "high3"), started);
    }

    @Test
    void controlCall_getsIntoALineThatIsFull() throws Exception {
        open(TurnstileOptions.defaults().withCapacity(3).withReservedPlaces(1));
        submit(Lane.NORMAL, "n1");
        submit(Lane.HIGH, "h1");
        assertThrows(TurnstileFullException.class, () -> held.gate().trySubmit(call(Lane.HIGH, "h2")));
        comeOutside(Lane.NORMAL, "n2");

        audit.watch(held.gate().trySubmit(call(Lane.CONTROL, "c1")));
        assertThrows(TurnstileFullException.class, () -> held.gate().trySubmit(call(Lane.CONTROL, "c2")));
        assertEquals(3, held.gate().pendingCount());
        awaitStarts(4);
        assertEquals(List.of("c1", "h1", "n1", "n2"), started);
    }

    /** A reserved place that becomes free is not for those who may not have it. */
    @Test
    void reservedPlace_thatBecomesFree_isLeftToControlCalls() throws Exception {
        open(TurnstileOptions.defaults().withCapacity(2).withReservedPlaces(1));
        submit(Lane.NORMAL, "n1");
        CompletableFuture<?> control = submit(Lane.CONTROL, "c1");
        comeOutside(Lane.NORMAL, "n2");
        comeOutside(Lane.CONTROL, "c2");
        control.cancel(true);
        assertEquals(1, held.gate().waitingCount(), "c2 alone has come in");
        awaitStarts(3);
        assertEquals(List.of("c2", "n1", "n2"), started);
    }

    /** Who comes while the worker is busy leaves the rest to it; not those whom it would not look for before its queue is empty. */
    @Test
    void blockingCallOfAnEarlierLane_isSeenBeforeTheQueueIsEmpty() throws Exception {
        open(TurnstileOptions.defaults());
        submit(Lane.NORMAL, "n1");
        submit(Lane.NORMAL, "n2");
        Caller<String> high = Caller.start(() -> held.gate().call(call(Lane.HIGH, "h")));
        Eventually.isTrue("it has come", () -> held.gate().pendingCount() == 3);
        awaitStarts(3);
        assertEquals(List.of("h", "n1", "n2"), started);
        assertEquals("h", high.result());
    }

    @Test
    void callOfAnotherLane_wakesAWorkerThatSleeps() throws Exception {
        open(TurnstileOptions.defaults().withIdleSpin(Duration.ZERO));
        held.release();
        for (Lane lane : Lane.values()) {
            assertEquals(lane.name(), held.gate().call(call(lane, lane.name())));
        }
    }
}
