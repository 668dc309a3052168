package dev.turnstile.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All promises, by the scenarios in which others break theirs: nobody comes to harm with Turnstile. And the scenarios can
 * tell: the harm that others are known to do is seen. The whole table is made by {@code scripts/compare-promises}.
 */
@Tag("slow")
class ComparisonTest {
    /** Nothing here waits for long unless it hangs. */
    private static final Setting PATIENT = new Setting(Audit.PATIENCE, Audit.PATIENCE, 30, 10_000);

    /** What hangs for ever does so after a moment, too. */
    private static final Setting IMPATIENT = new Setting(Duration.ofMillis(200), Duration.ofMillis(200), 1, 100);

    private static final int MOST_TRIES = 20;

    /** Without the scenario that measures a time. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CARRIER")
    void turnstile_whereOthersBreak_harmsNobody(Scenario scenario) throws Exception {
        assertEquals(new Outcome(Map.of(), ""), scenario.run(Contender.TURNSTILE, PATIENT));
    }

    @ParameterizedTest
    @CsvSource({
        "TUTORIAL, ONE_AT_A_TIME, OTHER_THREADS",
        "TUTORIAL, CANCELLED, RAN_ANYWAY",
        "TUTORIAL, TIMED_OUT, RAN_ANYWAY",
        "TUTORIAL, INTERRUPTED, RAN_ANYWAY",
        "TUTORIAL, TIMED_OUT_OUTSIDE, HUNG",
        "TUTORIAL, PLACES, LEAKED",
        "TUTORIAL, ERROR, LOST",
        "TUTORIAL, ERROR, NEXT_STUCK",
        "TUTORIAL, DEPENDENT_STAGE, LOST",
        "TUTORIAL, CLOSER_INTERRUPTED, CLOSED_UNDER_CALL",
        "TUTORIAL, CLOSER_INTERRUPTED, USED_AFTER_CLOSE",
        "TUTORIAL, SECOND_CLOSER, RETURNED_WHILE_OPEN",
        "SEMAPHORE, TRY_CALL, OUT_OF_ORDER",
        "SEMAPHORE, CANCELLED, LEAKED",
        "RESILIENCE4J_SEMAPHORE, ONE_AT_A_TIME, OTHER_THREADS",
        "RESILIENCE4J_SEMAPHORE, LISTENER, LEAKED",
        "RESILIENCE4J_SEMAPHORE, CARRIER, STALL",
        "RESILIENCE4J_THREAD_POOL, CANCELLED, RAN_ANYWAY",
        "RESILIENCE4J_THREAD_POOL, LISTENER, LOST",
        "RESILIENCE4J_THREAD_POOL, CLOSER_INTERRUPTED, LOST",
        "FAILSAFE, TIMED_OUT, LEAKED",
        "FAILSAFE, INTERRUPTED, LEAKED",
    })
    void peer_whoseHarmIsKnown_isSeenToDoIt(Contender peer, Scenario scenario, Harm harm) throws Exception {
        Outcome outcome = scenario.run(peer, IMPATIENT);
        // Some harm is done in a race, which on a busy machine nobody may have entered.
        for (int i = 0; i < MOST_TRIES && !outcome.harms().containsKey(harm); i++) {
            outcome = scenario.run(peer, IMPATIENT);
        }
        assertTrue(outcome.harms().containsKey(harm), outcome.toString());
    }

    @Test
    void inversions_ofAnOrder_countsEachStepBack() {
        assertEquals(0, Order.inversions(List.of(1, 2, 5)));
        assertEquals(2, Order.inversions(List.of(3, 1, 2, 0)));
    }
}
