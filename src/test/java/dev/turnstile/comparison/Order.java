package dev.turnstile.comparison;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One at a time, and first come, first served. */
final class Order {
    private static final int WAITERS = 1_000;
    private static final int NEWCOMER = 1_000_000;
    private static final int NEWCOMERS_EACH = 10_000;

    private Order() {}

    static void oneAtATime(Trial trial) throws Exception {
        Gate gate = trial.open(100);
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            trial.visit(() -> gate.call(trial.use(number)));
        }
        trial.countLostAndHung();
        if (gate.isCloseable()) {
            gate.close();
        }
        trial.add(Harm.OVERLAP, trial.witness().overlaps());
        trial.add(Harm.OTHER_THREADS, trial.witness().threads().size() - 1);
    }

    static void submittedInOrder(Trial trial) throws Exception {
        int calls = trial.setting().crowd();
        Gate gate = trial.openHeld(calls);
        CompletableFuture<?>[] futures = new CompletableFuture<?>[calls];
        for (int i = 0; i < calls; i++) {
            futures[i] = trial.watch(gate.submit(trial.use(i)));
        }
        trial.release();
        awaitAll(futures);
        trial.countLostAndHung();
        trial.add(Harm.OUT_OF_ORDER, inversions(trial.order()));
    }

    static int inversions(List<Integer> order) {
        int inversions = 0;
        for (int i = 1; i < order.size(); i++) {
            inversions += order.get(i) < order.get(i - 1) ? 1 : 0;
        }
        return inversions;
    }

    static void newcomersWhileOthersWait(Trial trial) throws Exception {
        Gate gate = trial.openHeld(10);
        overtaking(trial, gate, number -> gate.call(trial.use(number)));
    }

    static void tryCallsWhileOthersWait(Trial trial) throws Exception {
        Gate gate = trial.openHeld(10);
        if (!gate.hasTryCall()) {
            throw new CannotException("no call that does not wait");
        }
        overtaking(trial, gate, number -> gate.tryCall(trial.use(number)));
    }

    @FunctionalInterface
    private interface Newcomer {
        Integer come(int number) throws Exception;
    }

    /** All who wait were there before the first newcomer came. */
    private static void overtaking(Trial trial, Gate gate, Newcomer newcomer) throws Exception {
        CompletableFuture<?>[] waiters = new CompletableFuture<?>[WAITERS];
        for (int i = 0; i < WAITERS; i++) {
            int number = i;
            waiters[i] = trial.visit(() -> gate.call(trial.use(number))).awaitStanding();
        }
        trial.release();
        CompletableFuture<Void> allServed = CompletableFuture.allOf(waiters);
        for (int i = 0; i < 4; i++) {
            int first = NEWCOMER + NEWCOMERS_EACH * i;
            trial.visit(() -> {
                for (int number = first; number < first + NEWCOMERS_EACH && !allServed.isDone(); number++) {
                    comeOnce(newcomer, number);
                }
                return null;
            });
        }
        awaitAll(waiters);
        trial.countLostAndHung();
        List<Integer> order = trial.order();
        List<Integer> waitersInOrder =
                order.stream().filter(number -> number < NEWCOMER).toList();
        int last = waitersInOrder.isEmpty() ? 0 : order.lastIndexOf(waitersInOrder.getLast());
        int overtaking = Math.max(0, last + 1 - waitersInOrder.size());
        trial.add(Harm.OUT_OF_ORDER, overtaking + inversions(waitersInOrder));
    }

    @SuppressWarnings("ThreadPriorityCheck") // lets others run, relies on nothing
    private static void comeOnce(Newcomer newcomer, int number) throws InterruptedException {
        try {
            newcomer.come(number);
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Exception refused) {
            Thread.yield(); // no place: the next one tries
        }
    }

    private static void awaitAll(CompletableFuture<?>... calls) throws Exception {
        CompletableFuture.allOf(calls).handle((results, thrown) -> true).get(30, TimeUnit.SECONDS);
    }
}
