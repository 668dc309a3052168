package dev.turnstile.faults.play;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What happens at a gate.
 *
 * @param play opens the gate and uses it
 * @param afterwards looks whether what this scenario alone promises holds
 * @param reservedPlaces of the gate
 */
record Scenario(String name, Consumer<Stage> play, Consumer<Stage> afterwards, int reservedPlaces) {
    Scenario(String name, Consumer<Stage> play) {
        this(name, play, stage -> {}, 0);
    }

    static List<Scenario> all() {
        return Stream.of(CallScenarios.all(), PoolScenarios.all(), LossScenarios.all(), EndScenarios.all())
                .flatMap(List::stream)
                .toList();
    }

    Scenario then(Consumer<Stage> look) {
        return new Scenario(name, play, look, reservedPlaces);
    }

    Scenario withReservedPlaces(int places) {
        return new Scenario(name, play, afterwards, places);
    }
}
