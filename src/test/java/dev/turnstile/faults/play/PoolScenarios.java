package dev.turnstile.faults.play;

import dev.turnstile.Health;
import dev.turnstile.Lane;
import dev.turnstile.TurnstileState;
import dev.turnstile.faults.Harm;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Several instances: keys, calls for each, more and fewer of them, and others in their place. */
final class PoolScenarios {
    private PoolScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("KEYS", PoolScenarios::keys),
                new Scenario("EACH", PoolScenarios::each),
                new Scenario("RESIZING", PoolScenarios::resizing),
                new Scenario("RESIZING_FAILS", PoolScenarios::resizingFails),
                new Scenario("SWAPPING", PoolScenarios::swapping).then(PoolScenarios::requireOneVersion),
                new Scenario("SWAPPING_FAILS", PoolScenarios::swappingFails).then(PoolScenarios::requireOneVersion),
                new Scenario("SWAPPING_LATE", PoolScenarios::swappingLate).then(PoolScenarios::requireOneVersion),
                new Scenario("RENEWING", PoolScenarios::renewing),
                new Scenario("RENEWING_FAILS", PoolScenarios::renewingFails));
    }

    private static void keys(Stage stage) {
        stage.open(stage.options().withCapacity(4).withPoolSize(2));
        Hold latch = stage.latch();
        stage.submit(stage.work("held 1").held(latch));
        stage.submit(stage.work("held 2").held(latch));
        for (int key = 1; key <= 3; key++) {
            stage.submit(stage.work("keyed " + key).keyed(key));
        }
        stage.call(stage.work("unkeyed"));
        stage.call(stage.work("keyed outside").keyed(7));
        stage.release(latch);
        stage.call(stage.work("keyed").keyed(1));
        stage.call(stage.work("keyed and high").keyed(2).in(Lane.HIGH));
    }

    private static void each(Stage stage) {
        stage.open(stage.options().withCapacity(3).withPoolSize(2));
        Hold latch = stage.latch();
        stage.submit(stage.work("held 1").held(latch));
        stage.submit(stage.work("held 2").held(latch));
        submitToEach(stage);
        stage.step("resize", () -> resize(stage, 3));
        stage.submit(stage.work("keyed").keyed(1));
        stage.step("resize", () -> resize(stage, 1));
        stage.release(latch);
        submitToEach(stage);
    }

    private static void resizing(Stage stage) {
        stage.open(stage.options().withPoolSize(1));
        stage.call(stage.work("by one"));
        resizeAndLook(stage, 1, 2);
        stage.call(stage.work("by two"));
        stage.call(stage.work("by two, keyed").keyed(3));
        resizeAndLook(stage, 2, 1);
        stage.call(stage.work("by one again"));
    }

    private static void resizingFails(Stage stage) {
        stage.open(stage.options().withPoolSize(1));
        stage.source().failToOpen(1);
        resizeAndLook(stage, 1, 3);
        stage.call(stage.work("by one"));
    }

    private static void swapping(Stage stage) {
        stage.open(stage.options().withPoolSize(2).withListeners(stage.listener()));
        Hold latch = stage.latch();
        stage.submit(stage.work("held").held(latch));
        stage.swap(stage.newSource("second"));
        stage.submit(stage.work("keyed").keyed(1));
        stage.release(latch);
        stage.call(stage.work("last"));
    }

    private static void swappingFails(Stage stage) {
        stage.open(stage.options().withPoolSize(2));
        Source second = stage.newSource("second");
        second.failToWarmUp();
        stage.swap(second);
        stage.call(stage.work("last"));
    }

    private static void swappingLate(Stage stage) {
        stage.open(stage.options());
        Hold latch = stage.latch();
        stage.submit(stage.work("held").held(latch));
        stage.swap(stage.newSource("second"));
        stage.advance(Stage.HOUR.multipliedBy(2));
        stage.release(latch);
        stage.call(stage.work("last"));
    }

    private static void renewing(Stage stage) {
        Source worn = stage.newSource("first");
        worn.rest(Stage.HOUR);
        stage.open(stage.options().withPoolSize(2).withListeners(stage.listener()), worn);
        worn.wearOut(1);
        stage.call(stage.work("the last one there"));
        stage.becomes(() -> worn.opened().size() == 3);
        stage.call(stage.work("keyed").keyed(1));
        stage.advance(Stage.HOUR);
        stage.becomes(() -> worn.opened().size() > 3);
        stage.call(stage.work("last"));
    }

    private static void renewingFails(Stage stage) {
        Source worn = stage.newSource("first");
        stage.open(stage.options(), worn);
        worn.failToOpen(1);
        worn.wearOut(10);
        for (int i = 0; i < 10; i++) {
            stage.call(stage.work("call " + i));
        }
    }

    /** After a swap, made or not, all calls are run by resources of one source. */
    private static void requireOneVersion(Stage stage) {
        if (stage.gate().state() != TurnstileState.OPEN) {
            return;
        }
        List<Work> works = List.of(
                stage.work("version 1"),
                stage.work("version of key 1").keyed(1),
                stage.work("version of key 2").keyed(2),
                stage.work("version of key 3").keyed(3));
        works.forEach(stage::submit);
        long versions = works.stream()
                .filter(work -> stage.becomes(work::isTold))
                .map(work -> "" + work.version())
                .distinct()
                .count();
        if (versions > 1) {
            stage.breach(Harm.LIES, "after the swap calls are run by resources of both sources");
        }
    }

    private static void submitToEach(Stage stage) {
        List<Work> works = List.of(
                stage.work("of each").untracked(),
                stage.work("of each").untracked(),
                stage.work("of each").untracked());
        stage.step("submitToEach", () -> {
            List<CompletableFuture<Integer>> futures = stage.gate().submitToEach(resource -> -1);
            for (int i = 0; i < futures.size(); i++) {
                works.get(i).hasFuture(futures.get(i));
            }
            return futures.size();
        });
    }

    private static int resize(Stage stage, int instances) throws InterruptedException {
        stage.gate().resize(instances);
        return instances;
    }

    private static void resizeAndLook(Stage stage, int before, int after) {
        Step step = stage.step("resize", () -> resize(stage, after));
        stage.step("looks", () -> {
            int count = stage.gate().instances().size();
            // Without memory a worker ends when its resource is open and it is to begin: it has come then, and gone, as
            // health() says.
            boolean hasGone = stage.watch().threwOnWorker()
                    && count == after - 1
                    && stage.gate().health().status() == Health.Status.DEGRADED;
            boolean isOk = step.thrown() == null ? count == after || hasGone : count == before || count == after;
            if (!isOk && stage.gate().state() == TurnstileState.OPEN && step.isDone()) {
                stage.breach(Harm.LIES, "resized from " + before + " to " + after + ", there are " + count);
            }
            return count;
        });
    }
}
