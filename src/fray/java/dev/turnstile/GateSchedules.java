package dev.turnstile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kotlin.Unit;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.pastalab.fray.core.observers.TimelineCoverageType;
import org.pastalab.fray.core.randomness.ControlledRandomProvider;
import org.pastalab.fray.core.scheduler.POSScheduler;
import org.pastalab.fray.junit.plain.FrayInTestLauncher;

/**
 * Runs the {@link GateScenario}s under Fray, which decides at each lock, park, atomic access and volatile field which thread
 * goes on: {@code scripts/interleavings}. Other than Lincheck it reports threads that wait for ever, so lost wake-ups.
 *
 * <p>Not covered: what happens between two plain field accesses, and a close that gives up waiting while a call runs (Fray lets
 * {@code CountDownLatch.await} time out only when nothing else can run); {@link LineLinearizabilityTest} has the latter.
 */
final class GateSchedules {
    private static final int SECONDS = 3_600;

    private GateSchedules() {}

    public static void main(String[] arguments) {
        int schedules = Integer.parseInt(arguments[0]);
        List<GateScenario> scenarios = arguments.length == 1
                ? List.of(GateScenario.values())
                : Arrays.stream(arguments).skip(1).map(GateScenario::valueOf).toList();
        Rehearsal.once(); // which is no part of the schedules
        boolean broken = false;
        for (GateScenario scenario : scenarios) {
            broken |= !run(scenario, schedules);
        }
        System.exit(broken ? 1 : 0);
    }

    private static boolean run(GateScenario scenario, int schedules) {
        long begun = System.nanoTime();
        try {
            FrayInTestLauncher.INSTANCE.launchFray(
                    () -> run(scenario),
                    new POSScheduler(),
                    new ControlledRandomProvider(),
                    schedules,
                    SECONDS,
                    false,
                    TimelineCoverageType.NONE,
                    configuration -> Unit.INSTANCE);
        } catch (Throwable broken) {
            System.err.printf("%s: BROKEN%n", scenario);
            broken.printStackTrace();
            return false;
        }
        System.err.printf("%s: %d schedules, %d s%n", scenario, schedules, (System.nanoTime() - begun) / 1_000_000_000);
        return true;
    }

    private static void run(GateScenario scenario) {
        GateThreads gate = scenario.open();
        List<Thread> threads = new ArrayList<>();
        for (List<Actor> actors : scenario.threads()) {
            threads.add(new Thread(() -> actors.forEach(actor -> act(gate, actor))));
        }
        threads.forEach(Thread::start);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        gate.everyCallHasOneEnd();
    }

    private static void act(GateThreads gate, Actor actor) {
        try {
            actor.getMethod().invoke(gate, actor.getArguments().toArray());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
