package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Workers that come and go, in steps that the test takes itself. */
class RosterTest {
    private final Line<String> line = new Line<>(TurnstileOptions.defaults().withPoolSize(2), Observers.NOBODY);

    private Station<String> add() {
        return Stations.add(line);
    }

    /** The one that was woken for the call goes; nobody else would have looked. */
    @Test
    void left_byAWorkerThatWasWokenForACall_wakesAnother() {
        Station<String> first = add();
        Station<String> second = add();
        first.lookOnceMore();
        second.lookOnceMore();
        BlockingCall<String, Integer> call = new BlockingCall<>(String::length);
        line.enter(call, true);
        assertFalse(first.isIdle());
        assertTrue(second.isIdle());

        line.roster().retire(first);
        assertFalse(line.roster().left(first, false));

        assertFalse(second.isIdle());
        assertSame(call, second.take(0));
    }

    /** All are woken when the monitor is given back, not just the last one. */
    @Test
    void close_wakesEveryWorkerThatSleeps() throws Exception {
        List<FutureTask<Call<String, ?>>> workers = new ArrayList<>();
        for (Station<String> station : List.of(add(), add(), add())) {
            FutureTask<Call<String, ?>> worker = new FutureTask<>(() -> station.take(0));
            Thread thread = Thread.ofPlatform().daemon().start(worker);
            Eventually.isTrue("asleep", () -> station.isIdle() && thread.getState() == Thread.State.WAITING);
            workers.add(worker);
        }

        line.close(Deadline.NEVER);

        for (FutureTask<Call<String, ?>> worker : workers) {
            assertNull(worker.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
    }

    /** It is not to be woken any more: the next call is for one that stays. */
    @Test
    void lookOnceMore_byAWorkerThatIsToGo_isNotTakenForIdle() {
        Station<String> first = add();
        Station<String> second = add();
        second.lookOnceMore();
        line.roster().retire(first);
        first.lookOnceMore();
        line.enter(new BlockingCall<>(String::length), true);

        assertFalse(second.isIdle());
    }

    @Test
    void addStations_beforeAnybodyWorks_givesEachItsKeysAtOnce() {
        line.roster().addStations(List.of(Stations.idler(line), Stations.idler(line)));
        for (int key = 0; key < 50; key++) {
            line.enter(new BlockingCall<>(Action.keyed(key, String::length)), true);
        }
        for (Station<String> station : line.roster().staying()) {
            assertFalse(station.own().isEmpty());
        }
    }
}
