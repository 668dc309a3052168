package dev.turnstile.faults.play;

import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.TimeLimit;
import dev.turnstile.TimeSource;
import java.util.List;

/** Calls of all kinds on one instance: alone, in the line, outside, given up, in futures and in blocks. */
final class CallScenarios {
    private CallScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("LONE_CALLS", CallScenarios::loneCalls),
                new Scenario("OPENING_FAILS", CallScenarios::openingFails),
                new Scenario("CALLERS_OUTSIDE", CallScenarios::callersOutside),
                new Scenario("CALLERS_GIVE_UP", CallScenarios::callersGiveUp),
                new Scenario("SUBMITTING", CallScenarios::submitting),
                new Scenario("CANCELLING", CallScenarios::cancelling),
                new Scenario("FULL_LINE", CallScenarios::fullLine),
                new Scenario("FORKS_ALL", CallScenarios::forksAll),
                new Scenario("FORKS_FIRST", CallScenarios::forksFirst),
                new Scenario("FORKS_OUTCOMES", CallScenarios::forksOutcomes),
                new Scenario("FORKS_LIMIT", CallScenarios::forksLimit),
                new Scenario("CARRIED_CONTEXT", CallScenarios::carriedContext),
                new Scenario("LANES", CallScenarios::lanes).withReservedPlaces(1));
    }

    private static void loneCalls(Stage stage) {
        stage.open(stage.options().withTimeSource(TimeSource.system()));
        stage.call(stage.work("first"));
        stage.call(stage.work("second"));
        stage.call(stage.work("failing").failing());
        stage.callWithin(stage.work("limited"));
        stage.tryCall(stage.work("not waiting"));
        stage.waits(
                "call on a platform thread", true, stage.work("of a platform thread"), (gate, work) -> gate.call(work));
        stage.waits(
                "call inside of a limit",
                stage.work("in a limit"),
                (gate, work) -> TimeLimit.within(Stage.HOUR, () -> gate.call(work)));
        stage.waits(
                "call from inside",
                stage.work("refused inside").untracked(),
                (gate, work) -> gate.call(resource -> {
                    try {
                        return gate.call(work);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        stage.step(
                "looks",
                () -> "" + stage.gate() + stage.gate().stats()
                        + stage.gate().instances() + stage.gate().health()
                        + stage.gate().pendingCount() + stage.gate().waitingCount());
    }

    private static void openingFails(Stage stage) {
        Source source = stage.newSource("first");
        source.failToOpen(1);
        stage.open(stage.options().withPoolSize(2), source);
    }

    private static void callersOutside(Stage stage) {
        stage.open(stage.options().withCapacity(1));
        Hold latch = stage.latch();
        stage.call(stage.work("held").held(latch));
        stage.call(stage.work("pending"));
        stage.call(stage.work("outside 1"));
        stage.callWithin(stage.work("outside 2"));
        stage.submit(stage.work("outside 3"));
        stage.step("looks", () -> stage.gate().waitingCount());
        stage.release(latch);
        stage.call(stage.work("last"));
    }

    private static void callersGiveUp(Stage stage) {
        stage.open(stage.options().withCapacity(1));
        Hold latch = stage.latch();
        stage.callWithin(stage.work("held").held(latch));
        Step pending = stage.call(stage.work("pending"));
        Step outside = stage.call(stage.work("outside 1"));
        stage.callWithin(stage.work("outside 2"));
        stage.submitWithin(stage.work("outside 3"));
        stage.call(stage.work("outside 4"));
        stage.interrupt(outside);
        stage.interrupt(pending);
        stage.advance(Stage.HOUR.multipliedBy(2));
        stage.release(latch);
        stage.call(stage.work("last"));
    }

    private static void submitting(Stage stage) {
        stage.open(stage.options());
        stage.submit(stage.work("first"));
        stage.submit(stage.work("failing").failing());
        stage.submitWithin(stage.work("limited"));
        stage.trySubmit(stage.work("not waiting"));
        Hold latch = stage.latch();
        stage.submitWithin(stage.work("held").held(latch));
        stage.submits(
                "trySubmit inside of a limit",
                stage.work("in a limit"),
                (gate, work) -> TimeLimit.within(Stage.HOUR, () -> gate.trySubmit(work)));
        stage.submitWithin(stage.work("pending"));
        stage.advance(Stage.HOUR.multipliedBy(2));
        stage.release(latch);
        stage.submit(stage.work("last"));
    }

    private static void cancelling(Stage stage) {
        stage.open(stage.options().withCapacity(4));
        Hold latch = stage.latch();
        Work held = stage.work("held").held(latch);
        Work first = stage.work("first");
        Work second = stage.work("second");
        Work third = stage.work("third");
        Work last = stage.work("last");
        stage.submit(held);
        stage.submit(first);
        stage.submit(second);
        stage.submit(third);
        stage.submit(last);
        stage.cancel(first);
        stage.cancel(second);
        stage.step("complete", () -> third.future() != null && third.future().complete(-1));
        stage.cancel(held);
        stage.release(latch);
        stage.cancel(last);
    }

    private static void fullLine(Stage stage) {
        stage.open(stage.options().withCapacity(1));
        Hold latch = stage.latch();
        stage.trySubmit(stage.work("held").held(latch));
        stage.trySubmit(stage.work("pending"));
        stage.tryCall(stage.work("no place"));
        stage.trySubmit(stage.work("no place either"));
        stage.release(latch);
        stage.tryCall(stage.work("last"));
    }

    private static void forksAll(Stage stage) {
        playForks(stage, JoinPolicy.ALL_OR_CANCEL);
    }

    private static void forksFirst(Stage stage) {
        playForks(stage, JoinPolicy.FIRST_SUCCESS);
    }

    private static void forksOutcomes(Stage stage) {
        playForks(stage, JoinPolicy.ALL_OUTCOMES);
    }

    private static void forksLimit(Stage stage) {
        stage.open(stage.options().withCapacity(1));
        Hold latch = stage.latch();
        stage.forks(
                JoinPolicy.ALL_OUTCOMES,
                Stage.HOUR,
                List.of(
                        stage.work("held").held(latch),
                        stage.work("pending"),
                        stage.work("outside 1"),
                        stage.work("outside 2")));
        stage.call(stage.work("behind"));
        stage.advance(Stage.HOUR.multipliedBy(2));
        stage.release(latch);
    }

    private static void carriedContext(Stage stage) {
        stage.open(stage.options()
                .withContextCarriers(Work::carrier, Work::carrier)
                .withListeners(stage.listener()));
        stage.call(stage.work("first"));
        stage.call(stage.work("without"));
        stage.tryCall(stage.work("failing").failing());
        stage.call(stage.work("without another"));
        stage.submit(stage.work("submitted"));
        Hold latch = stage.latch();
        stage.forks(JoinPolicy.ALL_OUTCOMES, null, List.of(stage.work("held").held(latch), stage.work("forked")));
        stage.submitWithin(stage.work("expires"));
        Work cancelled = stage.work("without, cancelled");
        stage.submit(cancelled);
        stage.cancel(cancelled);
        stage.advance(Stage.HOUR.multipliedBy(2));
        stage.release(latch);
        stage.submit(stage.work("last"));
    }

    private static void lanes(Stage stage) {
        stage.open(stage.options().withCapacity(4).withReservedPlaces(1).withOvertakes(1));
        Hold latch = stage.latch();
        stage.call(stage.work("held").held(latch));
        stage.call(stage.work("low").in(Lane.LOW));
        stage.submit(stage.work("normal"));
        stage.call(stage.work("high").in(Lane.HIGH));
        stage.call(stage.work("normal outside"));
        stage.submit(stage.work("low outside").in(Lane.LOW));
        stage.call(stage.work("control").in(Lane.CONTROL));
        Work control = stage.work("control outside").in(Lane.CONTROL);
        stage.submit(control);
        stage.cancel(control);
        stage.release(latch);
        stage.call(stage.work("last").in(Lane.LOW));
    }

    private static void playForks(Stage stage, JoinPolicy policy) {
        stage.open(stage.options().withCapacity(1));
        Hold latch = stage.latch();
        stage.forks(
                policy,
                null,
                List.of(
                        stage.work("fails").held(latch).failing(),
                        stage.work("succeeds"),
                        stage.work("outside 1"),
                        stage.work("outside 2")));
        stage.call(stage.work("behind"));
        stage.release(latch);
        stage.call(stage.work("last"));
    }
}
