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
    void plot_ofPoints_placesThemOnLogarithmicAxes() {
        Plot plot = new Plot("title <1>", "callers", Unit.NANOS);
        plot.add("", 0, false, List.of(new Plot.Point(1, 1_000), new Plot.Point(10, 100), new Plot.Point(100, 10)));
        String svg = plot.svg();
        // The axes go from 1 to 100 and from 10 to 1,000: both ends and the middle.
        assertTrue(svg.contains("<path d=\"M80.0 40.0L325.0 230.0L570.0 420.0\""), svg);
        assertTrue(svg.contains("title &lt;1>"), svg);
        assertThrows(IllegalArgumentException.class, () -> new Plot.Point(0, 1));
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
