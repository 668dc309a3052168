package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.PrefetchingModel.Request.Work;
import dev.turnstile.testing.Audit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls that the resource was handed before their turn, in steps that the test takes itself. */
class PrefetchTest {
    private final Line<PrefetchingModel> line = new Line<>(50);
    private final List<Work> begun = new ArrayList<>();
    private final PrefetchingModel resource = new PrefetchingModel(50, begun);
    private final ManualWorker<PrefetchingModel> worker = ManualWorker.of(line, resource);
    private int entered;

    private BlockingCall<PrefetchingModel, Integer> enter(Lane lane) {
        BlockingCall<PrefetchingModel, Integer> call =
                new BlockingCall<>(new Work(entered++, lane, true), Deadline.NEVER);
        line.arrive(call);
        return call;
    }

    private List<Integer> begun() {
        return begun.stream().map(Work::number).toList();
    }

    private Call<PrefetchingModel, ?> runAndEnd(Call<PrefetchingModel, ?> call) {
        return worker.end(call, call.run(resource));
    }

    /** Under a load where the next call has always begun when one ends, a swap would never come to its end. */
    @Test
    void workerThatIsToLeave_runsWhatHasBegun_andHandsNothingMoreOver() {
        Call<PrefetchingModel, ?> first = enter(Lane.NORMAL);
        BlockingCall<PrefetchingModel, Integer> second = enter(Lane.NORMAL);
        assertSame(first, worker.start());
        List<BlockingCall<PrefetchingModel, Integer>> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            others.add(enter(Lane.NORMAL));
        }
        assertEquals(CallState.COMPLETED, first.run(resource));
        resource.go(); // the second one begins
        var unused = worker.relieve(new PrefetchingModel(50, begun));

        assertSame(second, worker.end(first, CallState.COMPLETED));
        resource.go();
        resource.go();
        assertNull(runAndEnd(second));
        assertNull(worker.start());
        assertTrue(worker.isToGo());
        assertEquals(List.of(0, 1), begun());
        assertTrue(others.stream().allMatch(call -> call.state() == CallState.PENDING && !call.isPrefetched()));
    }

    @Test
    void callInAnotherLane_isNextAfterWhatHasBegun_andOrdinaryOnesAreHandedOverAgainAfterIt() {
        Call<PrefetchingModel, ?> first = enter(Lane.NORMAL);
        var second = enter(Lane.NORMAL);
        var third = enter(Lane.NORMAL);
        var fourth = enter(Lane.NORMAL);
        assertSame(first, worker.start());
        assertTrue(fourth.isPrefetched());
        resource.go();
        resource.go();
        resource.go(); // the second one runs
        BlockingCall<PrefetchingModel, Integer> high = enter(Lane.HIGH);

        assertSame(second, runAndEnd(first));
        assertFalse(third.isPrefetched());
        assertSame(high, runAndEnd(second));
        assertSame(third, runAndEnd(high));
        assertTrue(fourth.isPrefetched());
        assertSame(fourth, runAndEnd(third));
        assertNull(runAndEnd(fourth));
        assertEquals(List.of(0, 1, 4, 2, 3), begun());
        Audit.assertSettled(line.stats());
    }

    @Test
    void workerThatDies_givesUpWhatHasBegun_andLeavesTheRestInTheLine() {
        Call<PrefetchingModel, ?> first = enter(Lane.NORMAL);
        var second = enter(Lane.NORMAL);
        var third = enter(Lane.NORMAL);
        assertSame(first, worker.start());
        resource.go();
        resource.go();
        resource.go(); // the second one runs
        worker.die(new OutOfMemoryError("in the gate's own code"));
        line.ended(null);

        assertEquals(CallState.REFUSED, first.state());
        assertEquals(CallState.REFUSED, second.state());
        assertTrue(second.started());
        assertEquals(CallState.REFUSED, third.state());
        assertFalse(third.started(), "nobody will run it");
        Audit.assertSettled(line.stats());
    }

    @Test
    void callThatItsCallerLeaves_afterItHasBegun_isRunning_untilItsTurnIsOver() {
        Call<PrefetchingModel, ?> first = enter(Lane.NORMAL);
        var second = enter(Lane.NORMAL);
        assertSame(first, worker.start());
        resource.go();
        resource.go();
        resource.go(); // the second one runs
        assertTrue(line.leave(second, CallState.CANCELLED));
        assertTrue(second.started());
        assertEquals(2, line.stats().running());
        assertEquals(0, line.stats().pending());
        assertSame(second, runAndEnd(first));
        assertEquals(1, line.stats().running());
        assertNull(runAndEnd(second));
        assertEquals(CallState.CANCELLED, second.state());
        Audit.assertSettled(line.stats());
    }
}
