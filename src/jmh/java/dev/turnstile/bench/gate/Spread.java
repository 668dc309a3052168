package dev.turnstile.bench.gate;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** The middle of some figures, the least and the largest of them. */
record Spread(double median, double least, double largest, int count) {
    /**
     * Takes the figures together.
     *
     * @throws IllegalArgumentException if there is none, or one is not finite
     */
    static Spread of(double... figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        int count = sorted.length;
        if (count == 0 || !Double.isFinite(sorted[0]) || !Double.isFinite(sorted[count - 1])) {
            throw new IllegalArgumentException("not figures: " + Arrays.toString(figures));
        }
        double median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
        return new Spread(median, sorted[0], sorted[count - 1], count);
    }

    /** In another unit, say. The function must not decrease. */
    Spread map(DoubleUnaryOperator function) {
        return new Spread(
                function.applyAsDouble(median), function.applyAsDouble(least), function.applyAsDouble(largest), count);
    }
}
