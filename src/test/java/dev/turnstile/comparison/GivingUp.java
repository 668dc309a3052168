package dev.turnstile.comparison;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What becomes of a call whose caller does not want it any more, and of its place. */
final class GivingUp {
    private static final int UNWANTED = 1;
    private static final Duration LIMIT = Duration.ofMillis(20);

    private GivingUp() {}

    static void cancelledWhileQueued(Trial trial) throws Exception {
        Gate gate = trial.openHeld(10);
        CompletableFuture<Integer> unwanted = trial.watch(gate.submit(trial.use(UNWANTED)));
        unwanted.cancel(true);
        releaseAndCount(trial);
    }

    static void timedOutWhileQueued(Trial trial) throws Exception {
        Gate gate = trial.openHeld(10);
        Visitor<Integer> unwanted = trial.visit(() -> gate.call(trial.use(UNWANTED), LIMIT));
        trial.add(Harm.HUNG, trial.comesToAnEnd(unwanted) ? 0 : 1);
        releaseAndCount(trial);
    }

    static void interruptedWhileQueued(Trial trial) throws Exception {
        Gate gate = trial.openHeld(10);
        Visitor<Integer> unwanted =
                trial.visit(() -> gate.call(trial.use(UNWANTED))).awaitStanding();
        unwanted.interrupt();
        trial.add(Harm.HUNG, trial.comesToAnEnd(unwanted) ? 0 : 1);
        releaseAndCount(trial);
    }

    static void timedOutWhileTheLineIsFull(Trial trial) throws Exception {
        Gate gate = trial.openHeld(1);
        for (int i = 0; i < 20; i++) { // more than any bounded line here holds
            trial.visitToSubmit(trial.use(100 + i)).awaitStanding();
        }
        Visitor<Integer> unwanted = trial.visit(() -> gate.call(trial.use(UNWANTED), LIMIT));
        trial.add(Harm.HUNG, trial.comesToAnEnd(unwanted) ? 0 : 1);
        releaseAndCount(trial);
    }

    static void placesOfCancelledCalls(Trial trial) throws Exception {
        Gate gate = trial.openHeld(10);
        List<CompletableFuture<?>> unwanted = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            unwanted.add(trial.watch(gate.submit(trial.use(UNWANTED))));
        }
        unwanted.forEach(future -> future.cancel(true));
        for (int i = 0; i < 10; i++) {
            Visitor<Void> next = trial.visitToSubmit(trial.use(100 + i)).awaitStanding();
            boolean hasPlace = next.isDone() && !next.isCompletedExceptionally();
            trial.add(Harm.LEAKED, hasPlace ? 0 : 1);
        }
        trial.release();
        trial.countLostAndHung();
    }

    private static void releaseAndCount(Trial trial) throws InterruptedException {
        trial.release();
        trial.countLostAndHung();
        trial.countLeaked();
        trial.add(Harm.RAN_ANYWAY, trial.hasRun(UNWANTED) ? 1 : 0);
    }
}
