package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is counted while plugins are swapped, panic, and are waited for. */
class PoolProgramsTest {
    @Test
    void crowd_ofCallsThatFailOrAreLost_countsEachOnce() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Crowd crowd = Crowd.start(3, caller -> {
            calls.incrementAndGet();
            Pause.of(Duration.ofMillis(1)); // whoever never waits keeps its carrier
            if (caller == 0) {
                throw new TimeoutException("lost");
            }
            Question.ofCaller(caller)
                    .check(caller == 1 ? "wrong" : Question.ofCaller(caller).answer());
        });
        crowd.stop();
        assertEquals(calls.get(), crowd.made());
        assertTrue(crowd.failed() > 0 && crowd.lost() > 0, crowd.failed() + " failed, " + crowd.lost() + " lost");
        assertTrue(crowd.failed() + crowd.lost() < crowd.made(), "the others had their answers");
    }

    @Test
    void startsOfAKey_thatSkipOrRepeatATurn_areNoticed() {
        SwapProgram.Turns turns = new SwapProgram.Turns();
        assertTrue(turns.isNext(1));
        assertTrue(!turns.isNext(3));
        assertTrue(!turns.isNext(2));
        assertTrue(turns.isNext(3));
        assertTrue(!turns.isNext(3));
    }

    @Test
    void lowCall_isOvertakenByWhatStartsWhileItIsTheFirstOfItsLane() {
        LanesProgram.Starts starts = new LanesProgram.Starts();
        starts.high();
        starts.low(0); // nobody knows since when it was the first
        starts.high();
        starts.high();
        starts.low(1);
        assertEquals(2, starts.mostBetween());
        starts.high();
        starts.high();
        starts.high();
        starts.low(7); // came later than the one before it was started
        assertEquals(2, starts.mostBetween());
    }

    @Test
    void tables_sayWhatIsBesideOneInstanceAndWhatTheBoundIs() {
        String tables = new PoolReport(new Samples(List.of(
                        new Sample(PoolProgram.SUBJECT, 0, Measure.POOL_SLEEPS_PER_SECOND, 1, 900),
                        new Sample(PoolProgram.SUBJECT, 0, Measure.POOL_SLEEPS_PER_SECOND, 8, 7_200),
                        new Sample("SINGLE", 0, Measure.SWAP_CALLS, 50, 12_345),
                        new Sample("SINGLE.turnstile_demo", 0, Measure.PANIC_CALLS, 10, 54_321),
                        new Sample(LanesProgram.SUBJECT, 0, Measure.LANES_STARTS, 10, 1_000))))
                .tables();
        assertTrue(tables.contains("| `sleep` | 8         | 7,200            | 8.00       |"), tables);
        assertTrue(tables.contains("| calls made                    | 12,345               |"), tables);
        assertTrue(tables.contains("`SynchronizedPlugin`, in C"), tables);
        assertTrue(tables.contains("The plugin in Rust was not built"), tables);
        assertTrue(tables.matches("(?s).*\\| 10 +\\| 1,000 +\\| +\\| +\\| 13 +\\|.*"), tables);
    }
}
