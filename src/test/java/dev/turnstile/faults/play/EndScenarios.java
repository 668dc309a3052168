package dev.turnstile.faults.play;

import dev.turnstile.TurnstileState;
import dev.turnstile.faults.Harm;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;

/** A gate is closed, and somebody looks on. */
final class EndScenarios {
    private EndScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("CLOSING", EndScenarios::closing),
                new Scenario("CLOSING_AT_REST", EndScenarios::closingAtRest),
                new Scenario("CLOSING_LATE", EndScenarios::closingLate),
                new Scenario("CLOSING_FROM_INSIDE", EndScenarios::closingFromInside),
                new Scenario("STUCK_CALL", EndScenarios::stuckCall).then(EndScenarios::stuckCallAfterwards),
                new Scenario("LISTENERS", EndScenarios::listeners).then(EndScenarios::listenersAfterwards),
                new Scenario("RECORDED", EndScenarios::recorded));
    }

    private static void closing(Stage stage) {
        stage.open(stage.options().withCapacity(1).withListeners(stage.listener()));
        Hold latch = stage.latch();
        stage.call(stage.work("held").held(latch));
        stage.submit(stage.work("pending"));
        stage.call(stage.work("outside"));
        stage.step("close", () -> stage.gate().close(Stage.HOUR));
        stage.call(stage.work("too late"));
        stage.release(latch);
    }

    private static void closingAtRest(Stage stage) {
        stage.open(stage.options().withPoolSize(2));
        stage.step("close", () -> stage.gate().close(Stage.HOUR));
        stage.step("awaitTermination", () -> stage.gate().awaitTermination(Stage.HOUR));
        stage.advance(
                Stage.HOUR.multipliedBy(2)); // where close() threw before it began to close, which its caller knows
    }

    private static void closingLate(Stage stage) {
        stage.open(stage.options());
        Hold latch = stage.latch();
        stage.call(stage.work("held").held(latch));
        stage.submit(stage.work("pending"));
        stage.call(stage.work("pending, too"));
        stage.step("close", () -> stage.gate().close(Stage.HOUR));
        stage.advance(Stage.HOUR.multipliedBy(2));
        stage.release(latch);
    }

    private static void closingFromInside(Stage stage) {
        stage.open(stage.options());
        Hold latch = stage.latch();
        stage.call(stage.work("held").held(latch));
        stage.submit(stage.work("closes").doing(() -> stage.gate().close(Stage.HOUR)));
        stage.submit(stage.work("pending"));
        stage.release(latch);
    }

    private static void stuckCall(Stage stage) {
        stage.open(stage.options().withStuckAfter(Duration.ofMillis(5)).withListeners(stage.listener()));
        Hold latch = stage.latch();
        stage.call(stage.work("held").held(latch));
        stage.watch().becomesSoon(() -> stage.stuckReports() > 0);
        stage.settle();
        stage.release(latch);
    }

    private static void listeners(Stage stage) {
        stage.open(stage.options().withListeners(stage.listener(), stage.listener()));
        stage.call(stage.work("first"));
        stage.submit(stage.work("second"));
        stage.call(stage.work("failing").failing());
        stage.call(stage.work("last"));
    }

    private static void recorded(Stage stage) {
        Recordings.begin();
        stage.open(stage.options().withRestarts(Stage.restarts(20)), stage.newSource("first", failure -> true));
        stage.call(stage.work("first"));
        stage.submit(stage.work("second"));
        stage.call(stage.work("poison").failing());
        stage.call(stage.work("last"));
        stage.swap(stage.newSource("second", failure -> true));
        stage.step("close", () -> stage.gate().close(Stage.HOUR));
    }

    private static void stuckCallAfterwards(Stage stage) {
        if (stage.gate().state() != TurnstileState.OPEN) {
            return;
        }
        int before = stage.stuckReports();
        Hold latch = stage.latch();
        stage.call(stage.work("held afterwards").held(latch));
        if (!stage.becomes(() -> stage.stuckReports() > before)) {
            stage.breach(Harm.SPREADS, "no stuck call is reported any more");
        }
        stage.release(latch);
    }

    private static void listenersAfterwards(Stage stage) {
        if (stage.gate().state() != TurnstileState.OPEN) {
            return;
        }
        int before = stage.reports();
        stage.call(stage.work("reported"));
        if (!stage.becomes(() -> stage.reports() >= before + 2)) {
            stage.breach(Harm.SPREADS, "a listener learns of no call any more");
        }
    }

    /** One recording, from the first time on. */
    private static final class Recordings {
        private static Recording recording;

        static void begin() {
            if (recording == null) {
                recording = new Recording();
                recording.setToDisk(false);
                recording.setMaxSize(1 << 20);
                recording.enable("dev.turnstile.Call").withThreshold(Duration.ZERO);
                recording.start();
            }
        }
    }
}
