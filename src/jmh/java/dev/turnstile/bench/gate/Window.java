package dev.turnstile.bench.gate;

import org.HdrHistogram.AbstractHistogram;

/**
 * What was seen in a window of a loop.
 *
 * @param calls that ended in it
 * @param costs of all of them
 * @param latency in nanoseconds, of those that were timed
 */
record Window(long calls, Costs costs, AbstractHistogram latency) {
    double callsPerSecond() {
        return calls * 1e9 / costs.nanos();
    }

    double cpuNanosPerCall() {
        return (double) costs.cpuNanos() / calls;
    }

    double bytesPerCall() {
        return (double) costs.bytes() / calls;
    }
}
