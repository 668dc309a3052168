package dev.turnstile.bench.gate;

import org.HdrHistogram.AbstractHistogram;

/**
 * What was seen in a window of a loop. Without a call it has no figure: {@link #NO_FIGURE}.
 *
 * @param calls that ended in it
 * @param costs of all of them
 * @param latency in nanoseconds, of those that were timed
 */
record Window(long calls, Costs costs, AbstractHistogram latency) {
    static final double NO_FIGURE = Double.NaN;

    /** Of the time: a compiler that took more has held callers up, which the figures are not to show. */
    private static final double QUIET = 0.01;

    private static final int TRIES = 3;

    @FunctionalInterface
    interface Loop {
        Window run() throws Exception;
    }

    /** Lets a loop run again if callers had to wait for the compiler in its window; the last of three windows is taken as it is. */
    static Window quiet(Loop loop) throws Exception {
        Window window = loop.run();
        for (int again = 1; again < TRIES && !window.isQuiet(); again++) {
            window = loop.run();
        }
        if (!window.isQuiet()) {
            System.err.printf(
                    "compiled for %.0f ms in the window, and %d times before%n",
                    window.costs.compilingNanos() / 1e6, TRIES - 1);
        }
        return window;
    }

    private boolean isQuiet() {
        return costs.compilingShare() <= QUIET;
    }

    double callsPerSecond() {
        return ofCalls(calls * 1e9 / costs.nanos());
    }

    double nanosPerCall() {
        return ofCalls((double) costs.nanos() / calls);
    }

    double cpuNanosPerCall() {
        return ofCalls((double) costs.cpuNanos() / calls);
    }

    double bytesPerCall() {
        return ofCalls((double) costs.bytes() / calls);
    }

    private double ofCalls(double figure) {
        return calls == 0 ? NO_FIGURE : figure;
    }

    /** @param percentile up to 100, which is the longest */
    double latencyNanos(double percentile) {
        return latency.getTotalCount() == 0 ? NO_FIGURE : latency.getValueAtPercentile(percentile);
    }
}
