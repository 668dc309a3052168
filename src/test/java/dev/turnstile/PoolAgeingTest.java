package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldPool;
import dev.turnstile.testing.Uninterruptibly;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * How often a lane is passed over in a pool. A call that any instance may run waits for all of them: what they start in all before it is within the
 * bound, and not what each of them does. A call that is for one instance waits for that alone.
 */
class PoolAgeingTest {
    private static final int OVERTAKES = 10;

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final List<String> started = Collections.synchronizedList(new ArrayList<>());

    private static TurnstileOptions options(int size) {
        return TurnstileOptions.defaults()
                .withPoolSize(size)
                .withCapacity(1_000)
                .withOvertakes(OVERTAKES);
    }

    /** All that comes while they are held is in the line when they start. */
    private List<HeldPool.Hold> holdAll(HeldPool pool, int size) {
        List<HeldPool.Hold> holds = new ArrayList<>();
        for (int instance = 1; instance <= size; instance++) {
            holds.add(pool.hold(instance));
        }
        return holds;
    }

    private Action<Copy, String, RuntimeException> low() {
        return DescribedAction.inLane(Lane.LOW, copy -> {
            started.add("low " + Thread.currentThread().getName());
            return copy.use("low");
        });
    }

    /** Calls of an earlier lane, which do something after they have started. */
    private void flood(HeldPool pool, int calls, Action<Copy, Object, Exception> then) throws InterruptedException {
        for (int i = 0; i < calls; i++) {
            Action<Copy, Object, Exception> high = DescribedAction.inLane(Lane.HIGH, copy -> {
                started.add("high " + Thread.currentThread().getName());
                copy.use("high");
                return then.run(copy);
            });
            var unused = audit.watch(pool.gate().submit(high));
        }
    }

    private int lowAt() {
        synchronized (started) {
            return started.stream().map(call -> call.substring(0, 3)).toList().indexOf("low");
        }
    }

    private void assertWithin(int bound) {
        int overtakers = lowAt();
        assertTrue(overtakers >= 0 && overtakers <= bound, () -> overtakers + " of " + bound + ": " + started);
    }

    @Test
    void callForAny_inAPoolThatRunsInStep_isPassedOverWithinOneBoundForAll() throws Exception {
        int size = 4;
        HeldPool pool = HeldPool.open(audit, copies, options(size));
        List<HeldPool.Hold> holds = holdAll(pool, size);
        var unused = audit.watch(pool.gate().submit(low()));
        CyclicBarrier step = new CyclicBarrier(size);
        flood(pool, 100 * size, copy -> step.await());
        holds.forEach(HeldPool.Hold::release);

        Eventually.isTrue("it has started", () -> lowAt() >= 0);
        assertWithin(OVERTAKES + 3 + size - 1);
    }

    private static Object hangAt(Copy copy, int calls, CountDownLatch latch) {
        if (copy.ran().size() >= calls) {
            Uninterruptibly.await(latch);
        }
        return "ran";
    }

    /** A new instance does not begin to count anew. */
    @Test
    void callForAny_whenAnInstanceIsAdded_isPassedOverNoLonger() throws Exception {
        HeldPool pool = HeldPool.open(audit, copies, options(1));
        CountDownLatch latch = audit.latch();
        HeldPool.Hold hold = pool.hold(1);
        var unused = audit.watch(pool.gate().submit(low()));
        Copy first = copies.all().getFirst();
        int most = first.ran().size() + OVERTAKES - 1;
        flood(pool, 200, copy -> copy.equals(first) ? hangAt(copy, most, latch) : "ran");
        hold.release();
        Eventually.isTrue("the first one hangs", () -> started.size() == OVERTAKES - 1);
        pool.gate().resize(2);

        Eventually.isTrue("it has started", () -> lowAt() >= 0);
        assertWithin(OVERTAKES + 3 + 1);
    }

    /** Others run what they like meanwhile. */
    @Test
    void callForOne_inAPoolThatRunsInStep_isPassedOverWithinTheBoundThere() throws Exception {
        int size = 2;
        HeldPool pool = HeldPool.open(audit, copies, options(size));
        List<HeldPool.Hold> holds = holdAll(pool, size);
        var unused = audit.watch(pool.gate().submit(pool.at(1, low())));
        CyclicBarrier step = new CyclicBarrier(size);
        flood(pool, 100 * size, copy -> step.await());
        holds.forEach(HeldPool.Hold::release);

        Eventually.isTrue("it has started", () -> lowAt() >= 0);
        long overtakers;
        synchronized (started) {
            overtakers = started.subList(0, lowAt()).stream()
                    .filter(call -> call.endsWith("-1"))
                    .count();
        }
        assertTrue(overtakers <= OVERTAKES + 3, () -> overtakers + " overtook it");
    }
}
