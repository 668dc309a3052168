package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How figures reach the reader. */
class ReportTest {
    @Test
    void unit_ofAFigure_fitsItsSize() {
        assertEquals("352 ns", Unit.NANOS.format(352.4));
        assertEquals("1.83 µs", Unit.NANOS.format(1_832));
        assertEquals("57.9 ms", Unit.NANOS.format(57_930_000));
        assertEquals("-12.0 ns", Unit.NANOS.format(-12));
        assertEquals("1,688 B", Unit.BYTES.format(1_688));
        assertEquals("794 MB", Unit.BYTES.format(794e6));
        assertEquals("0.880 M/s", Unit.CALLS_PER_SECOND.format(880_000));
        assertEquals("85.0 %", Unit.PERCENT.format(0.85));
        assertEquals("2.00 (1.00 – 3.00)", Unit.RATIO.format(Spread.of(1, 2, 3)));
        assertEquals("2.00", Unit.RATIO.format(Spread.of(2)));
    }

    @Test
    void tick_atAnAxis_hasNoZerosBehindThePoint() {
        assertEquals("20 µs", Unit.NANOS.tick(20_000));
        assertEquals("100 ms", Unit.NANOS.tick(1e8));
        assertEquals("0.5 ns", Unit.NANOS.tick(0.5));
        assertEquals("1 M/s", Unit.CALLS_PER_SECOND.tick(1e6));
        assertEquals("0.05 M/s", Unit.CALLS_PER_SECOND.tick(50_000));
        assertEquals("0.0005 M/s", Unit.CALLS_PER_SECOND.tick(500));
        assertEquals("10,000", Unit.COUNT.tick(10_000));
    }

    @Test
    void table_ofRows_hasItsColumnsOneBelowTheOther() {
        Table table = new Table("what", "figure");
        table.add(List.of("a", "1,000 ns"));
        assertEquals("""
            | what | figure   |
            | ---- | -------- |
            | a    | 1,000 ns |
            """, table.toString());
        assertThrows(IllegalArgumentException.class, () -> table.add(List.of("a")));
    }

    @Test
    void tables_ofCalls_sayWhatLengthsObserversAndRefusalsTake() {
        String tables = new CallTables(new Samples(List.of(
                        new Sample("TURNSTILE.SPIN_20", 0, Measure.LENGTH_CALLS_PER_SECOND, 3_000, 45_000),
                        new Sample("TURNSTILE.SPIN_20", 0, Measure.LENGTH_P50_NANOS, 3_000, 66e6),
                        new Sample("TURNSTILE.SPIN_20", 0, Measure.LENGTH_CPU_NANOS_PER_CALL, 3_000, 23_000),
                        new Sample("TURNSTILE_JFR", 0, Measure.OBSERVED_CALLS_PER_SECOND, 1_000, 500_000),
                        new Sample("TURNSTILE_JFR", 0, Measure.OBSERVED_CPU_NANOS_PER_CALL, 1_000, 2_500),
                        new Sample("TURNSTILE_JFR", 0, Measure.OBSERVED_BYTES_PER_CALL, 1_000, 321),
                        new Sample("TURNSTILE", 0, Measure.TRY_SUBMIT_REFUSAL_NANOS, 100, 432))))
                .tables();
        assertTrue(
                tables.matches(
                        "(?s).*\\| 20 µs +\\| 3,000 +\\| Turnstile +\\| 45,000 +\\| 66.0 ms +\\| 23.0 µs +\\|.*"),
                tables);
        assertTrue(
                tables.matches(
                        "(?s).*\\| Turnstile, recorded with JFR's default settings \\| 0.500 M/s +\\| 2.50 µs +\\| 321"
                                + " B +\\|.*"),
                tables);
        assertTrue(tables.matches("(?s).*\\| `trySubmit` \\| 432 ns +\\|.*"), tables);
        assertEquals("", new CallTables(new Samples(List.of())).tables());
    }

    @Test
    void part_ofThePage_isReplacedAndTheRestIsKept() {
        String page = "by hand\n";
        String once = MeasurementsPage.replacePart(page, "java-21", "old\n");
        String twice = MeasurementsPage.replacePart(once, "java-25", "other\n") + "by hand, too\n";
        assertEquals("""
            by hand

            <!-- java-21 -->
            new
            <!-- end of java-21 -->

            <!-- java-25 -->
            other
            <!-- end of java-25 -->
            by hand, too
            """, MeasurementsPage.replacePart(twice, "java-21", "new\n"));
    }

    @Test
    void hostsLines_areReadAsOneRoundEach() {
        assertEquals(
                List.of(
                        new Sample("c-host.text", 0, Measure.BINDING_NANOS, 0, 352.1),
                        new Sample("c-host.raw", 1, Measure.BINDING_NANOS, 0, 292)),
                BindingResults.host(List.of("c-host,text,352.1", "c-host,raw,292")));
        assertThrows(IllegalArgumentException.class, () -> BindingResults.host(List.of("dlopen failed")));
        assertThrows(IllegalArgumentException.class, () -> BindingResults.host(List.of("another,text,1")));
    }

    @Test
    void jmhsResults_areReadWithTheirAllocation() {
        String json = """
            [{"benchmark": "dev.turnstile.bench.binding.NativePluginBenchmark.text",
              "primaryMetric": {"score": 2, "scoreUnit": "ns/op", "rawData": [[1.5, 2.5], [3.5]]},
              "secondaryMetrics": {"gc.alloc.rate.norm": {"scoreUnit": "B/op", "rawData": [[136.0]]}}}]
            """;
        String subject = "NativePluginBenchmark.text";
        assertEquals(
                List.of(
                        new Sample(subject, 0, Measure.BINDING_NANOS, 0, 1.5),
                        new Sample(subject, 1, Measure.BINDING_NANOS, 0, 2.5),
                        new Sample(subject, 2, Measure.BINDING_NANOS, 0, 3.5),
                        new Sample(subject, 0, Measure.BINDING_BYTES, 0, 136)),
                BindingResults.jmh(json));
        assertThrows(IllegalArgumentException.class, () -> BindingResults.jmh(json.replace("ns/op", "us/op")));
    }
}
