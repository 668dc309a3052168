package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.WayIn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The order of the lanes and its bound, for calls that come to a busy gate by whatever way. An ordinary {@code call} comes without the monitor: it
 * lay where nobody looked until the line had run empty, and all calls of later lanes, and all those outside, started before it.
 */
class LaneOrderTest {
    private static final int MANY = 50;
    private static final int OVERTAKES = 3;

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final List<String> started = Collections.synchronizedList(new ArrayList<>());
    private final List<CountDownLatch> holds = new ArrayList<>();
    private Turnstile<Copy> gate;
    private Probe probe;
    private int come;

    /** Each instance is in a call. */
    private void openHeld(TurnstileOptions options) throws InterruptedException {
        gate = audit.watch(Turnstile.open(copies, options.withOvertakes(OVERTAKES)));
        probe = Probe.of(gate);
        for (int i = 0; i < Math.max(1, options.poolSize()); i++) {
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch latch = audit.latch();
            var unused = audit.watch(gate.trySubmit(copy -> {
                copy.witness().hold(entered, latch);
                return "held";
            }));
            entered.await();
            holds.add(latch);
        }
    }

    private static TurnstileOptions options() {
        return TurnstileOptions.defaults();
    }

    private Action<Copy, String, RuntimeException> call(Lane lane, String name) {
        return DescribedAction.inLane(lane, copy -> {
            started.add(name);
            return copy.use(name);
        });
    }

    private void fill(Lane lane) throws InterruptedException {
        fill(call(lane, lane.name()));
    }

    private void fill(Action<Copy, String, RuntimeException> action) throws InterruptedException {
        for (int i = 0; i < MANY; i++) {
            var unused = audit.watch(gate.submit(action));
        }
        come = MANY;
    }

    /** As {@code fill}, but most have no place: they are forks, which do not wait for one. */
    private void overfill(Lane lane) {
        come = MANY;
        Caller<Object> unused = Caller.start(() -> {
            try (FanOut<Copy, String> block = gate.fanOut(JoinPolicy.ALL_OUTCOMES)) {
                for (int i = 0; i < MANY; i++) {
                    block.fork(call(lane, lane.name()));
                }
                return block.join();
            }
        });
        probe.awaitCome(come);
    }

    private Caller<String> come(WayIn way, Action<Copy, String, RuntimeException> action) {
        Caller<String> caller = way.start(gate, action);
        probe.awaitCome(++come);
        return caller;
    }

    /** Returns how many started before it. */
    private int overtakers(Caller<String> caller, String name) {
        holds.forEach(CountDownLatch::countDown);
        assertEquals(name, caller.result());
        Eventually.isTrue("all have started", () -> started.size() == MANY + 1);
        return started.indexOf(name);
    }

    /** In which queues calls stand: a worker chooses otherwise where several may share one, and where calls have keys. */
    enum Queues {
        OF_ONE_WORKER(0, false, false),
        SHARED(1, false, false),
        OWN_BEHIND_SHARED(1, false, true),
        SHARED_BEHIND_OWN(1, true, false);

        private final int poolSize;
        private final boolean othersHaveAKey;
        private final boolean callHasAKey;

        Queues(int poolSize, boolean othersHaveAKey, boolean callHasAKey) {
            this.poolSize = poolSize;
            this.othersHaveAKey = othersHaveAKey;
            this.callHasAKey = callHasAKey;
        }
    }

    static Stream<Arguments> queuesAndWays() {
        return Stream.of(Queues.values())
                .flatMap(queues -> Stream.of(WayIn.values()).map(way -> Arguments.of(queues, way)));
    }

    private static <T, X extends Exception> Action<Copy, T, X> keyed(boolean hasKey, Action<Copy, T, X> action) {
        return hasKey ? DescribedAction.keyed("key", action) : action;
    }

    @ParameterizedTest
    @MethodSource("queuesAndWays")
    void ordinaryCall_whileCallsOfALaterLaneArePending_startsBeforeThem(Queues queues, WayIn way) throws Exception {
        openHeld(options().withPoolSize(queues.poolSize));
        fill(keyed(queues.othersHaveAKey, call(Lane.LOW, "LOW")));
        Caller<String> ordinary = come(way, keyed(queues.callHasAKey, call(Lane.NORMAL, "ordinary")));
        assertEquals(0, overtakers(ordinary, "ordinary"));
    }

    /** Of two instances one hangs: the other one has all calls. */
    @ParameterizedTest
    @EnumSource
    void ordinaryCall_inAPoolOfWhichOneHangs_startsBeforeCallsOfALaterLane(WayIn way) throws Exception {
        openHeld(options().withPoolSize(2));
        fill(Lane.LOW);
        Caller<String> ordinary = come(way, call(Lane.NORMAL, "ordinary"));
        holds.removeFirst();
        assertEquals(0, overtakers(ordinary, "ordinary"));
    }

    /** The first one to become free is its place: one call of the later lane had its own before. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TRY_CALL", "TRY_SUBMIT"})
    void ordinaryCall_whileCallsOfALaterLaneStandOutside_hasTheFirstPlace(WayIn way) throws Exception {
        openHeld(options().withCapacity(1));
        overfill(Lane.LOW);
        Caller<String> ordinary = come(way, call(Lane.NORMAL, "ordinary"));
        assertEquals(1, overtakers(ordinary, "ordinary"));
    }

    /** It is in the later lane here. */
    @ParameterizedTest
    @MethodSource("queuesAndWays")
    void ordinaryCall_whileCallsOfAnEarlierLaneArePending_isPassedOverWithinTheBound(Queues queues, WayIn way)
            throws Exception {
        openHeld(options().withPoolSize(queues.poolSize));
        fill(keyed(queues.othersHaveAKey, call(Lane.HIGH, "HIGH")));
        Caller<String> ordinary = come(way, keyed(queues.callHasAKey, call(Lane.NORMAL, "ordinary")));
        assertPassedOverWithin(OVERTAKES + 3, ordinary);
    }

    private void assertPassedOverWithin(int bound, Caller<String> ordinary) {
        int overtakers = overtakers(ordinary, "ordinary");
        assertTrue(overtakers <= bound, () -> overtakers + " overtook it");
    }

    /** For the places that become free, and then for what starts. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TRY_CALL", "TRY_SUBMIT"})
    void ordinaryCall_whileCallsOfAnEarlierLaneStandOutside_isPassedOverWithinTheBound(WayIn way) throws Exception {
        openHeld(options().withCapacity(1));
        overfill(Lane.HIGH);
        Caller<String> ordinary = come(way, call(Lane.NORMAL, "ordinary"));
        assertPassedOverWithin(2 * (OVERTAKES + 3), ordinary);
    }

    /** Who came without the monitor stands in line with those who came with it. */
    @Test
    void ordinaryCalls_thatComeByDifferentWays_startInTheOrderOfTheirComing() throws Exception {
        openHeld(options());
        fill(Lane.LOW);
        List<Caller<String>> callers = new ArrayList<>();
        for (WayIn way : WayIn.values()) {
            callers.add(come(way, call(Lane.NORMAL, way.name())));
        }
        holds.forEach(CountDownLatch::countDown);
        callers.forEach(Caller::result);
        Eventually.isTrue("all have started", () -> started.size() == MANY + callers.size());
        List<String> ordinary =
                started.stream().filter(name -> !name.equals("LOW")).toList();
        assertEquals(Stream.of(WayIn.values()).map(WayIn::name).toList(), ordinary);
    }
}
