package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** No figure stands for a window without a call, and none for one in which the callers waited for the compiler. */
class WindowTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void window_withoutACall_hasNoFigure() {
        Window empty = window(0, 0);
        for (double figure : new double[] {
            empty.callsPerSecond(),
            empty.nanosPerCall(),
            empty.cpuNanosPerCall(),
            empty.bytesPerCall(),
            empty.latencyNanos(50),
            empty.latencyNanos(100)
        }) {
            assertEquals(Window.NO_FIGURE, figure);
        }
    }

    @Test
    void window_withCalls_relatesTheCostsToThem() {
        Histogram latency = new Histogram(3);
        latency.recordValue(7);
        latency.recordValue(9);
        Window window = new Window(4, new Costs(SECOND, 2 * SECOND, 40, 0), latency);
        assertEquals(4, window.callsPerSecond());
        assertEquals(SECOND / 4.0, window.nanosPerCall());
        assertEquals(SECOND / 2.0, window.cpuNanosPerCall());
        assertEquals(10, window.bytesPerCall());
        assertEquals(7, window.latencyNanos(50));
        assertEquals(9, window.latencyNanos(100));
    }

    @Test
    void output_ofNoFigure_isNothing() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        Output output = new Output("TURNSTILE", 1, new PrintStream(written, true, StandardCharsets.UTF_8));
        output.put(Measure.CALLS_PER_SECOND, 16, Window.NO_FIGURE);
        output.put(Measure.CALLS_PER_SECOND, 16, Double.POSITIVE_INFINITY);
        assertEquals("", written.toString(StandardCharsets.UTF_8));
        output.put(Measure.CALLS_PER_SECOND, 16, 5);
        assertEquals(
                Output.MARK + "TURNSTILE,1,CALLS_PER_SECOND,16,5.0000",
                written.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void quiet_whereTheCompilerWorkedInTheWindow_takesAnother() throws Exception {
        Window quiet = window(3, 10);
        ArrayDeque<Window> windows = new ArrayDeque<>(List.of(window(1, 11), quiet, window(4, 0)));
        assertSame(quiet, Window.quiet(windows::remove));
        assertEquals(1, windows.size());
    }

    @Test
    void quiet_whereTheCompilerNeverRests_takesTheThird() throws Exception {
        Window third = window(3, 500);
        ArrayDeque<Window> windows = new ArrayDeque<>(List.of(window(1, 500), window(2, 500), third, window(4, 0)));
        assertSame(third, Window.quiet(windows::remove));
        assertEquals(1, windows.size());
    }

    /** A window of a second. */
    private static Window window(long calls, long compilingMillis) {
        return new Window(
                calls,
                new Costs(SECOND, SECOND, 0, Duration.ofMillis(compilingMillis).toNanos()),
                new Histogram(3));
    }
}
