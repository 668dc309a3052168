package dev.turnstile;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * Lincheck over scenarios of our own: its random ones seldom come far in the life of a call.
 *
 * <p>The suite tries a few interleavings of each. For a long run: {@code -Dturnstile.test.interleavings=10} tries ten times
 * as many of each, and ten times as many random scenarios.
 */
final class Interleavings {
    /** Runs in a JVM of its own (see the POM): Lincheck changes classes as they are loaded, and all that is slow from then on. */
    static final String TAG = "interleavings";

    /** Lincheck reads no later class files, those of the JDK included. */
    static final int NEWEST_JAVA = 26;

    static final String NEWEST_JAVA_REASON = "Lincheck reads class files up to those of Java " + NEWEST_JAVA;

    private static final int TIMES = Integer.getInteger("turnstile.test.interleavings", 1);

    private Interleavings() {}

    static int times(int number) {
        return number * TIMES;
    }

    /** One operation of a scenario: the method of that name, with these arguments. */
    static Actor does(Class<?> operations, String name, Object... arguments) {
        Method found = Arrays.stream(operations.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
        return new Actor(found, List.of(arguments));
    }

    /** So many interleavings of each scenario, found by switching between threads at every access to what they share. */
    static ModelCheckingOptions modelChecking(int interleavings) {
        return new ModelCheckingOptions()
                // One only descends, one goes through 1,024 shares, under the monitor; that is taken for loops without
                // end.
                .addGuarantee(forClasses(StackReserve.class.getName(), KeyShares.class.getName())
                        .allMethods()
                        .ignore())
                .invocationsPerIteration(times(interleavings))
                .loopBound(1000); // with 50, locks that spin before they park are taken for a hang
    }

    /** So many runs of each scenario on real threads. */
    static StressOptions stress(int runs) {
        return new StressOptions().invocationsPerIteration(times(runs));
    }

    static void check(Options<?, ?> options, Class<?> operations, List<ExecutionScenario> scenarios) {
        scenarios.forEach(options::addCustomScenario);
        options.iterations(0).check(operations); // none of its own
    }
}
