package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bench.gate.Drawing.Stroke;
import dev.turnstile.bench.gate.Drawing.Text;
import java.awt.geom.Rectangle2D;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the plots show. */
class PlotsTest {
    private static final String RED = "rgb(214,39,40)";
    private static final String GREY = "rgb(204,204,204)";
    private static final int OTHERS = Contestant.values().length - Highlight.values().length;

    @Test
    void plots_ofFigures_areFilesOfSvgThatNameTurnstile(@TempDir Path directory) throws Exception {
        Map<String, String> files = new Plots(samples()).write(directory, "-java-21");
        assertEquals(
                Map.of("throughput", "throughput-java-21.svg", "latency", "latency-java-21.svg"), Map.copyOf(files));
        for (String file : files.values()) {
            Drawing drawing = new Drawing(Files.readString(directory.resolve(file)));
            assertEquals("svg", drawing.root().getTagName());
            assertEquals("0 0 840 460", drawing.root().getAttribute("viewBox"));
            assertEquals(RED, drawing.text("Turnstile").colour());
        }
    }

    @Test
    void throughput_namesAndColoursThoseThatMatterAndLeavesTheOthersGrey() throws Exception {
        Drawing drawing = draw("throughput");
        for (String name : List.of("one thread in a loop", "a queue and a waker", "executor", "fair Semaphore")) {
            assertTrue(!List.of(RED, GREY).contains(drawing.text(name).colour()), name);
        }
        assertEquals("Calls per second, by callers", drawing.texts().getFirst().content());
        drawing.text("Grey: all other contestants of the tables");
        drawing.text("100,000");
        drawing.text("1 M/s");
        assertEquals(OTHERS, Collections.frequency(drawing.strokes(), new Stroke(GREY, false)));
        assertEquals(1, Collections.frequency(drawing.strokes(), new Stroke(RED, false)));
        assertEquals(OTHERS + 5, drawing.strokes().size());
    }

    @Test
    void ceiling_isDrawnOverAllCallers() {
        List<Plot.Point> points = new Plots(samples())
                .all().get("throughput").lines().stream()
                        .filter(line -> line.name().equals("one thread in a loop"))
                        .findFirst()
                        .orElseThrow()
                        .points();
        assertEquals(List.of(new Plot.Point(1, 4e6), new Plot.Point(100_000, 4e6)), points);
    }

    @Test
    void latency_hasP99DashedInTheColourOfItsP50() throws Exception {
        Drawing drawing = draw("latency");
        assertEquals(1, Collections.frequency(drawing.strokes(), new Stroke(RED, false)));
        assertEquals(1, Collections.frequency(drawing.strokes(), new Stroke(RED, true)));
        assertEquals(OTHERS, Collections.frequency(drawing.strokes(), new Stroke(GREY, false)));
        assertEquals(0, Collections.frequency(drawing.strokes(), new Stroke(GREY, true)));
        assertEquals(OTHERS + 8, drawing.strokes().size());
    }

    @Test
    void texts_ofLinesThatEndTogether_standApart() throws Exception {
        for (String plot : List.of("throughput", "latency")) {
            List<Text> texts = draw(plot).texts();
            for (Text text : texts) {
                assertTrue(
                        new Rectangle2D.Double(0, 0, Plot.WIDTH, Plot.HEIGHT).contains(text.place()), text.toString());
                List<Text> upon = texts.stream()
                        .filter(other -> other.place().intersects(text.place()))
                        .toList();
                assertEquals(List.of(text), upon);
            }
        }
    }

    @Test
    void point_withoutAPlaceOnALogarithmicAxis_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Plot.Point(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Plot.Point(1, Double.POSITIVE_INFINITY));
    }

    private static Drawing draw(String plot) throws Exception {
        return new Drawing(new Plots(samples()).all().get(plot).svg());
    }

    /** All end at the same figures. */
    private static Samples samples() {
        List<Sample> samples = new ArrayList<>();
        for (Contestant contestant : Contestant.values()) {
            List<Integer> callers = contestant == Contestant.DIRECT ? List.of(1) : Extent.CALLERS;
            for (int at : callers) {
                double perSecond = contestant == Contestant.DIRECT ? 4e6 : at == 1 ? 20_000 : 600_000;
                samples.add(new Sample(contestant.name(), 0, Measure.CALLS_PER_SECOND, at, perSecond));
                samples.add(new Sample(contestant.name(), 0, Measure.P50_NANOS, at, 1_000.0 * at));
                samples.add(new Sample(contestant.name(), 0, Measure.P99_NANOS, at, 3_000.0 * at));
            }
        }
        return new Samples(samples);
    }
}
