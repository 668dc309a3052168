package dev.turnstile.comparison;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What becomes of the others, and of the gate, when a call or user code around it fails. */
final class Failing {
    private Failing() {}

    static void errorThenOtherCalls(Trial trial) throws Exception {
        Gate gate = trial.open(200);
        trial.watch(gate.submit(resource -> {
            throw new LinkageError("missing");
        }));
        for (int i = 0; i < 100; i++) {
            trial.visitToSubmit(trial.use(i)).awaitStanding();
        }
        trial.countLostAndHung();
        trial.countLeaked();
    }

    static void checkedExceptionAmongOthers(Trial trial) throws Exception {
        Gate gate = trial.openHeld(100);
        List<CompletableFuture<?>> others = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            if (i == 3) {
                trial.watch(gate.submit(resource -> {
                    throw new IOException("refused by the resource");
                }));
            } else {
                others.add(trial.watch(gate.submit(trial.use(i))));
            }
        }
        trial.release();
        trial.countLostAndHung();
        for (CompletableFuture<?> other : others) {
            trial.add(Harm.FAILED_FOR_OTHERS, other.isCompletedExceptionally() ? 1 : 0);
        }
        trial.countLeaked();
    }

    static void callFromDependentStage(Trial trial) throws Exception {
        Gate gate = trial.openHeld(10);
        CompletableFuture<Integer> first = trial.watch(gate.submit(trial.use(1)));
        CompletableFuture<Integer> second = trial.watch(first.thenApply(result -> {
            try {
                return gate.call(trial.use(2));
            } catch (Exception refused) {
                throw new IllegalStateException(refused);
            }
        }));
        trial.release();
        trial.countLostAndHung();
        trial.add(Harm.REFUSED, second.isCompletedExceptionally() ? 1 : 0);
        trial.countLeaked();
    }

    static void listenerThatThrows(Trial trial) throws Exception {
        Gate gate = trial.open(10);
        gate.addFailingListener();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Integer> future = trial.watch(gate.submit(trial.use(i)));
            future.thenRun(() -> {
                throw new Gate.ListenerFailure();
            });
        }
        trial.countLostAndHung();
        trial.countLeaked();
    }
}
