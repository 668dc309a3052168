package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls for each instance, of which the last one gets no place: nobody has the others' futures, so what has not begun is cancelled. */
class SubmitToEachTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final CountDownLatch latch = audit.latch();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicInteger ran = new AtomicInteger();
    private final List<HeldPool.Hold> holds = new ArrayList<>();

    /** Three instances, of which the first one is idle if one of the calls is to begin; the others are in calls. Two calls are in the line then, or one. */
    private HeldPool pool(boolean oneBegins) throws InterruptedException {
        HeldPool pool = HeldPool.open(
                audit,
                new Copies("each"),
                TurnstileOptions.defaults().withPoolSize(3).withCapacity(oneBegins ? 1 : 2));
        for (int instance = oneBegins ? 2 : 1; instance <= 3; instance++) {
            holds.add(pool.hold(instance));
        }
        return pool;
    }

    private CallRequest<Copy, String, RuntimeException> order(HeldPool pool) {
        return pool.gate().request((Copy copy) -> {
            ran.incrementAndGet();
            copy.witness().hold(begun, latch);
            return "ran";
        });
    }

    private void awaitTheLast(HeldPool pool, boolean oneBegins) throws InterruptedException {
        if (oneBegins) {
            begun.await();
        }
        Probe probe = pool.probe();
        Eventually.isTrue("the last one waits", () -> probe.freePlaces() == 0 && probe.waiting() == 1);
    }

    private void assertTheRestHasGone(HeldPool pool, boolean oneBegins) {
        assertEquals(0, pool.gate().pendingCount());
        assertEquals(0, pool.gate().waitingCount());
        latch.countDown();
        assertEquals(oneBegins ? 1 : 0, ran.get());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interrupt_cancelsWhatHasNotBegun_andSaysWhetherOneHad(boolean oneBegins) throws Exception {
        HeldPool pool = pool(oneBegins);
        Caller<Object> caller = Caller.start(() -> order(pool).submitToEach());
        awaitTheLast(pool, oneBegins);
        caller.interrupt();

        assertEquals(
                oneBegins,
                assertInstanceOf(CallInterruptedException.class, caller.failure())
                        .started());
        assertTheRestHasGone(pool, oneBegins);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closing_cancelsWhatHasNotBegun_andSaysWhetherOneHad(boolean oneBegins) throws Exception {
        HeldPool pool = pool(oneBegins);
        Caller<Object> caller = Caller.start(() -> order(pool).submitToEach());
        awaitTheLast(pool, oneBegins);
        pool.gate().shutdown();

        assertEquals(
                oneBegins,
                assertInstanceOf(TurnstileClosedException.class, caller.failure())
                        .started());
        assertTheRestHasGone(pool, oneBegins);
    }

    @Test
    void instanceThatRetiresBeforeItsCallHasAPlace_cancelsWhatHasNotBegun() throws Exception {
        HeldPool pool = pool(false);
        Caller<Object> caller = Caller.start(() -> order(pool).submitToEach());
        awaitTheLast(pool, false);
        pool.gate().resize(2);
        holds.getLast().release();
        Eventually.isTrue("it has gone", () -> pool.gate().instances().size() == 2);
        holds.getFirst().release(); // its call begins, and the last one gets its place

        assertInstanceOf(IllegalStateException.class, caller.failure());
        begun.await();
        assertTheRestHasGone(pool, true);
    }
}
