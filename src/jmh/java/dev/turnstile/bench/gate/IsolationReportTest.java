package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of plugins in processes of their own. */
class IsolationReportTest {
    private static final Samples SAMPLES = samples();

    private static Samples samples() {
        List<Sample> samples = new ArrayList<>();
        add(samples, Isolated.THIS_PROCESS, 1_000_000, 20e6);
        add(samples, Isolated.NATIVE_HOST, 700_000, 23e6);
        add(samples, Isolated.PIPES, 60_000, 30e6);
        String crashing = Isolated.NATIVE_HOST.name();
        samples.add(new Sample(crashing, 0, Measure.CRASH_FAILED, 10, 10));
        samples.add(new Sample(crashing, 0, Measure.CRASH_RECOVERY_P50_NANOS, 10, 9e6));
        samples.add(new Sample(crashing, 0, Measure.CRASH_ANSWERS_PER_SECOND, 5, 0));
        samples.add(new Sample(crashing, 0, Measure.CRASH_ANSWERS_PER_SECOND, 10, 300_000));
        samples.add(new Sample(crashing, 0, Measure.CRASH_ANSWERS_PER_SECOND, 20, 900_000));
        return new Samples(samples);
    }

    private static void add(List<Sample> samples, Isolated where, double perSecond, double largeNanos) {
        samples.add(new Sample(where.name(), 0, Measure.ISOLATED_CALLS_PER_SECOND, 1_000, perSecond));
        samples.add(new Sample(where.name(), 0, Measure.ISOLATED_P50_NANOS, 10_000_000, largeNanos));
    }

    private static Target target(String what) {
        return new IsolationReport(SAMPLES)
                .targets().stream()
                        .filter(target -> target.what().equals(what))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void targets_areHeldAgainstThisProcess() {
        assertEquals(
                Target.Verdict.REACHED,
                target("native host: calls of 1,000 callers / this process").verdict());
        assertEquals(
                Target.Verdict.REACHED,
                target("native host: 10 MB / this process").verdict());
        assertEquals(
                Target.Verdict.REACHED,
                target("native host: from a crash under 1,000 callers to the next answer")
                        .verdict());
        assertEquals(
                Target.Verdict.NOT_MEASURED,
                target("JVM: calls of 1,000 callers / this process").verdict());
    }

    @Test
    void tables_haveARowForEachPlaceThatWasMeasured() {
        String tables = new IsolationReport(SAMPLES).tables();
        assertTrue(tables.contains("| pipes to a JVM"), tables);
        assertTrue(tables.contains("| native host"), tables);
        assertTrue(!tables.contains("| JVM"), tables);
    }

    @Test
    void recovery_isDrawnFromTheFirstAnswer() {
        Plot plot = new Plots(SAMPLES).all().get("recovery");
        assertEquals(
                List.of(new Plot.Point(10, 300_000), new Plot.Point(20, 900_000)),
                plot.lines().getFirst().points());
    }
}
