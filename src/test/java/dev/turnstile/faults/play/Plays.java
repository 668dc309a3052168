package dev.turnstile.faults.play;

import dev.turnstile.faults.Fault;
import dev.turnstile.faults.Harm;
import dev.turnstile.faults.Outcome;
import dev.turnstile.faults.Theatre;
import dev.turnstile.faults.Watch;
import java.util.List;

/** Found by name. */
public final class Plays implements Theatre {
    private final List<Scenario> scenarios = Scenario.all();

    @Override
    public List<String> scenarios() {
        return scenarios.stream().map(Scenario::name).toList();
    }

    @Override
    public Outcome play(String name, Watch watch) {
        Scenario scenario = scenarios.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        Stage stage = new Stage(watch);
        try {
            scenario.play().accept(stage);
        } catch (Stage.NoGate opening) {
            // Then there is little to look at.
        } catch (Throwable thrown) {
            stage.breach(Harm.LIES, "the scenario itself ended: " + Fault.print(thrown));
        }
        try {
            return new Judge(stage).judge(scenario);
        } catch (Throwable thrown) {
            stage.breach(Harm.LIES, "whoever looked at it afterwards ended: " + Fault.print(thrown));
            return new Outcome(stage.breaches(), "unknown", List.of(), false, List.of());
        }
    }
}
