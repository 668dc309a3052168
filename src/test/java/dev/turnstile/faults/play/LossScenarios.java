package dev.turnstile.faults.play;

import dev.turnstile.TurnstileState;
import dev.turnstile.faults.Harm;
import dev.turnstile.faults.Point;
import java.time.Duration;
import java.util.List;

/** A resource is lost, and replaced or not. */
final class LossScenarios {
    private LossScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("LOSS", LossScenarios::loss).then(LossScenarios::requireHealed),
                new Scenario("LOSS_AND_FAILING_ATTEMPTS", LossScenarios::lossAndFailingAttempts)
                        .then(LossScenarios::requireHealed),
                new Scenario("LOSS_AND_NO_MORE_ATTEMPTS", LossScenarios::lossAndNoMoreAttempts),
                new Scenario("LOSS_REFUSING", LossScenarios::lossRefusing).then(LossScenarios::requireHealed),
                new Scenario("LOSS_IN_A_POOL", LossScenarios::lossInAPool).then(LossScenarios::lossInAPoolAfterwards),
                new Scenario("CLOSING_WHILE_DOWN", LossScenarios::closingWhileDown));
    }

    private static void loss(Stage stage) {
        stage.open(
                stage.options().withRestarts(Stage.restarts(20)).withListeners(stage.listener()),
                stage.newSource("first", failure -> true));
        Hold latch = stage.latch();
        stage.submit(stage.work("poison").failing().held(latch));
        stage.call(stage.work("pending"));
        stage.release(latch);
        stage.call(stage.work("last"));
    }

    private static void lossAndFailingAttempts(Stage stage) {
        stage.open(
                stage.options()
                        .withRestarts(Stage.restarts(20).withDelays(Duration.ofSeconds(1), Duration.ofSeconds(2)))
                        .withListeners(stage.listener()),
                stage.newSource("first", failure -> true));
        stage.source().failToOpen(2);
        stage.submit(stage.work("poison").failing());
        stage.call(stage.work("pending"));
        for (int i = 0; i < 4; i++) {
            stage.advance(Duration.ofSeconds(2));
        }
        stage.call(stage.work("last"));
        for (int i = 0; i < 3; i++) {
            stage.advance(Duration.ofSeconds(2));
        }
    }

    private static void lossAndNoMoreAttempts(Stage stage) {
        stage.open(stage.options().withRestarts(Stage.restarts(1)), stage.newSource("first", failure -> true));
        stage.source().failToOpen(100);
        Hold latch = stage.latch();
        stage.submit(stage.work("poison").failing().held(latch));
        stage.call(stage.work("pending"));
        stage.submit(stage.work("pending, too"));
        stage.call(stage.work("outside"));
        stage.release(latch);
    }

    private static void lossRefusing(Stage stage) {
        stage.open(
                stage.options()
                        .withCapacity(1)
                        .withRestarts(Stage.restarts(20)
                                .withDelays(Duration.ofSeconds(1), Duration.ofSeconds(1))
                                .refusingWhileDown()),
                stage.newSource("first", failure -> true));
        Hold latch = stage.latch();
        stage.submit(stage.work("poison").failing().held(latch));
        stage.call(stage.work("pending"));
        stage.call(stage.work("outside"));
        stage.release(latch);
        stage.submit(stage.work("refused"));
        stage.call(stage.work("refused, too"));
        for (int i = 0; i < 4; i++) {
            stage.advance(Duration.ofSeconds(2));
        }
        stage.call(stage.work("last"));
    }

    private static void lossInAPool(Stage stage) {
        stage.open(
                stage.options().withCapacity(3).withPoolSize(2).withRestarts(Stage.restarts(1)),
                stage.newSource("first", Failure.class::isInstance));
        Hold latch = stage.latch();
        stage.submit(stage.work("poison").failing().held(latch));
        stage.submit(stage.work("healthy").held(latch));
        stage.submit(stage.work("keyed 1").keyed(1));
        stage.submit(stage.work("keyed 2").keyed(2));
        stage.source().failToOpen(100);
        stage.release(latch);
        stage.call(stage.work("last"));
    }

    private static void closingWhileDown(Stage stage) {
        stage.open(
                stage.options()
                        .withRestarts(Stage.restarts(20).withDelays(Duration.ofSeconds(1), Duration.ofSeconds(1))),
                stage.newSource("first", failure -> true));
        stage.call(stage.work("poison").failing());
        stage.call(stage.work("pending"));
        stage.step("close", () -> stage.gate().close(Stage.HOUR));
    }

    private static void lossInAPoolAfterwards(Stage stage) {
        if (stage.gate().state() != TurnstileState.OPEN) {
            stage.breach(
                    Harm.SPREADS,
                    "one instance was lost, and the gate is " + stage.gate().state());
        }
    }

    /**
     * Whoever looks on, or a source that throws once, does not end the healing. But that needs a thread, memory for it, and the time: where these fail,
     * nobody is there to try again, and the gate ends and says so.
     */
    private static void requireHealed(Stage stage) {
        boolean canTry =
                stage.watch().role() != Point.Role.JDK && !stage.watch().threwIn("TimeSource");
        if (canTry && stage.gate().state() != TurnstileState.OPEN) {
            stage.breach(
                    Harm.SPREADS,
                    "the healing ended with attempts left: the gate is "
                            + stage.gate().state());
        }
    }
}
