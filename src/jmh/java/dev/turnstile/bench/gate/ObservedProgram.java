package dev.turnstile.bench.gate;

import java.util.List;

/** In a JVM of its own: what callers get while one observer, or none, looks on. */
final class ObservedProgram {
    private ObservedProgram() {}

    public static void main(String[] arguments) throws Exception {
        Contestant contestant = Contestant.valueOf(arguments[0]);
        Extent extent = Extent.of(List.of(arguments));
        Output output = new Output(contestant.name(), Integer.parseInt(arguments[1]));
        Entrance entrance = contestant.open();
        extent.warmUp().of(entrance);
        for (int time = 0; time < extent.observedWindows(); time++) {
            Window window = Window.quiet(
                    () -> new ClosedLoop(entrance, Extent.OBSERVED_CALLERS).run(extent.settle(), extent.window()));
            output.put(Measure.OBSERVED_CALLS_PER_SECOND, Extent.OBSERVED_CALLERS, window.callsPerSecond());
            output.put(Measure.OBSERVED_CPU_NANOS_PER_CALL, Extent.OBSERVED_CALLERS, window.cpuNanosPerCall());
            output.put(Measure.OBSERVED_BYTES_PER_CALL, Extent.OBSERVED_CALLERS, window.bytesPerCall());
        }
        System.exit(0); // whatever threads a contestant has left
    }
}
