package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
class SlotsTest {
    private final Line<String> line = new Line<>(TurnstileOptions.defaults().withPoolSize(2), Observers.NOBODY);

    private ManualWorker<String> add() {
        return ManualWorker.of(line);
    }

    /** The one that was woken for the call goes; nobody else would have looked. */
    @Test
    void left_byAWorkerThatWasWokenForACall_wakesAnother() {
        ManualWorker<String> first = add();
        ManualWorker<String> second = add();
        assertNull(first.start());
        assertNull(second.start());
        BlockingCall<String, Integer> call = new BlockingCall<>(String::length, Deadline.NEVER);
        line.enter(call, true);
        assertFalse(first.isIdle());
        assertTrue(second.isIdle());

        line.slots().departures().lose(first.slot(), new IllegalStateException("as told"), false);
        assertNull(first.start());
        assertTrue(first.isToGo());

        assertFalse(second.isIdle());
        assertNull(second.start());
        assertNotNull(second.steps().suspicion(), "it is asked first whether its own is lost as well");
        assertSame(call, second.start());
    }

    /** All are woken when the monitor is given back, not just the last one. */
    @Test
    void close_wakesEveryWorkerThatSleeps() throws Exception {
        List<FutureTask<Call<String, ?>>> workers = new ArrayList<>();
        for (ManualWorker<String> manual : List.of(add(), add(), add())) {
            FutureTask<Call<String, ?>> worker = new FutureTask<>(manual::await);
            Thread thread = Thread.ofPlatform().daemon().start(worker);
            Eventually.isTrue("asleep", () -> manual.isIdle() && thread.getState() == Thread.State.WAITING);
            workers.add(worker);
        }

        line.close(Deadline.NEVER);

        for (FutureTask<Call<String, ?>> worker : workers) {
            assertNull(worker.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
    }

    /** It is not to be woken any more: the next call is for one that stays. */
    @Test
    void start_byAWorkerThatIsToGo_isNotTakenForIdle() {
        ManualWorker<String> first = add();
        ManualWorker<String> second = add();
        assertNull(first.start());
        line.slots().shrinkTo(1);
        assertNull(second.start());
        assertTrue(second.isToGo());
        line.enter(new BlockingCall<>(String::length, Deadline.NEVER), true);

        assertFalse(first.isIdle());
    }

    @Test
    void add_beforeAnybodyWorks_givesEachItsKeysAtOnce() {
        line.slots().add(List.of(ManualWorker.idler(line), ManualWorker.idler(line)));
        for (int key = 0; key < 50; key++) {
            line.enter(new BlockingCall<>(DescribedAction.keyed(key, String::length), Deadline.NEVER), true);
        }
        for (Slot<String> slot : line.slots().staying()) {
            assertFalse(slot.own().isEmpty());
        }
    }
}
