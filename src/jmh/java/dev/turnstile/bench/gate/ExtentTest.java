package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who takes part, and with how many callers. */
class ExtentTest {
    @Test
    void contestants_areAllMeasuredInSomePart() {
        List<Contestant> measured = new ArrayList<>(Extent.full().contestants());
        measured.addAll(Extent.WITH_LENGTHS);
        measured.addAll(Contestant.OBSERVED);
        assertEquals(EnumSet.allOf(Contestant.class), Set.copyOf(measured));
    }

    @Test
    void observed_areNotInTheLoadAsWell() {
        assertTrue(Extent.full().contestants().stream().noneMatch(Contestant.OBSERVED::contains));
    }

    @Test
    void whoIsComparedAtEachNumberOfCallers_isMeasuredThere_alsoInAQuickRun() {
        List<Contestant> compared = new ArrayList<>(Contestant.PEERS);
        compared.add(Contestant.TURNSTILE);
        for (Contestant contestant : compared) {
            assertTrue(Extent.quick().contestants().contains(contestant), contestant::name);
            assertTrue(Extent.callers(contestant).containsAll(CallTargets.FEW), contestant::name);
        }
    }

    @Test
    void others_areMeasuredWithFewerNumbersOfCallers_whichTheTableHas() {
        assertTrue(Extent.callers(Contestant.FAIR_LOCK).size() < Extent.CALLERS.size());
        assertTrue(Extent.CALLERS.containsAll(Extent.callers(Contestant.FAIR_LOCK)));
    }
}
