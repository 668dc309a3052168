package dev.turnstile.bench.gate;

import static dev.turnstile.bench.gate.Contestant.DIRECT;
import static dev.turnstile.bench.gate.Contestant.TURNSTILE;
import static dev.turnstile.bench.gate.Measure.CALLS_PER_SECOND;
import static dev.turnstile.bench.gate.Measure.P50_NANOS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.bench.gate.Samples.Figure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {
    private static final Figure GATE = new Figure(TURNSTILE, CALLS_PER_SECOND, 1_000);
    private static final Figure CEILING = new Figure(DIRECT, CALLS_PER_SECOND, 1);

    @Test
    void ratio_ofTwoFigures_isTakenRoundByRound() {
        // In round 1 the machine was ten times as slow for both. The ratio of the medians would be 60 / 100.
        Samples samples = new Samples(
                List.of(gate(0, 80), ceiling(0, 100), gate(1, 6), ceiling(1, 10), gate(2, 60), ceiling(2, 120)));
        assertEquals(Optional.of(new Spread(0.6, 0.5, 0.8, 3)), samples.ratio(GATE, CEILING));
    }

    @Test
    void ratio_whereARoundLacksOne_leavesThatRoundOut() {
        Samples samples = new Samples(List.of(gate(0, 80), ceiling(0, 100), gate(1, 1), ceiling(2, 1)));
        assertEquals(Optional.of(new Spread(0.8, 0.8, 0.8, 1)), samples.ratio(GATE, CEILING));
    }

    @Test
    void ratio_whereOneWasNotMeasured_isNone() {
        assertEquals(Optional.empty(), new Samples(List.of(gate(0, 80))).ratio(GATE, CEILING));
    }

    @Test
    void ratio_toAFigureOfNothing_leavesThatRoundOut() {
        Samples samples = new Samples(List.of(gate(0, 80), ceiling(0, 0), gate(1, 8), ceiling(1, 10)));
        assertEquals(Optional.of(new Spread(0.8, 0.8, 0.8, 1)), samples.ratio(GATE, CEILING));
    }

    @Test
    void leastAndLargest_ofSeveralFigures_areThoseByTheirMedians() {
        // By its best round, and by its worst, it would be the other one.
        Samples samples = new Samples(
                List.of(gate(0, 50), gate(1, 60), gate(2, 300), ceiling(0, 10), ceiling(1, 100), ceiling(2, 110)));
        assertEquals(Optional.of(GATE), samples.least(List.of(CEILING, GATE)));
        assertEquals(Optional.of(CEILING), samples.largest(List.of(GATE, CEILING)));
    }

    @Test
    void leastAndLargest_whereOneWasNotMeasured_areNone() {
        Samples samples = new Samples(List.of(gate(0, 50)));
        assertEquals(Optional.empty(), samples.least(List.of(GATE, CEILING)));
        assertEquals(Optional.empty(), samples.largest(List.of(GATE, CEILING)));
    }

    @Test
    void sample_thatIsNotFinite_isRefused() {
        for (double none : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> gate(0, none));
        }
        assertThrows(
                IllegalArgumentException.class, () -> Sample.parse("TURNSTILE,2,CALLS_PER_SECOND,100000,Infinity"));
    }

    @Test
    void spread_ofAFigure_isOfThatSubjectMeasureAndLoadAlone() {
        Samples samples = new Samples(List.of(
                gate(0, 1),
                gate(1, 3),
                new Sample("TURNSTILE", 0, CALLS_PER_SECOND, 16, 1_000),
                new Sample("TURNSTILE", 0, P50_NANOS, 1_000, 1_000),
                new Sample("TURNSTILE_NO_SPIN", 0, CALLS_PER_SECOND, 1_000, 1_000)));
        assertEquals(Optional.of(new Spread(2, 1, 3, 2)), samples.spread(TURNSTILE, CALLS_PER_SECOND, 1_000));
    }

    @Test
    void csv_ofEveryFigure_isReadBackTheSame() {
        Sample sample = new Sample("TURNSTILE", 2, CALLS_PER_SECOND, 100_000, 1_234_567.5);
        List<String> csv = new Samples(List.of(sample)).csv();
        assertEquals(
                List.of("subject,round,measure,at,value", "TURNSTILE,2,CALLS_PER_SECOND,100000,1234567.5000"), csv);
        assertEquals(sample, Sample.parse(csv.get(1)));
    }

    @Test
    void parse_ofAnotherLine_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Sample.parse("TURNSTILE,2,CALLS_PER_SECOND,100000"));
        assertThrows(IllegalArgumentException.class, () -> Sample.parse("TURNSTILE,2,SOMETHING,1,1"));
        assertThrows(IllegalArgumentException.class, () -> Sample.parse("TURNSTILE,2,CALLS_PER_SECOND,1,"));
    }

    @Test
    void samples_writtenToAFile_areReadAgain(@TempDir Path directory) throws Exception {
        List<String> lines = new Samples(List.of(gate(0, 1), ceiling(0, 5))).csv();
        Path file = Files.write(directory.resolve("samples.csv"), lines);
        assertEquals(lines, Samples.read(file).csv());
    }

    @Test
    void summary_ofSeveralRounds_hasALineForEachFigure() {
        Samples samples = new Samples(List.of(gate(0, 1), ceiling(0, 5), gate(1, 3)));
        assertEquals(
                List.of(
                        "subject,measure,at,median,least,largest,count",
                        "TURNSTILE,CALLS_PER_SECOND,1000,2.0000,1.0000,3.0000,2",
                        "DIRECT,CALLS_PER_SECOND,1,5.0000,5.0000,5.0000,1"),
                samples.summary());
    }

    private static Sample gate(int round, double callsPerSecond) {
        return new Sample("TURNSTILE", round, CALLS_PER_SECOND, 1_000, callsPerSecond);
    }

    private static Sample ceiling(int round, double callsPerSecond) {
        return new Sample("DIRECT", round, CALLS_PER_SECOND, 1, callsPerSecond);
    }
}
