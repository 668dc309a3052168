package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
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
