package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.HeldPool;
import dev.turnstile.testing.VirtualTime;
import dev.turnstile.testing.WayIn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No call waits while an instance sleeps that could run it. A call that any may run wakes one that sleeps. That one may find a call of its own
 * that is before it, and hang in that: then another one has to be woken. What comes here comes {@linkplain Probe#together before any worker
 * looks}, as it may in life.
 */
class IdleWorkerTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private CountDownLatch latch;
    private HeldPool pool;

    @BeforeEach
    void makeLatch() {
        latch = audit.latch();
    }

    private void open(int size, int capacity) throws InterruptedException {
        TurnstileOptions options = TurnstileOptions.defaults()
                .withPoolSize(size)
                .withCapacity(capacity)
                .withIdleSpin(Duration.ZERO);
        pool = HeldPool.open(audit, copies, options);
    }

    /** Those of some that have been woken have an earlier call to run, each its own, and hang in it. */
    private void hangWhoWasWoken(List<Integer> instances, Lane lane) {
        for (int instance : instances) {
            if (!pool.probe().isAsleep(instance)) {
                var unused =
                        audit.watch(pool.gate().trySubmit(pool.at(instance, DescribedAction.inLane(lane, this::hang))));
            }
        }
    }

    private String hang(Copy copy) {
        copy.witness().hold(new CountDownLatch(1), latch);
        return "hung";
    }

    private CompletableFuture<String> submit() {
        return audit.watch(pool.gate().trySubmit(copy -> copy.use("ordinary")));
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTROL", "HIGH"})
    void call_whoseWorkerFindsAnEarlierOneOfItsOwn_isRunByAnother(Lane lane) throws Throwable {
        open(2, 100);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        pool.probe().together(() -> {
            calls.add(submit());
            hangWhoWasWoken(List.of(1, 2), lane);
        });
        assertAllRun(calls);
    }

    private static void assertAllRun(List<CompletableFuture<String>> calls) throws Throwable {
        for (CompletableFuture<String> call : calls) {
            assertEquals("ordinary", CallEnd.outcome(call));
        }
    }

    /** Two are woken, and both have something else to do; the third one could run both calls. */
    @ParameterizedTest
    @EnumSource(names = {"CONTROL", "HIGH"})
    void calls_whoseWorkersAllFindEarlierOnesOfTheirOwn_areRunByTheOneThatIsLeft(Lane lane) throws Throwable {
        open(3, 100);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        pool.probe().together(() -> {
            calls.add(submit());
            calls.add(submit());
            hangWhoWasWoken(List.of(1, 2, 3), lane);
        });
        assertAllRun(calls);
    }

    @Test
    void fork_whoseWorkerFindsAnEarlierCallOfItsOwn_isRunByAnother() throws Exception {
        open(2, 100);
        Caller<List<String>> results = Caller.start(() -> {
            try (FanOut<Copy, String> block = pool.gate().fanOut(JoinPolicy.ALL_OUTCOMES)) {
                pool.probe().together(() -> {
                    block.fork(copy -> copy.use("fork"));
                    hangWhoWasWoken(List.of(1, 2), Lane.HIGH);
                });
                return block.join().results();
            }
        });
        assertEquals(List.of("fork"), results.result());
    }

    /** One that stays with an instance that is busy: its place comes to the next caller, who can be run by any. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TRY_CALL", "TRY_SUBMIT"})
    void callerOutside_whoseWorkerFindsAnEarlierCallOfItsOwn_isServedByAnother(WayIn way) throws Exception {
        open(3, 2);
        HeldPool.Hold busy = pool.hold(1);
        List<CompletableFuture<String>> behind = IntStream.range(0, 2)
                .mapToObj(i -> audit.watch(pool.gate().trySubmit(pool.at(1, copy -> copy.use("behind")))))
                .toList();
        Caller<String> outside = way.start(pool.gate(), copy -> copy.use("outside"));
        pool.probe().awaitWaiting(1);
        pool.probe().together(() -> {
            behind.forEach(call -> call.cancel(false));
            hangWhoWasWoken(List.of(2, 3), Lane.HIGH);
        });
        assertEquals("outside", outside.result());
        busy.release();
    }

    /** It loses its resource by that, and is gone, or waits for a fresh one. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void call_whoseWorkerIsLostByAnEarlierCall_isRunByAnother(int attempts) throws Throwable {
        TurnstileOptions options = TurnstileOptions.defaults()
                .withPoolSize(2)
                .withTimeSource(new VirtualTime())
                .withRestarts(RestartPolicy.limited(attempts, Duration.ofMinutes(1)));
        pool = HeldPool.open(audit, copies, options);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        pool.probe().together(() -> {
            calls.add(submit());
            for (int instance = 1; instance <= 2; instance++) {
                if (!pool.probe().isAsleep(instance)) {
                    var unused = audit.watch(pool.gate()
                            .trySubmit(pool.at(instance, DescribedAction.inLane(Lane.HIGH, copy -> {
                                throw new Copies.Poison();
                            }))));
                }
            }
        });
        assertAllRun(calls);
    }

    /** Of three one is busy, one is woken, and one is to go, which may be the same. */
    @Test
    void call_whileAnInstanceIsToGo_isRunByTheOther() throws Throwable {
        open(3, 100);
        HeldPool.Hold busy = pool.hold(1);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        pool.probe().together(() -> {
            calls.add(submit());
            resizeTo(2);
        });
        assertAllRun(calls);
        busy.release();
    }

    private void resizeTo(int instances) {
        try {
            pool.gate().resize(instances);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Integer> sizes() {
        return Stream.of(2, 3, 8);
    }

    /** As it comes in life: who wakes first is up to the system. */
    @ParameterizedTest
    @MethodSource("sizes")
    void burst_ofWhichOneCallHangsInEachInstanceButOne_isRunByThatOne(int size) throws Throwable {
        open(size, 1_000);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int instance = 1; instance < size; instance++) {
            calls.add(submit());
            var unused = audit.watch(
                    pool.gate().trySubmit(pool.at(instance, DescribedAction.inLane(Lane.HIGH, this::hang))));
        }
        assertAllRun(calls);
    }
}
