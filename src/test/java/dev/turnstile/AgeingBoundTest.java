package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.VirtualTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How often a lane is passed over, with calls in the queues that never start. A turn is charged when a call starts, and for no other call: turns
 * went to calls that had been cancelled, and to forks of blocks that were over, and each cost those behind it all their patience anew.
 */
class AgeingBoundTest {
    private static final int OVERTAKES = 10;
    private static final int GHOSTS = 10;
    private static final int FLOOD = 200;
    private static final String KEY = "key";

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final VirtualTime time = new VirtualTime();
    private final List<String> started = Collections.synchronizedList(new ArrayList<>());

    /** In which queues the ghosts are, and the call behind them. */
    enum Queues {
        OF_ONE_WORKER(0, false, false),
        SHARED(1, false, false),
        OWN(1, true, true),
        SHARED_THEN_OWN(1, false, true),
        OWN_THEN_SHARED(1, true, false);

        private final int poolSize;
        private final boolean ghostsHaveAKey;
        private final boolean callHasAKey;

        Queues(int poolSize, boolean ghostsHaveAKey, boolean callHasAKey) {
            this.poolSize = poolSize;
            this.ghostsHaveAKey = ghostsHaveAKey;
            this.callHasAKey = callHasAKey;
        }
    }

    static Stream<Arguments> all() {
        return Stream.of(Queues.values())
                .flatMap(queues -> Stream.of(Ghost.values()).map(ghost -> Arguments.of(queues, ghost)));
    }

    private Turnstile<Copy> open(Queues queues, int capacity) throws InterruptedException {
        TurnstileOptions options = TurnstileOptions.defaults()
                .withPoolSize(queues.poolSize)
                .withCapacity(capacity)
                .withOvertakes(OVERTAKES)
                .withTimeSource(time);
        return audit.watch(Turnstile.open(copies, options));
    }

    private Action<Copy, String, RuntimeException> call(Lane lane, boolean hasKey) {
        Action<Copy, String, RuntimeException> call = DescribedAction.inLane(lane, copy -> {
            started.add(lane.name());
            return copy.use(lane.name());
        });
        return hasKey ? DescribedAction.keyed(KEY, call) : call;
    }

    private void submit(Turnstile<Copy> gate, Lane lane, boolean hasKey, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            var unused = audit.watch(gate.submit(call(lane, hasKey)));
        }
    }

    private int startsBefore(Lane lane, int all) {
        Eventually.isTrue(() -> "all have started: " + started, () -> started.size() == all);
        return started.indexOf(lane.name());
    }

    @ParameterizedTest
    @MethodSource("all")
    void call_behindOnesOfItsLaneThatNeverStart_isPassedOverWithinTheBound(Queues queues, Ghost ghost)
            throws Exception {
        Turnstile<Copy> gate = open(queues, 1_000);
        Ghost.Scene scene = new Ghost.Scene(audit, gate, time, ghost, GHOSTS, call(Lane.LOW, queues.ghostsHaveAKey));
        submit(gate, Lane.LOW, queues.callHasAKey, 1);
        submit(gate, Lane.HIGH, false, FLOOD);
        scene.release();

        int overtakers = startsBefore(Lane.LOW, FLOOD + 1);
        assertTrue(overtakers <= OVERTAKES + 3, () -> overtakers + " overtook it");
    }

    @ParameterizedTest
    @MethodSource("all")
    void call_amongAllLanes_behindOnesThatNeverStart_isPassedOverWithinTheBound(Queues queues, Ghost ghost)
            throws Exception {
        Turnstile<Copy> gate = open(queues, 1_000);
        Ghost.Scene scene = new Ghost.Scene(audit, gate, time, ghost, GHOSTS, call(Lane.LOW, queues.ghostsHaveAKey));
        submit(gate, Lane.LOW, queues.callHasAKey, 1);
        for (Lane lane : List.of(Lane.NORMAL, Lane.HIGH, Lane.CONTROL)) {
            submit(gate, lane, true, FLOOD / 2);
            submit(gate, lane, false, FLOOD / 2);
        }
        scene.release();

        int overtakers = startsBefore(Lane.LOW, 3 * FLOOD + 1);
        assertTrue(overtakers <= OVERTAKES + 3, () -> overtakers + " overtook it");
    }

    /** Nobody was passed over by a call that never started: a later lane is not due before its time. */
    @ParameterizedTest
    @MethodSource("all")
    void call_beforeWhichOnesNeverStart_doesNotOvertakeForThat(Queues queues, Ghost ghost) throws Exception {
        Turnstile<Copy> gate = open(queues, 1_000);
        Ghost.Scene scene = new Ghost.Scene(audit, gate, time, ghost, GHOSTS, call(Lane.HIGH, queues.ghostsHaveAKey));
        submit(gate, Lane.LOW, queues.callHasAKey, 1);
        submit(gate, Lane.HIGH, false, FLOOD);
        scene.release();

        assertEquals(OVERTAKES, startsBefore(Lane.LOW, FLOOD + 1));
    }

    /** The same for the places that become free: ghosts that are handed one give it back at once. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CANCELLED", "EXPIRED"}) // they have a place
    void callOutside_behindOnesOfItsLaneThatNeverStart_hasItsPlaceWithinTheBound(Ghost ghost) throws Exception {
        Turnstile<Copy> gate = open(Queues.OF_ONE_WORKER, 1);
        Ghost.Scene scene = new Ghost.Scene(audit, gate, time, ghost, GHOSTS, call(Lane.LOW, false));
        Probe probe = Probe.of(gate);
        Caller<Object> flood = Caller.start(() -> {
            try (FanOut<Copy, String> block = gate.fanOut(JoinPolicy.ALL_OUTCOMES)) {
                block.fork(call(Lane.LOW, false));
                for (int i = 0; i < FLOOD; i++) {
                    block.fork(call(Lane.HIGH, false));
                }
                return block.join();
            }
        });
        probe.awaitCome(GHOSTS + 1 + FLOOD);
        scene.release();

        flood.result();
        int overtakers = startsBefore(Lane.LOW, FLOOD + 1);
        assertTrue(overtakers <= 2 * (OVERTAKES + 3), () -> overtakers + " overtook it");
    }
}
