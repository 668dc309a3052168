package dev.turnstile.comparison;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What becomes of callers, and of the resource, when the gate is closed. */
final class Closing {
    private static final int SUBMITTERS = 4;
    private static final int CALLS_EACH = 200;

    private Closing() {}

    /** Counts runs: in which a call had no end, and in which the resource was used after it was closed. */
    static void submitRacesWithClose(Trial trial) throws Exception {
        List<Trial> runs = new ArrayList<>();
        for (int i = 0; i < trial.setting().races(); i++) {
            Trial run = trial.another();
            runs.add(run);
            raceOnce(run);
        }
        long deadline = System.nanoTime() + trial.setting().patience().toNanos();
        for (Trial run : runs) {
            trial.add(Harm.LOST, run.allCameThrough(deadline) ? 0 : 1);
            trial.add(Harm.USED_AFTER_CLOSE, run.outcome().harms().containsKey(Harm.USED_AFTER_CLOSE) ? 1 : 0);
            trial.add(Harm.CLOSED_UNDER_CALL, run.witness().closedUnderCall() > 0 ? 1 : 0);
            run.close();
        }
    }

    private static void raceOnce(Trial run) throws Exception {
        Gate gate = run.open(SUBMITTERS);
        run.needsClose();
        CountDownLatch started = new CountDownLatch(SUBMITTERS);
        for (int submitter = 0; submitter < SUBMITTERS; submitter++) {
            run.visit(() -> {
                started.countDown();
                for (int i = 0; i < CALLS_EACH; i++) { // or until it is refused
                    var future = run.watch(gate.submit(run.use(0)));
                    if (future.isCompletedExceptionally()) {
                        break;
                    }
                }
                return null;
            });
        }
        started.await();
        Visitor<Void> closer = run.visit(() -> {
            gate.close();
            return null;
        });
        run.comesToAnEnd(closer);
    }

    static void closeWithCallersOutside(Trial trial) throws Exception {
        Gate gate = trial.openHeld(1);
        trial.needsClose();
        for (int i = 0; i < 300; i++) {
            trial.visitToSubmit(trial.use(i)).awaitStanding();
        }
        Visitor<Void> closer = visitToClose(trial, gate);
        trial.release();
        trial.comesToAnEnd(closer);
        trial.countLostAndHung();
    }

    static void closeUnderACall(Trial trial) throws Exception {
        Gate gate = trial.openHeld(1, Duration.ofSeconds(1));
        trial.needsClose();
        trial.watch(gate.submit(trial.use(1)));
        Visitor<Void> closer = visitToClose(trial, gate);
        Trial.comesToAnEnd(closer, trial.setting().underCall());
        countClosedUnderCall(trial);
        trial.release();
        trial.countLostAndHung();
    }

    static void closerIsInterrupted(Trial trial) throws Exception {
        Gate gate = trial.openHeld(1);
        trial.needsClose();
        trial.watch(gate.submit(trial.use(1)));
        Visitor<Void> closer = visitToClose(trial, gate);
        closer.interrupt();
        trial.comesToAnEnd(closer); // or it goes on waiting for the call, which is as well
        countClosedUnderCall(trial);
        trial.release();
        trial.countLostAndHung();
    }

    static void secondCloser(Trial trial) throws Exception {
        Gate gate = trial.openHeld(1);
        trial.needsClose();
        visitToClose(trial, gate);
        Visitor<Void> second = visitToClose(trial, gate);
        trial.add(Harm.RETURNED_WHILE_OPEN, second.isDone() ? 1 : 0);
        trial.release();
        trial.countLostAndHung();
    }

    private static Visitor<Void> visitToClose(Trial trial, Gate gate) {
        Visitor<Void> closer = trial.visit(() -> {
            gate.close();
            return null;
        });
        return closer.awaitStanding();
    }

    private static void countClosedUnderCall(Trial trial) {
        trial.add(Harm.CLOSED_UNDER_CALL, trial.witness().closes() > 0 ? 1 : 0);
    }
}
