package dev.turnstile;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;

/** Random scenarios for a {@link Line}: two threads of callers and closers, and the worker. The same ones every time. */
final class LineScenarios {
    private final Class<?> operations;
    private final Random random;
    private final List<String> enters =
            new ArrayList<>(List.of("enterAnn", "enterBob", "tryEnterCat", "arriveDan", "arriveEve"));

    private LineScenarios(Class<?> operations, long seed) {
        this.operations = operations;
        this.random = new Random(seed);
    }

    static List<ExecutionScenario> of(Class<?> operations, int number) {
        List<ExecutionScenario> scenarios = new ArrayList<>();
        for (int seed = 0; seed < number; seed++) {
            scenarios.add(new LineScenarios(operations, seed).scenario());
        }
        return scenarios;
    }

    private ExecutionScenario scenario() {
        List<Actor> before = new ArrayList<>();
        int inside = random.nextInt(3);
        for (int i = 0; i < inside; i++) {
            before.add(enter());
        }
        int steps = random.nextInt(3); // none that runs, one, or the one behind it
        for (int i = 0; i < steps; i++) {
            before.add(step());
        }
        List<List<Actor>> threads = List.of(
                List.of(byCallerOrCloser(), byCallerOrCloser(), byCallerOrCloser()),
                List.of(byCallerOrCloser(), byCallerOrCloser()),
                List.of(step(), step(), step()));
        List<Actor> after = List.of(does("look"), step(), step(), does("look"));
        return new ExecutionScenario(before, threads, after, null);
    }

    private Actor byCallerOrCloser() {
        int which = random.nextInt(10);
        if (which < 4 && !enters.isEmpty()) {
            return enter();
        }
        return switch (which) {
            case 7 -> does("close", random.nextBoolean());
            case 8 -> does("refuseRest");
            case 9 -> does(random.nextBoolean() ? "look" : "stats");
            default -> {
                LineOperations.Name[] names = LineOperations.Name.values();
                yield does("leave", names[random.nextInt(names.length)], random.nextBoolean());
            }
        };
    }

    private Actor enter() {
        return does(enters.remove(random.nextInt(enters.size())));
    }

    private Actor step() {
        return does("step", random.nextBoolean());
    }

    private Actor does(String name, Object... arguments) {
        return Interleavings.does(operations, name, arguments);
    }
}
